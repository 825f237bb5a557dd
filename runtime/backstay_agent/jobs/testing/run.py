"""Runs restore tests: a few at a time, each restored, looked at, and deleted before the next few begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from backstay_agent.aws import Aws
from backstay_agent.jobs.carry import carry_out
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.testing.clean import clean, mark
from backstay_agent.jobs.testing.judge import Judge, judged
from backstay_agent.jobs.work import Outcome, Trial
from backstay_contract.restore_tests import RestoreTest

Tick = Callable[[int, int], None]


def perform(
    aws: Aws, run: Run, trials: Sequence[Trial], judge: Judge, workers: int, tick: Tick, *, keep: bool
) -> Iterator[RestoreTest]:
    """The results of all tests, as they come; `keep` leaves what was restored.

    A run that was killed goes on with the same jobs when it is repeated, and deletes what they made.
    """
    done = 0
    for first in range(0, len(trials), max(1, workers)):
        batch = trials[first : first + max(1, workers)]
        outcomes = carry_out(aws, run, batch, workers, lambda *_: None, "restores", wait=True)
        with ThreadPoolExecutor(max(1, workers)) as pool:
            results = pool.map(
                lambda pair: _ended(aws, run, judge, *pair, keep=keep), zip(batch, outcomes, strict=True)
            )
            for result in results:
                done += 1
                tick(done, len(trials))
                yield result


def _ended(aws: Aws, run: Run, judge: Judge, trial: Trial, outcome: Outcome, *, keep: bool) -> RestoreTest:
    """Mark, judge and delete what one test made."""
    created, job = outcome.point, outcome.job
    if outcome.status != "completed" or created is None or job is None:
        return judged(aws, judge, trial, outcome)
    mark(aws, trial, created, job, run.organization)
    try:
        result = judged(aws, judge, trial, outcome)
    finally:
        why = None if keep else clean(aws, trial, created, job)
    if keep or why is not None:
        return replace(result, cleaned="left", reason=result.reason or why)
    return replace(result, cleaned="deleted")
