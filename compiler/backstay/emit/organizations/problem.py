"""The complaints of the Organizations target: one row each, so that a code never means two things."""

from __future__ import annotations

from collections.abc import Iterable

from backstay_contract.findings import Finding, Severity, Span

PROBLEMS: dict[str, tuple[str, Severity]] = {
    # name → (code, severity)
    "plan-beyond-organizations": ("BPL101", "warning"),
    "too-many-attachments": ("BPL102", "error"),
    "too-many-policies": ("BPL103", "error"),
    "plan-split-by-region": ("BPL104", "advice"),
    "mixed-selections": ("BPL105", "advice"),
}


def problem(
    name: str,
    message: str,
    span: Span | None,
    *,
    notes: Iterable[str] = (),
    help: str | None = None,  # noqa: A002
    accounts: int = 0,
) -> Finding:
    """A finding of this target, by its name in the table."""
    code, severity = PROBLEMS[name]
    return Finding(code, name, severity, message, span, notes=tuple(notes), help=help, accounts=accounts)
