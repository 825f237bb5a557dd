"""Counts of jobs by account, state, type and message: pure over plain rows, and the three operations that answer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from backstay_local.backup import filters
from backstay_local.backup.rows import BackupJob, CopyJob, RestoreJob
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.store import Table
from backstay_local.wire.call import Call, Listing

ANY, ALL = "ANY", "AGGREGATE_ALL"
_DAYS = {"ONE_DAY": 1, "SEVEN_DAYS": 7, "FOURTEEN_DAYS": 14}
_HISTORY = 14  # days that summaries reach back (semantics §1)


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of one job that summaries count by."""

    account: str
    state: str
    resource_type: str
    category: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What a summary operation asks: for each dimension a value, ANY (each on its own) or AGGREGATE_ALL (the sum)."""

    account: str
    state: str
    resource_type: str
    category: str
    period: str


def count(
    jobs: Iterable[Counted], question: Question, now: datetime
) -> list[tuple[tuple[datetime, ...], tuple[str, ...], int]]:
    """Start and end of each span, the four dimensions, and how many jobs; newest span first."""
    wanted = (question.account, question.state, question.resource_type, question.category)
    found: list[tuple[tuple[datetime, ...], tuple[str, ...], int]] = []
    kept = list(jobs)
    for start, end in _spans(question.period, now):
        counter: Counter[tuple[str, ...]] = Counter()
        for job in kept:
            if start <= job.created < end:
                facts = (job.account, job.state, job.resource_type, job.category)
                if all(ask in (ANY, ALL, fact) for ask, fact in zip(wanted, facts, strict=True)):
                    counter[tuple(ALL if ask == ALL else fact for ask, fact in zip(wanted, facts, strict=True))] += 1
        found.extend(((start, end), group, number) for group, number in sorted(counter.items()))
    return found


def _spans(period: str, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Whole days in UTC, the current one included, newest first; or one span of 7 or 14 of them."""
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    length = timedelta(days=_DAYS[period])
    for number in range(_HISTORY if period == "ONE_DAY" else 1):
        yield tomorrow - length * (number + 1), tomorrow - length * number


def _summary(
    state: State,
    call: Call,
    params: Facts,
    table: Table[BackupJob] | Table[CopyJob] | Table[RestoreJob],
    member: str,
) -> Listing:
    asked = params.get("AccountId")
    accounts = filters.covered(state, call, ANY if asked == ALL else asked, ANY)
    marks = ", ".join("?" * len(accounts))
    since = call.now - timedelta(days=_HISTORY + 1)
    rows: Sequence[BackupJob | CopyJob | RestoreJob] = table.where(
        f"account IN ({marks}) AND region = ? AND created > ?", *accounts, call.region, since
    )
    period = params.get("AggregationPeriod", "ONE_DAY")
    question = Question(
        account=asked or ANY,
        state=params.get("State", ANY),
        resource_type=params.get("ResourceType", ANY),
        category=params.get("MessageCategory", ALL if member == "RestoreJobSummaries" else ANY),
        period=period,
    )
    counted = count([_counted(row) for row in rows], question, call.now)
    items = [(f"{number:08d}", _item(call.region, member, *one)) for number, one in enumerate(counted)]
    later = ((key, item) for key, item in items if call.after is None or key > call.after)
    return Listing(member, later, {"AggregationPeriod": period})


def _counted(job: BackupJob | CopyJob | RestoreJob) -> Counted:
    if isinstance(job, RestoreJob):
        return Counted(job.account, job.status, job.resource_type, "", job.created)
    return Counted(job.account, job.state, job.resource_type, job.category, job.created)


def _item(region: str, member: str, span: tuple[datetime, ...], group: tuple[str, ...], number: int) -> Facts:
    account, job_state, resource_type, category = group
    facts: Facts = {
        "Region": region,
        "AccountId": account,
        "State": job_state,
        "ResourceType": resource_type,
        "Count": number,
        "StartTime": span[0],
        "EndTime": span[1],
    }
    return facts if member == "RestoreJobSummaries" else facts | {"MessageCategory": category}


def _backup(state: State, call: Call, params: Facts) -> Listing:
    return _summary(state, call, params, state.tables.backup_jobs, "BackupJobSummaries")


def _copy(state: State, call: Call, params: Facts) -> Listing:
    return _summary(state, call, params, state.tables.copy_jobs, "CopyJobSummaries")


def _restore(state: State, call: Call, params: Facts) -> Listing:
    return _summary(state, call, params, state.tables.restore_jobs, "RestoreJobSummaries")


OPERATIONS: Operations = {
    "ListBackupJobSummaries": _backup,
    "ListCopyJobSummaries": _copy,
    "ListRestoreJobSummaries": _restore,
}
