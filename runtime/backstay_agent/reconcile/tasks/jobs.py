"""Jobs: which backups, copies and restores have failed since the last look, and which of them have worked since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from backstay_agent.aws import AwsProblem
from backstay_agent.jobs.clock import backup_time
from backstay_agent.reasons import sentences
from backstay_agent.reconcile.findings import Ending, Result, Sample, Trouble, Unseen
from backstay_agent.reconcile.jobs_seen import KINDS, Job, Kind, Look, key_of, look, read_job
from backstay_agent.reconcile.tasks.context import Context, counted

FIRST_LOOK = timedelta(hours=24)
"""How far back the first look goes."""


def run(context: Context) -> Result:
    """List what ran in the build's accounts, from where the last look had to leave off."""
    now = backup_time(context.aws, context.home)
    todo = [(account, region, kind) for account, region in context.places for kind in KINDS]

    def read(one: tuple[str, str, Kind]) -> Look | Unseen:
        account, region, kind = one
        since = _since(context.kept, now, *one)
        operation, member = KINDS[kind].operation, KINDS[kind].member
        try:
            listed = context.aws.pages(account, region, "backup", operation, member, ByCreatedAfter=since)
            return look(account, region, kind, [read_job(kind, account, region, item) for item in listed], since, now)
        except AwsProblem as problem:
            return Unseen(account, None if problem.operation == "AssumeRole" else region, str(problem))

    with ThreadPoolExecutor(max(1, context.workers)) as pool:
        found = list(pool.map(read, todo))
    unseen = tuple(dict.fromkeys(one for one in found if isinstance(one, Unseen)))
    return tell([one for one in found if isinstance(one, Look)], unseen, now, context.kept)


def _since(kept: Mapping[str, Any], now: datetime, account: str, region: str, kind: Kind) -> datetime:
    text = kept.get("since", {}).get(f"{account}/{region}/{kind}")
    return datetime.fromisoformat(text) if text else (now - FIRST_LOOK).astimezone(UTC)


def tell(looks: list[Look], unseen: tuple[Unseen, ...], now: datetime, kept: Mapping[str, Any]) -> Result:
    """What the jobs come to. Pure. `kept` is what the look before left."""
    judged = frozenset(kept.get("judged", ()))
    ended = [job for one in looks for job in one.ended if job.id not in judged]
    failed = [job for job in ended if job.failed]
    last = {key_of(job): job for job in sorted(ended, key=lambda job: (job.created, job.id))}
    troubles = [_trouble(job, failed) for job in last.values() if job.failed]
    over = frozenset(key for key, job in last.items() if not job.failed)
    ending: Ending = "partly" if unseen else "findings" if failed else "clean"
    return Result(
        "jobs",
        now,
        ending,
        _sentence(ended, failed, looks),
        tuple(troubles),
        over=over,
        endings={key: f"{KINDS[job.kind].noun} of {job.resource} works again" for key, job in last.items()},
        unseen=unseen,
        samples=tuple(_samples(ended, looks)),
        keep={
            "since": _kept_since(looks, kept),
            "judged": sorted({*_kept_judged(looks), *(judged if unseen else ())}),
        },
    )


def _trouble(job: Job, failed: Iterable[Job]) -> Trouble:
    words = KINDS[job.kind]
    times = sum(key_of(one) == key_of(job) for one in failed)
    by = f" by {job.rule}" if job.rule else ""
    lines = [f"{job.state}: {job.reason}", *sentences(f"{job.state}: {job.reason}")]
    lines.append(f"job {job.id}{by}, created {job.created:%Y-%m-%d %H:%M} UTC")
    if times > 1:
        lines.append(f"{times} such jobs have failed since the last look")
    return Trouble(
        key_of(job),
        "warning",
        f"{words.noun} of {job.resource} failed",
        job.account,
        job.region,
        tuple(lines),
        job.id,
    )


def _kept_since(looks: Iterable[Look], kept: Mapping[str, Any]) -> dict[str, str]:
    """Where the next look begins, by place and kind; where this one failed, it begins where this one should have."""
    since: dict[str, str] = dict(kept.get("since", {}))
    since |= {f"{one.account}/{one.region}/{one.kind}": one.following.isoformat() for one in looks}
    return since


def _kept_judged(looks: Iterable[Look]) -> Iterator[str]:
    """The jobs that the next look will see again, though they have been told."""
    for one in looks:
        yield from (job.id for job in one.ended if job.created >= one.following)


def _sentence(ended: list[Job], failed: list[Job], looks: list[Look]) -> str:
    running = sum(one.running for one in looks)
    parts = [f"{counted(len(ended), 'job')} ended since the last look"]
    if failed:
        parts.append(f"{len(failed)} of them failed")
    if running:
        parts.append(f"{running} going on")
    return ", ".join(parts)


def _samples(ended: list[Job], looks: list[Look]) -> Iterator[Sample]:
    for job in ended:
        yield Sample("backstay_jobs_total", 1, (job.kind, job.state))
    for kind in KINDS:
        yield Sample("backstay_jobs_running", sum(one.running for one in looks if one.kind == kind), (kind,))
