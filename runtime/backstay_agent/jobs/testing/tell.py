"""Tells what restore tests came to, to a person and as the report that machines read. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from backstay_agent.jobs.tell import account_name
from backstay_agent.jobs.testing import duration
from backstay_agent.observed import Unread
from backstay_contract.restore_tests import (
    NotRead,
    RestoreTest,
    RestoreTestReport,
    RestoreTestSummary,
    Status,
)
from backstay_formats.escape import terminal

_SIGNS: Mapping[Status, str] = {"passed": "✓", "late": "✗", "failed": "✗", "unreached": "?", "skipped": "~"}
_LINES = 10
_FAILED, _PARTLY = 1, 3


def report(
    at: datetime, organization: str, tests: Iterable[RestoreTest], unread: Iterable[Unread]
) -> RestoreTestReport:
    """The report of a run: tests in order of account, Region, plan, selection and resource."""
    rows = tuple(sorted(tests, key=_order))
    count = Counter(row.status for row in rows)
    summary = RestoreTestSummary(
        len(rows), count["passed"], count["late"], count["failed"], count["unreached"], count["skipped"]
    )
    missed = tuple(NotRead(one.account, one.region, one.error) for one in unread)
    return RestoreTestReport(f"{at:%Y-%m-%dT%H:%M:%SZ}", organization, rows, summary, missed)


def codes(told: RestoreTestReport) -> set[int]:
    """The exit codes that hold: 1 for a test that failed or was late, 3 for what was not reached or not deleted."""
    summary = told.summary
    found = {_FAILED} if summary.failed or summary.late else set()
    kept = any(row.cleaned == "left" and row.reason for row in told.tests)
    return found | ({_PARTLY} if summary.unreached or told.unread or kept else set())


def text(told: RestoreTestReport, names: Mapping[str, str]) -> str:
    """The report for a person, the verdict last. `names` are account names by id."""
    lines = [line for row in told.tests for line in _row(row, names)]
    lines += [_unread(one, names) for one in told.unread]
    return "\n".join([*lines, *([""] if lines else []), _verdict(told.summary)]) + "\n"


def _order(row: RestoreTest) -> tuple[str, ...]:
    return row.account, row.region, row.plan, row.selection, row.resource, row.restore_job or ""


def _row(row: RestoreTest, names: Mapping[str, str]) -> Iterator[str]:
    where = f"{account_name(row.account, names)}, {row.region}"
    yield f"  {_SIGNS[row.status]} {row.status:<9} {terminal(row.type)} {terminal(row.resource)} in {where}{_time(row)}"
    if row.content:
        yield f"      {row.content}: {row.says}"
    elif row.says:
        yield f"      {terminal(row.says)}"
    if row.reason:
        yield f"      {terminal(row.reason)}"
    if row.remedy:
        yield f"      → {row.remedy}"
    yield from _command(row)
    if row.cleaned == "left":
        yield f"      left there: {terminal(row.restored or '')}"


def _time(row: RestoreTest) -> str:
    if row.seconds is None:
        return ""
    target = f" of {duration.told(row.within_seconds)}" if row.within_seconds is not None else ""
    return f"   took {duration.told(row.seconds)}{target}"


def _command(row: RestoreTest) -> Iterator[str]:
    run = row.command
    if run is None:
        return
    if run.exit_code == 0:
        yield f"      the command agrees ({duration.told(run.seconds)})"
        return
    ended = "the command did not end well" if run.exit_code is None else f"the command gave exit code {run.exit_code}"
    yield f"      {ended} ({duration.told(run.seconds)})"
    yield from (f"        | {terminal(line)}" for line in _last(run.output.splitlines()))


def _last(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) <= _LINES else [f"… {len(lines) - _LINES} lines before", *lines[-_LINES:]]


def _unread(one: NotRead, names: Mapping[str, str]) -> str:
    return f"  ? {account_name(one.account, names)}{f', {one.region}' if one.region else ''}: {terminal(one.error)}"


def _verdict(summary: RestoreTestSummary) -> str:
    if not summary.tests:
        return "Nothing was restored."
    parts = ((summary.passed, "passed"), (summary.late, "too late"), (summary.failed, "failed"))
    more = ((summary.unreached, "not reached"), (summary.skipped, "skipped"))
    told = ", ".join(f"{number} {word}" for number, word in (*parts, *more) if number)
    return f"{summary.tests} restore {'test' if summary.tests == 1 else 'tests'}: {told}."
