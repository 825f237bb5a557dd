"""Carries pieces of work out: starts their jobs and follows them to their end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backstay_agent.aws import Aws
from backstay_agent.jobs.follow import follow
from backstay_agent.jobs.start import Run, start_all
from backstay_agent.jobs.work import Outcome, Started, Work

Tick = Callable[[int, int, str], None]
"""Called with how many are done, of how many, in which step."""


def carry_out(
    aws: Aws, run: Run, works: Sequence[Work], workers: int, tick: Tick, step: str, *, wait: bool
) -> list[Outcome]:
    """Start pieces of work and follow them to their end; their outcomes, in the order of the work."""
    started = start_all(aws, run, works, workers, lambda done, total: tick(done, total, f"{step} started"))
    jobs = [one for one in started if isinstance(one, Started)]
    if not wait:
        return [one if isinstance(one, Outcome) else Outcome(one.work, "running", one.job) for one in started]
    return settle(aws, started, jobs, workers, lambda done, total: tick(done, total, step))


def settle(
    aws: Aws,
    started: Sequence[Started | Outcome],
    jobs: Sequence[Started],
    workers: int,
    tick: Callable[[int, int], None],
) -> list[Outcome]:
    """The outcomes of what was started, those that are known already included."""
    ended = iter(follow(aws, jobs, workers, tick))
    return [one if isinstance(one, Outcome) else next(ended) for one in started]
