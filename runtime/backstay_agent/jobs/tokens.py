"""Idempotency tokens, derived from what is asked for, so that a run that was killed and repeated makes no job twice."""

from __future__ import annotations

from typing import assert_never

from backstay_agent.jobs.work import Backup, Copy, Trial, Work
from backstay_contract.canonical import digest

_LENGTH = 32


def token(run: str, build: str, work: Work, attempt: int = 0) -> str:
    """The token of one piece of work in one run.

    `run` names the run (the day, or what the caller chose), `build` is the build's digest; `attempt` counts on after
    a job that ended badly before this run began.
    """
    what: list[object]
    match work:
        case Backup():
            what = ["backup", work.resource, work.plan, work.rule_name]
        case Copy():
            what = ["copy", work.point, work.destination]
        case Trial():
            what = ["trial", work.point, work.plan, work.rule_name, dict(work.overrides)]
        case _:
            assert_never(work)
    return "backstay-" + digest([run, build, work.account, work.region, what, attempt])[:_LENGTH]
