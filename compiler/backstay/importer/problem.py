"""The importer's complaints: one row each, so that a code never means two things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from backstay_contract.findings import Finding, Label, Severity, Span

FAMILY = "IMP"

Problem = Literal[
    "unreadable-source", "repeated-member", "unrendered-template", "unrecognised-source", "wrong-dialect-member",
    "unknown-member", "wrong-value", "missing-member", "undecided-value", "not-imported", "approximated",
    "conflicting-sources", "unused-operator", "refused-by-organizations", "nothing-to-import", "source-not-entered",
    "circular-reference", "too-large", "left-out", "not-there",
]  # fmt: skip

PROBLEMS: Final[dict[Problem, tuple[str, Severity]]] = {
    # name → (code, severity)
    "unreadable-source": ("IMP001", "error"),
    "repeated-member": ("IMP002", "error"),
    "unrendered-template": ("IMP003", "error"),
    "unrecognised-source": ("IMP004", "error"),
    "wrong-dialect-member": ("IMP005", "error"),
    "unknown-member": ("IMP006", "warning"),
    "wrong-value": ("IMP007", "error"),
    "missing-member": ("IMP008", "error"),
    "undecided-value": ("IMP009", "warning"),
    "not-imported": ("IMP010", "warning"),
    "approximated": ("IMP011", "warning"),
    "conflicting-sources": ("IMP012", "error"),
    "unused-operator": ("IMP013", "warning"),
    "refused-by-organizations": ("IMP014", "warning"),
    "nothing-to-import": ("IMP020", "advice"),
    "source-not-entered": ("IMP021", "advice"),
    "circular-reference": ("IMP022", "error"),
    "too-large": ("IMP023", "error"),
    "left-out": ("IMP024", "warning"),
    "not-there": ("IMP025", "warning"),
}

UNREADABLE: Final = frozenset({"unreadable-source", "unrendered-template", "unrecognised-source"})


def problem(
    name: Problem,
    message: str,
    span: Span | None,
    *,
    label: str = "",
    others: Iterable[Label] = (),
    notes: Iterable[str] = (),
    help: str | None = None,  # noqa: A002
    severity: Severity | None = None,
) -> Finding:
    """A finding of the importer, by its name in the table; `severity` replaces the table's."""
    code, usual = PROBLEMS[name]
    return Finding(code, name, severity or usual, message, span, label, tuple(others), tuple(notes), help)


def unreadable(finding: Finding) -> bool:
    """Whether the finding says that a source could not be read at all (exit code 2)."""
    return finding.name in UNREADABLE and finding.code.startswith(FAMILY) and finding.severity == "error"
