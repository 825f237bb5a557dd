"""What can be wrong with rules of the house: one row each, so that a code never means two things."""

from __future__ import annotations

from typing import Final, Literal

from backstay_contract.findings import Finding, Span

Problem = Literal["unimportable-rules", "incomplete-rule", "taken-rule-name", "no-rules", "failing-rule"]

NUMBERS: Final[dict[Problem, int]] = {
    "unimportable-rules": 1,
    "incomplete-rule": 2,
    "taken-rule-name": 3,
    "no-rules": 4,
    "failing-rule": 5,
}


def complaint(
    name: Problem,
    message: str,
    span: Span | None,
    *,
    label: str = "",
    help: str | None = None,  # noqa: A002
) -> Finding:
    """A finding about a rule of the house; each of them means that the rules cannot be run."""
    return Finding(f"USR{NUMBERS[name]:03d}", name, "error", message, span, label, help=help)


class FailingRuleError(Exception):
    """A rule of the house failed while it ran; the finding says which, where and by what."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.span}: {finding.message}" if finding.span else finding.message)
        self.finding = finding
