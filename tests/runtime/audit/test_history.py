"""Trends: a line an audit, kept in a file, told as a chart; what cannot be read costs a point and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from backstay_agent.audit import history
from backstay_agent.audit.locations import Local
from backstay_agent.audit.report import render, trends
from backstay_agent.audit.result import Result
from backstay_contract.findings import AuditReport


def at(report: AuditReport, day: int, failing: int) -> AuditReport:
    """The report of another day, with another number of findings."""
    started = f"2026-11-{day:02}T12:00:00+00:00"
    return replace(report, summary=replace(report.summary, started=started, non_compliant=failing))


def test_audits_are_kept_by_time_and_once(result: Result, tmp_path: Path) -> None:
    """Whatever order they come in; an audit of the same time replaces its line; other organizations are not told."""
    for day, failing in ((3, 7), (1, 9), (2, 8), (2, 5)):
        history.keep(Local(tmp_path), at(result.report, day, failing))
    other = at(result.report, 1, 99)
    history.keep(Local(tmp_path), replace(other, summary=replace(other.summary, organization="o-other00001")))
    kept = history.before(Local(tmp_path), at(result.report, 3, 7))
    assert [(one.started[8:10], one.non_compliant) for one in kept] == [("01", 9), ("02", 5)]
    assert sum(kept[0].controls["BACKUP_RECOVERY_POINT_ENCRYPTED"]) == 2


def test_lines_that_cannot_be_read_are_passed_over(result: Result, tmp_path: Path) -> None:
    """A line cut short, one of another form, bytes that are no text: the others stay."""
    history.keep(Local(tmp_path), at(result.report, 1, 9))
    path = tmp_path / history.FILE
    path.write_text(path.read_text() + '{"started": \n[]\n{"started":"2026","organization":"o-acme0001"}\n7\n')
    assert len(history.before(Local(tmp_path), at(result.report, 2, 7))) == 1
    path.write_bytes(b"\xff\xfe")
    assert history.before(Local(tmp_path), at(result.report, 2, 7)) == ()


def test_the_page_draws_what_was(result: Result, tmp_path: Path) -> None:
    """A point an audit, the change in words, the same numbers in the table; the first audit says so."""
    first = render(result.report, result.facts).decode()
    assert "This is the first audit that is kept here" in first
    before = [history.line(at(result.report, day, 20 - day)) for day in range(1, 11)]
    page = render(result.report, result.facts, before=before).decode()
    section = page[page.index('id="trends"') : page.index('id="jobs"')]
    assert section.count("<circle") == 11
    now = result.report.summary.non_compliant
    assert f"{now} findings, {19 - now} fewer than on 2026-11-01 (11 audits)." in section
    assert len(re.findall(r"<tr><th scope=.row.>", section)) == 11


def test_audits_that_asked_otherwise_are_not_compared(result: Result) -> None:
    """An audit of one control says nothing about one of all."""
    before = [history.line(at(result.report, day, 3)) for day in (1, 2)]
    asked = replace(before[0], asked=1)
    drawn = trends.view([asked, before[1]], history.line(result.report))
    assert drawn is not None
    assert len(drawn.points) == 2
    assert trends.view([asked], history.line(result.report)) is None


def test_a_chart_keeps_within_its_frame(result: Result) -> None:
    """However many audits, however near one another: points in the frame, days under the axis that can be read."""
    start = result.facts.now - timedelta(days=400)
    for count in (2, 50, 1000):
        lines = [
            replace(
                history.line(result.report),
                started=(start + timedelta(days=400 * number / count)).isoformat(),
                non_compliant=number * 37 % 1000,
            )
            for number in range(count)
        ]
        drawn = trends.view(lines, history.line(result.report))
        assert drawn is not None
        assert all(drawn.left <= point.x <= drawn.right and 0 <= point.y <= drawn.bottom for point in drawn.points)
        places = [x for x, _ in drawn.ticks]
        assert all(after - before > 90 for before, after in pairwise(places))
