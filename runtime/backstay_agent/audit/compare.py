"""What changed since the audit before: what fails that did not, and what fails no more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backstay_agent.audit.identity import key
from backstay_contract.findings import AuditFinding, AuditReport

_BAD = "NON_COMPLIANT"


@dataclass(frozen=True, slots=True)
class Since:
    """Compared with the audit that started at `before`: findings that are new, and repaired ones, by control."""

    before: str
    new: tuple[AuditFinding, ...]
    repaired: tuple[AuditFinding, ...]

    def counts(self, control: str) -> tuple[int, int]:
        """How many findings of a control are new, and how many were repaired."""
        return (
            sum(finding.control == control for finding in self.new),
            sum(finding.control == control for finding in self.repaired),
        )


def compare(before: AuditReport, now: AuditReport) -> Since:
    """Only what both audits looked at counts; what cannot be judged any more is not repaired."""
    failed, fails = _keys(_bad(before)), _keys(_bad(now))
    unknown = _keys(finding for finding in now.findings if finding.status == "UNKNOWN")
    blind = {(finding.control, finding.account, finding.region) for finding in now.findings if finding.resource == "*"}
    unjudged = fails | unknown
    known_before, known_now = _looked(before), _looked(now)
    new = [finding for finding in _bad(now) if key(finding) not in failed and known_before(finding)]
    repaired = [
        finding
        for finding in _bad(before)
        if key(finding) not in unjudged
        and (finding.control, finding.account, finding.region) not in blind
        and known_now(finding)
    ]
    return Since(before.summary.started, tuple(new), tuple(repaired))


def _bad(report: AuditReport) -> list[AuditFinding]:
    return [finding for finding in report.findings if finding.status == _BAD]


def _keys(findings: Iterable[AuditFinding]) -> set[tuple[str, ...]]:
    return {key(finding) for finding in findings}


def _looked(report: AuditReport) -> Callable[[AuditFinding], bool]:
    """Whether an audit put a finding's control to anything, and looked into its account."""
    controls = {finding.control for finding in report.findings}
    accounts = {finding.account for finding in report.findings}
    return lambda finding: finding.control in controls and finding.account in accounts
