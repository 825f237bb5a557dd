"""The catalogue of what can go wrong when policies are loaded."""

from __future__ import annotations

from typing import Final, Literal

from backstay.load.loaded import FAMILY
from backstay_contract.findings import Finding, Label, Severity, Span

Problem = Literal[
    "syntax-error", "forbidden-import", "forbidden-syntax", "policy-error", "import-cycle", "took-too-long",
    "unknown-import", "not-deterministic", "too-large", "no-policies", "unreadable-file", "program-error",
    "forbidden-act", "loader-failed", "policy-not-kept", "sandbox-missing",
]  # fmt: skip

NUMBERS: Final[dict[Problem, int]] = {
    "syntax-error": 1,
    "forbidden-import": 2,
    "forbidden-syntax": 3,
    "policy-error": 4,
    "import-cycle": 5,
    "took-too-long": 6,
    "unknown-import": 7,
    "not-deterministic": 8,
    "too-large": 9,
    "no-policies": 10,
    "unreadable-file": 11,
    "program-error": 12,
    "forbidden-act": 13,
    "loader-failed": 14,
    "policy-not-kept": 15,
    "sandbox-missing": 16,
}


def problem(
    name: Problem,
    message: str,
    span: Span | None = None,
    *,
    label: str = "",
    help: str | None = None,  # noqa: A002
    notes: tuple[str, ...] = (),
    others: tuple[Label, ...] = (),
    severity: Severity = "error",
) -> Finding:
    """A finding of this family; everything but `policy-not-kept` means that the policies cannot be read."""
    code = f"{FAMILY}{NUMBERS[name]:03d}"
    return Finding(code, name, severity, message, span, label, others, notes, help)
