"""Follows jobs to their end: one list call for each place and round, with longer and longer pauses between rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Literal, assert_never

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs import ending
from backstay_agent.jobs.work import Backup, Copy, Outcome, Started, Trial, Work

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.25, 20.0, 1.5
PATIENCE = 3
"""How many rounds in a row a place may fail to answer before its jobs are given up."""
_LONG_PATIENCE = 40
_BUSY = frozenset(
    {
        # What AWS says when it is asked too often, or is not well itself. Source: botocore's retry handlers; 2026-11.
        "InternalFailure",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_SLACK = timedelta(seconds=2)
Tick = Callable[[int, int], None]
Kind = Literal["backup", "copy", "restore"]
_Group = tuple[str, str, Kind]


def follow(
    aws: Aws,
    jobs: Sequence[Started],
    workers: int,
    tick: Tick | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Outcome]:
    """The outcome of every job, in the order of the jobs; a place that stops answering gives `unreached`."""
    ended: dict[str, Outcome] = {}
    failures: dict[_Group, int] = {}
    pauses = pauses_of()
    while waiting := _by_place(job for job in jobs if job.job not in ended):
        sleep(next(pauses))
        with ThreadPoolExecutor(max(1, workers)) as pool:
            answers = list(pool.map(lambda group: _round(aws, *group), waiting.items()))
        for group, answer in zip(waiting, answers, strict=True):
            if isinstance(answer, AwsProblem):
                failures[group] = failures.get(group, 0) + 1
                if failures[group] >= _patience(answer):
                    ended |= {job.job: _given_up(job, answer) for job in waiting[group]}
            else:
                failures.pop(group, None)
                ended |= answer
        if tick:
            tick(sum(job.job in ended for job in jobs), len(jobs))
    return [ended[job.job] for job in jobs]


def pauses_of() -> Iterator[float]:
    """How long to wait before each round, in seconds: at first often, at last every 20."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)


def _by_place(jobs: Iterable[Started]) -> dict[_Group, list[Started]]:
    groups: dict[_Group, list[Started]] = {}
    for job in jobs:
        groups.setdefault((job.work.account, job.work.region, _kind(job.work)), []).append(job)
    return groups


def _kind(work: Work) -> Kind:
    match work:
        case Backup():
            return "backup"
        case Copy():
            return "copy"
        case Trial():
            return "restore"
        case _:
            assert_never(work)


def _round(aws: Aws, group: _Group, jobs: Sequence[Started]) -> dict[str, Outcome] | AwsProblem:
    """Those of a place's jobs that have ended by now."""
    account, region, kind = group
    operation, member, identity = _LISTS[kind]
    since = min(job.created for job in jobs) - _SLACK
    try:
        listed = aws.pages(account, region, "backup", operation, member, ByCreatedAfter=since)
        told: Mapping[str, Mapping[str, Any]] = {item[identity]: item for item in listed}
    except AwsProblem as problem:
        return problem
    outcomes = (ending.outcome(job, told[job.job]) for job in jobs if job.job in told)
    return {one.job: one for one in outcomes if one is not None and one.job is not None}


def _patience(problem: AwsProblem) -> int:
    """How many rounds in a row a place may fail: where AWS only asks for time, rounds of ten minutes and more."""
    return _LONG_PATIENCE if problem.code in _BUSY else PATIENCE


def _given_up(job: Started, problem: AwsProblem) -> Outcome:
    return Outcome(job.work, "unreached", job.job, f"the job goes on, but cannot be followed: {problem}")


_LISTS: Mapping[Kind, tuple[str, str, str]] = {
    "backup": ("ListBackupJobs", "BackupJobs", "BackupJobId"),
    "copy": ("ListCopyJobs", "CopyJobs", "CopyJobId"),
    "restore": ("ListRestoreJobs", "RestoreJobs", "RestoreJobId"),
}
