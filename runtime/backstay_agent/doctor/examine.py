"""Asks every check, and makes a report of the answers. One check that fails stops no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from backstay_agent.doctor.check import GROUPS, Check, Group
from backstay_agent.doctor.look import Look
from backstay_agent.doctor.registry import every
from backstay_contract.doctor import DoctorLine, DoctorReport, DoctorSummary

Tick = Callable[[int, int], None]


def examine(look: Look, tick: Tick | None = None) -> DoctorReport:
    """The report: the lines of each check, in the order of the checks."""
    checks = [check for check in every() if look.build is not None or not check.of_build]
    lines: list[DoctorLine] = []
    for done, check in enumerate(checks, 1):
        lines += _lines(check, look)
        if tick:
            tick(done, len(checks))
    counted = Counter(line.verdict for line in lines)
    summary = DoctorSummary(
        ok=counted["ok"], problem=counted["problem"], unknown=counted["unknown"], skipped=counted["skipped"]
    )
    build = look.build
    return DoctorReport(
        caller=look.caller,
        organization=build.index.organization.id if build else None,
        build=build.digest if build else None,
        lines=tuple(lines),
        summary=summary,
    )


def _lines(check: Check[object], look: Look) -> Iterator[DoctorLine]:
    for line in check.run(look):
        yield DoctorLine(
            check=check.name,
            verdict=line.verdict,
            message=line.message,
            account=line.account,
            name=look.names.get(line.account or ""),
            region=line.region,
            remedy=line.remedy,
        )


def grouped(report: DoctorReport) -> Iterator[tuple[Group, list[DoctorLine]]]:
    """The lines of a report, group by group."""
    groups = {check.name: check.group for check in every()}
    for group in GROUPS:
        lines = [line for line in report.lines if groups[line.check] == group]
        if lines:
            yield group, lines
