"""The resolver's complaints: one row each, so that a code never means two things."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from backstay_contract.findings import Finding, Label, Severity, Span

PROBLEMS: dict[str, tuple[str, Severity]] = {
    # name → (code, severity)
    "unknown-account": ("RES101", "error"),
    "unknown-unit": ("RES102", "error"),
    "ambiguous-account": ("RES103", "error"),
    "same-name-twice": ("RES104", "error"),
    "extends-nothing": ("RES105", "error"),
    "final-overridden": ("RES106", "error"),
    "pin-outside-regions": ("RES107", "error"),
    "inexpressible-selection": ("RES108", "error"),
    "placeholder-in-text": ("RES109", "error"),
    "unknown-resource-type": ("RES110", "error"),
    "selection-takes-nothing": ("RES111", "error"),
    "selection-explodes": ("RES112", "error"),
    "rule-without-vault": ("RES113", "error"),
    "selection-without-condition": ("RES114", "error"),
    "no-vault-arn": ("RES115", "error"),
    "no-key-name": ("RES116", "error"),
    "extends-in-a-circle": ("RES117", "error"),
    "settings-clash": ("RES118", "error"),
    "final-names-nothing": ("RES119", "error"),
    "shared-arn-form": ("RES120", "warning"),
    "attached-to-no-account": ("RES121", "warning"),
    "unknown-region": ("RES122", "error"),
    "param-without-value": ("RES123", "error"),
    "param-of-wrong-kind": ("RES124", "error"),
    "param-unused": ("RES125", "warning"),
    "managed-or-not": ("RES126", "error"),
    "incomplete": ("RES127", "error"),
    "not-whole-hours": ("RES128", "error"),
    "stands-nowhere": ("RES129", "error"),
    "renamed-twice": ("RES130", "error"),
}


def problem(
    name: str,
    message: str,
    span: Span | None,
    *,
    label: str = "",
    others: Iterable[Label] = (),
    notes: Iterable[str] = (),
    help: str | None = None,  # noqa: A002
    accounts: int = 0,
) -> Finding:
    """A finding of the resolver, by its name in the table."""
    code, severity = PROBLEMS[name]
    return Finding(code, name, severity, message, span, label, tuple(others), tuple(notes), help, accounts)


def second(span: Span | None, text: str) -> tuple[Label, ...]:
    """The other place of a clash, if it is known."""
    return (Label(span, text),) if span is not None else ()


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """Help that names the known word most like a wrong one."""
    close = get_close_matches(wrong, sorted(set(known)), 1)
    return f"did you mean `{close[0]}`?" if close else None


def several(items: Iterable[str], most: int = 3) -> str:
    """A few of many names: `a, b, c and 9 more`."""
    names = list(items)
    text = ", ".join(names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"
