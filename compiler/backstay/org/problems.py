"""The catalogue of what can be wrong with an organization file."""

from __future__ import annotations

from typing import Final, Literal

from backstay.org.file import FAMILY
from backstay_contract.findings import Finding, Label, Severity, Span

Problem = Literal[
    "broken-organization-file", "unknown-member", "missing-member", "wrong-value", "duplicate-account",
    "duplicate-unit", "unknown-region", "account-not-in-tree", "duplicate-account-name", "repeated-member",
    "mixed-partitions",
]  # fmt: skip

NUMBERS: Final[dict[Problem, int]] = {
    "broken-organization-file": 101,
    "unknown-member": 102,
    "missing-member": 103,
    "wrong-value": 104,
    "duplicate-account": 105,
    "duplicate-unit": 106,
    "unknown-region": 107,
    "account-not-in-tree": 108,
    "duplicate-account-name": 109,
    "repeated-member": 110,
    "mixed-partitions": 111,
}


def problem(
    name: Problem,
    message: str,
    span: Span | None,
    *,
    label: str = "",
    help: str | None = None,  # noqa: A002
    others: tuple[Label, ...] = (),
    severity: Severity = "error",
) -> Finding:
    """A finding of this family."""
    return Finding(f"{FAMILY}{NUMBERS[name]}", name, severity, message, span, label, others, (), help)
