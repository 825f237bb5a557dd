"""What is new and what is repaired since the audit before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backstay_agent.audit import results
from backstay_agent.audit.compare import compare
from backstay_agent.audit.locations import Local
from backstay_agent.audit.result import Result
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary, Status

SUMMARY = AuditSummary("o-acme0001", 1, 1, 1, 0, 0, 0, "2026-11-22T12:00:00+00:00", "2026-11-22T12:00:00+00:00")


def finding(resource: str, status: Status, account: str = "1", control: str = "c") -> AuditFinding:
    """A finding about a resource."""
    return AuditFinding(control, status, account, "r", resource, "t", "why")


def report(*findings: AuditFinding, started: str = SUMMARY.started, organization: str = "o-acme0001") -> AuditReport:
    """A report of some findings."""
    return AuditReport(findings, replace(SUMMARY, started=started, organization=organization))


def names(findings: tuple[AuditFinding, ...]) -> list[str]:
    """The resources of some findings."""
    return [it.resource for it in findings]


def test_new_and_repaired() -> None:
    """What fails now and did not is new; what failed and holds now, or is gone, is repaired."""
    before = report(finding("a", "NON_COMPLIANT"), finding("b", "NON_COMPLIANT"), finding("c", "COMPLIANT"))
    now = report(finding("b", "COMPLIANT"), finding("c", "NON_COMPLIANT"), finding("d", "NON_COMPLIANT"))
    since = compare(before, now)
    assert names(since.new) == ["c", "d"]
    assert names(since.repaired) == ["a", "b"]
    assert since.counts("c") == (2, 2)


def test_what_cannot_be_judged_any_more_is_not_repaired() -> None:
    """An account that cannot be read any more repairs nothing, and neither does a resource that became unknown."""
    before = report(finding("a", "NON_COMPLIANT"), finding("b", "NON_COMPLIANT", "2"))
    now = report(finding("a", "UNKNOWN"), finding("*", "UNKNOWN", "2"))
    assert compare(before, now).repaired == ()


def test_a_narrower_audit_repairs_nothing_elsewhere() -> None:
    """An audit of one account or one control says nothing about the others, before or after."""
    wide = report(
        finding("a", "NON_COMPLIANT"), finding("b", "NON_COMPLIANT", "2"), finding("a", "NON_COMPLIANT", control="d")
    )
    narrow = report(finding("a", "NON_COMPLIANT"))
    assert compare(wide, narrow).repaired == ()
    assert compare(narrow, wide).new == ()


def test_the_store_finds_the_latest_earlier_audit(tmp_path: Path) -> None:
    """Only an earlier audit of the same organization counts, and a broken file is passed over."""
    first = report(finding("a", "NON_COMPLIANT"), started="2026-11-20T12:00:00+00:00")
    second = report(finding("b", "NON_COMPLIANT"), started="2026-11-21T12:00:00+00:00")
    foreign = report(started="2026-11-21T13:00:00+00:00", organization="o-other0001")
    now = report()
    for one in (first, second, foreign, now):
        results.keep(Local(tmp_path), one, b"page", b"evidence")
    (tmp_path / "2026-11-21T150000Z.json").write_text("{", encoding="utf-8")
    assert results.before(Local(tmp_path), now) == second
    assert results.before(Local(tmp_path), first) is None


def test_a_kept_audit_is_read_back_whole(tmp_path: Path, result: Result, facts: Facts) -> None:
    """What is stored is the report, byte for byte the same for the same report."""
    path = Path(results.keep(Local(tmp_path), result.report, b"page", b"evidence").raw)
    assert path.name == "2026-11-22T120000Z.json"
    before = path.read_bytes()
    results.keep(Local(tmp_path), result.report, b"page", b"evidence")
    assert path.read_bytes() == before
    later = replace(result.report, summary=replace(result.report.summary, started="2026-11-23T12:00:00+00:00"))
    assert results.before(Local(tmp_path), later) == result.report
