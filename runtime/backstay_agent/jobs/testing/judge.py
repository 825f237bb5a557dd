"""Judges one restored resource: looks at its content, runs the user's command, compares the time with the target."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Event

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs import locate
from backstay_agent.jobs.testing.command import Command, perform
from backstay_agent.jobs.testing.gather import Skipped
from backstay_agent.jobs.verify import verify
from backstay_agent.jobs.verify.verdict import restore_of
from backstay_agent.jobs.work import Outcome, Trial
from backstay_agent.reasons import sentences
from backstay_contract.restore_tests import RestoreTest, Status


@dataclass(frozen=True, slots=True)
class Judge:
    """What a test is measured by: seconds that a restore may take (None: any), and the user's command (None: none).

    Once `stop` is set nobody waits for verdicts any more: commands are ended, and what they said does not count.
    """

    within: float | None = None
    command: Command | None = None
    stop: Event = field(default_factory=Event)


def judged(aws: Aws, judge: Judge, trial: Trial, outcome: Outcome) -> RestoreTest:
    """The result of a test whose restore has ended; what was restored is looked at, and left as it is."""
    row = _row(judge, trial, outcome)
    if outcome.status != "completed" or outcome.point is None:
        status: Status = "failed" if outcome.status in ("completed", "failed") else "unreached"
        reason = outcome.reason or "AWS does not say what it restored"
        return replace(row, status=status, reason=reason, remedy=next(sentences(reason), None))
    looked = _looked(aws, trial, outcome.point, row)
    if judge.command is not None and looked.status == "passed":
        looked = _commanded(judge.command, looked, outcome, judge.stop)
    if looked.status == "passed" and late(row):
        return replace(looked, status="late")
    return looked


def skipped(judge: Judge, one: Skipped) -> RestoreTest:
    """The row of a resource that has nothing to restore."""
    test = one.test
    return RestoreTest(
        one.account,
        one.region,
        test.plan,
        test.name,
        test.type,
        one.resource,
        "skipped",
        within_seconds=judge.within,
        reason=one.why,
    )


def _row(judge: Judge, trial: Trial, outcome: Outcome) -> RestoreTest:
    return RestoreTest(
        trial.account,
        trial.region,
        trial.plan,
        trial.rule_name,
        trial.type,
        trial.resource,
        "passed",
        recovery_point=trial.point,
        restore_job=outcome.job,
        restored=outcome.point,
        seconds=outcome.seconds,
        within_seconds=judge.within if judge.within is not None else trial.target,
    )


def late(row: RestoreTest) -> bool:
    """Whether a restore took longer than its target."""
    return row.seconds is not None and row.within_seconds is not None and row.seconds > row.within_seconds


def _looked(aws: Aws, trial: Trial, created: str, row: RestoreTest) -> RestoreTest:
    point = locate.Point(locate.Where(trial.account, trial.region), trial.vault, trial.facts)
    try:
        verdict = verify(aws, restore_of(point, created, trial.overrides, exact=False), point)
    except AwsProblem as problem:
        return replace(row, status="unreached", reason=str(problem), remedy=next(sentences(str(problem)), None))
    status: Status = "failed" if verdict.status == "failed" else "passed"
    return replace(row, status=status, content=verdict.status, says=verdict.sentence)


def _commanded(command: Command, row: RestoreTest, outcome: Outcome, stop: Event) -> RestoreTest:
    facts = {
        "arn": outcome.point or "",
        "restored_arn": outcome.point or "",
        "source_arn": row.resource,
        "recovery_point_arn": row.recovery_point or "",
        "restore_job_id": outcome.job or "",
        "type": row.type,
        "account": row.account,
        "region": row.region,
    }
    run = perform(command, facts, stop)
    if stop.is_set():
        return replace(row, status="unreached", reason="it was interrupted before there was a verdict")
    return replace(row, command=run, status="passed" if run.exit_code == 0 else "failed")
