"""Counts of jobs by account, state, type and more: pure over plain rows, and the operations that answer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from backstay_local.backup import errors, filters
from backstay_local.backup.state import Facts, Operations, State, Tables
from backstay_local.store import Table
from backstay_local.wire.call import Call, Listing

ANY, ALL = "ANY", "AGGREGATE_ALL"
_DAYS = {"ONE_DAY": 1, "SEVEN_DAYS": 7, "FOURTEEN_DAYS": 14}
_LARGEST_PAGE = 500
_HISTORY = 14  # days that summaries reach back (semantics §1)


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of one job that summaries count by, one for each dimension."""

    facts: tuple[str, ...]
    created: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What a summary operation asks: for each dimension a value, ANY (each on its own) or AGGREGATE_ALL (the sum)."""

    asked: tuple[str, ...]
    period: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One summary operation: its member, its jobs, and its dimensions with the columns that hold them."""

    member: str
    table: Callable[[Tables], Table[Any]]
    dimensions: Mapping[str, str]


def count(
    jobs: Iterable[Counted], question: Question, now: datetime
) -> list[tuple[tuple[datetime, ...], tuple[str, ...], int]]:
    """Start and end of each span, the value of each dimension, and how many jobs; newest span first."""
    found: list[tuple[tuple[datetime, ...], tuple[str, ...], int]] = []
    kept = list(jobs)
    for start, end in _spans(question.period, now):
        counter: Counter[tuple[str, ...]] = Counter()
        for job in kept:
            if start <= job.created < end:
                pairs = list(zip(question.asked, job.facts, strict=True))
                if all(ask in (ANY, ALL, fact) for ask, fact in pairs):
                    counter[tuple(ALL if ask == ALL else fact for ask, fact in pairs)] += 1
        found.extend(((start, end), group, number) for group, number in sorted(counter.items()))
    return found


def _spans(period: str, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Whole days in UTC, the current one included, newest first; or one span of 7 or 14 of them."""
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    length = timedelta(days=_DAYS[period])
    for number in range(_HISTORY if period == "ONE_DAY" else 1):
        yield tomorrow - length * (number + 1), tomorrow - length * number


def _summary(kind: Kind, state: State, call: Call, params: Facts) -> Listing:
    if call.page_size is not None and call.page_size > _LARGEST_PAGE:
        raise errors.invalid(f"MaxResults must be between 1 and {_LARGEST_PAGE}, but is {call.page_size}.")
    asked, accounts = _scope(state, call, params.get("AccountId"))
    marks = ", ".join("?" * len(accounts))
    since = call.now - timedelta(days=_HISTORY + 1)
    condition = f"account IN ({marks}) AND region = ? AND created > ?"
    rows = kind.table(state.tables).where(condition, *accounts, call.region, since)
    jobs = [
        Counted(tuple(getattr(row, column) or "" for column in kind.dimensions.values()), row.created) for row in rows
    ]
    period = params.get("AggregationPeriod", "ONE_DAY")
    given = {**params, "AccountId": asked}
    question = Question(tuple(given.get(name) or ANY for name in kind.dimensions), period)
    counted = count(jobs, question, call.now)
    items = [(f"{number:08d}", _item(call.region, kind, *one)) for number, one in enumerate(counted)]
    later = ((key, item) for key, item in items if call.after is None or key > call.after)
    return Listing(kind.member, later, {"AggregationPeriod": period})


def _scope(state: State, call: Call, asked: str | None) -> tuple[str, list[str]]:
    """What is asked of the account, and the accounts whose jobs are counted.

    An account that oversees no other is told of its own jobs, whichever it asks for.
    """
    if filters.overseen(state, call.account) is None:
        return asked if asked in (ANY, ALL) else call.account, [call.account]
    return asked or ANY, filters.covered(state, call, ANY if asked == ALL else asked, ANY)


def _item(region: str, kind: Kind, span: tuple[datetime, ...], group: tuple[str, ...], number: int) -> Facts:
    """One count; a dimension that its jobs have no value for is left out."""
    known = {name: value for name, value in zip(kind.dimensions, group, strict=True) if value}
    return {"Region": region, **known, "Count": number, "StartTime": span[0], "EndTime": span[1]}


_JOB = {"AccountId": "account", "State": "state", "ResourceType": "resource_type"}
_MESSAGE = {"MessageCategory": "category"}
_SCAN = {"MalwareScanner": "scanner", "ScanResultStatus": "result"}

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "ListBackupJobSummaries": Kind("BackupJobSummaries", lambda tables: tables.backup_jobs, _JOB | _MESSAGE),
        "ListCopyJobSummaries": Kind("CopyJobSummaries", lambda tables: tables.copy_jobs, _JOB | _MESSAGE),
        "ListRestoreJobSummaries": Kind(
            "RestoreJobSummaries", lambda tables: tables.restore_jobs, _JOB | {"State": "status"}
        ),
        "ListScanJobSummaries": Kind("ScanJobSummaries", lambda tables: tables.scans.jobs, _JOB | _SCAN),
    }
)

OPERATIONS: Operations = {name: partial(_summary, kind) for name, kind in _KINDS.items()}
