"""Starts jobs, many accounts at a time, in such a way that a repeated run gets the jobs of the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.describe import present
from backstay_agent.jobs import ending
from backstay_agent.jobs.tokens import token
from backstay_agent.jobs.work import Backup, Copy, Outcome, Started, Status, Trial, Work, request

_ATTEMPTS = 50
_UNREACHED = frozenset(
    {"ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ProxyConnectionError"}
)
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: its name (part of every token), the build's digest, its organization, when it began."""

    name: str
    build: str
    organization: str
    began: datetime


def start_all(
    aws: Aws, run: Run, works: Sequence[Work], workers: int, tick: Tick | None = None
) -> list[Started | Outcome]:
    """Start every piece of work; what AWS refuses, and what an earlier run has done already, comes back as outcome."""
    results: list[Started | Outcome] = []
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for result in pool.map(lambda work: _start(aws, run, work), works):
            results.append(result)
            if tick:
                tick(len(results), len(works))
    return results


def unreached(problem: AwsProblem) -> bool:
    """Whether a problem means that the account could not be reached at all."""
    return problem.operation == "AssumeRole" or problem.code in _UNREACHED


def _start(aws: Aws, run: Run, work: Work) -> Started | Outcome:
    """Start a job, or find the one that an earlier run started; one that ended badly back then is tried anew."""
    try:
        for attempt in range(_ATTEMPTS):
            name = token(run.name, run.build, work, attempt)
            operation, members = request(work, run.organization, name)
            answer = aws.call(work.account, work.region, "backup", operation, **members, IdempotencyToken=name)
            started = _started(aws, work, answer)
            if started.created >= run.began:
                return started
            outcome = ending.outcome(started, _described(aws, work, started.job), earlier=True)
            if outcome is None:
                return started
            if outcome.status == "completed" and not _gone(aws, outcome):
                return outcome
        return Outcome(work, "failed", reason=f"failed {_ATTEMPTS} times under this token; give another --token")
    except AwsProblem as problem:
        status: Status = "unreached" if unreached(problem) else "failed"
        return Outcome(work, status, reason=f"{problem.code} from {problem.operation}: {problem.message}")


def _started(aws: Aws, work: Work, answer: Mapping[str, Any]) -> Started:
    """The job that an answer names; of restores the answer does not say when it was made."""
    job = str(answer[_identity(work)])
    created = answer.get("CreationDate") or _described(aws, work, job)["CreationDate"]
    return Started(work, job, created)


def _gone(aws: Aws, outcome: Outcome) -> bool:
    """Whether what an earlier run restored for a trial was deleted since, so that there is nothing to look at."""
    work = outcome.work
    if not isinstance(work, Trial) or outcome.point is None:
        return False
    return present(aws, work.account, work.region, outcome.point) is False


def _identity(work: Work) -> str:
    match work:
        case Backup():
            return "BackupJobId"
        case Copy():
            return "CopyJobId"
        case Trial():
            return "RestoreJobId"
        case _:
            assert_never(work)


def _described(aws: Aws, work: Work, job: str) -> dict[str, Any]:
    place = work.account, work.region
    match work:
        case Backup():
            return aws.call(*place, "backup", "DescribeBackupJob", BackupJobId=job)
        case Copy():
            told: dict[str, Any] = aws.call(*place, "backup", "DescribeCopyJob", CopyJobId=job)["CopyJob"]
            return told
        case Trial():
            return aws.call(*place, "backup", "DescribeRestoreJob", RestoreJobId=job)
        case _:
            assert_never(work)
