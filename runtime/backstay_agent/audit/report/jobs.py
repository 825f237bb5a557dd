"""What the jobs of the last days came to, by kind and state, and those that failed last, with why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.controls.facts import Facts, Job, short_name

_MOST_ROWS = 50
_FAILED = frozenset({"FAILED", "ABORTED", "EXPIRED", "PARTIAL"})
"""States in which a job has not done what it was to do (Backup API BackupJobState, CopyJobState; read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A job that failed."""

    name: str
    type: str
    kind: str
    account_name: str
    region: str
    when: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """Counts by kind and state, and the newest failures; `left_out` of them are not listed."""

    counts: tuple[tuple[str, str, int, bool], ...]
    failed: tuple[Row, ...]
    left_out: int
    since: str


def view(facts: Facts) -> Jobs | None:
    """The jobs; None where none was read."""
    found = [(place.account, place.region, job) for place in facts.places for job in place.jobs]
    if not found:
        return None
    count = Counter((job.kind, job.state) for _, _, job in found)
    counts = tuple((kind, state, number, state in _FAILED) for (kind, state), number in sorted(count.items()))
    failed = sorted((it for it in found if it[2].state in _FAILED), key=lambda it: (it[2].created, it[2].id))[::-1]
    called = tally.names(facts)
    rows = tuple(_row(job, called.get(account, account), region) for account, region, job in failed[:_MOST_ROWS])
    return Jobs(counts, rows, len(failed) - len(rows), f"{min(job.created for _, _, job in found):%Y-%m-%d %H:%M}")


def _row(job: Job, account: str, region: str) -> Row:
    return Row(
        short_name(job.resource),
        job.resource_type,
        job.kind,
        account,
        region,
        f"{job.created:%Y-%m-%d %H:%M}",
        job.state,
        job.message or "AWS gives no reason",
    )
