"""Judges what AWS's own restore testing plans restored, within their validation windows, and tells AWS the verdict.

AWS takes one verdict for a restore job, and deletes what the job made once it has it, or when the window is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs import locate
from backstay_agent.jobs.ending import outcome as ending_of
from backstay_agent.jobs.follow import pauses_of
from backstay_agent.jobs.survey import Tick, in_all
from backstay_agent.jobs.testing.gather import Asked, target_of, tests_at, trial_of
from backstay_agent.jobs.testing.judge import Judge, judged, late
from backstay_agent.jobs.testing.target import Target, targets
from backstay_agent.jobs.work import Started, Trial
from backstay_agent.observed import Unread
from backstay_agent.reasons import sentences
from backstay_agent.wanted import Build
from backstay_aws import arns
from backstay_contract.restore_tests import RestoreTest

_GOING_ON = frozenset({"CREATED", "PENDING", "RUNNING"})
_LONGEST_MESSAGE = 1000
_WORDS = {
    # What AWS's validation status says of a job that nobody can judge any more. API RestoreValidationStatus; 2026-11.
    "TIMED_OUT": "nobody gave a verdict within the validation window",
    "FAILED": "it was judged as failed before",
}


def perform(
    build: Build,
    aws: Aws,
    places: Sequence[tuple[str, str]],
    asked: Asked,
    judge: Judge,
    since: datetime,
    workers: int,
    tick: Tick | None = None,
    *,
    wait: bool = True,
) -> tuple[list[RestoreTest], tuple[Unread, ...]]:
    """The results of the restore jobs that the build's plans began since a time; `wait` for those under way."""
    tested = [place for place in places if tests_at(build, place, asked)]

    def look(place: tuple[str, str]) -> list[RestoreTest]:
        names = {test.plan for test in tests_at(build, place, asked)}
        wished = targets(build.shape(*place))
        return [
            _judged(aws, place, name, job, _measured(aws, place, wished, job, judge))
            for name in sorted(names)
            for job in _jobs(aws, place, name, since, wait=wait)
            if not asked.resources or job.get("SourceResourceArn") in asked.resources
        ]

    found, unread = in_all(tested, look, workers, tick)
    return [one for part in found for one in part], unread


def _jobs(
    aws: Aws,
    place: tuple[str, str],
    plan: str,
    since: datetime,
    *,
    wait: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Mapping[str, Any]]:
    """The restore jobs of a plan, once they have ended; none when AWS does not have the plan."""
    try:
        arn = aws.call(*place, "backup", "GetRestoreTestingPlan", RestoreTestingPlanName=plan)["RestoreTestingPlan"][
            "RestoreTestingPlanArn"
        ]
    except AwsProblem as problem:
        if problem.code == "ResourceNotFoundException":
            return []
        raise
    for pause in pauses_of():
        listed = list(
            aws.pages(
                *place,
                "backup",
                "ListRestoreJobs",
                "RestoreJobs",
                ByRestoreTestingPlanArn=arn,
                ByCreatedAfter=since - timedelta(seconds=1),
            )
        )
        if not wait or all(job["Status"] not in _GOING_ON for job in listed):
            break
        sleep(pause)
    return sorted(listed, key=lambda job: (job["CreationDate"], job["RestoreJobId"]))


def _measured(
    aws: Aws, place: tuple[str, str], wished: tuple[Target, ...], job: Mapping[str, Any], judge: Judge
) -> Judge:
    """The judge of one job: the target is the caller's, else that of the build's frameworks."""
    if judge.within is not None:
        return judge
    names = str(job.get("ResourceType", "")), str(job.get("SourceResourceArn", "")), str(job["RecoveryPointArn"])
    return replace(judge, within=target_of(aws, place, wished, *names))


def _judged(aws: Aws, place: tuple[str, str], plan: str, job: Mapping[str, Any], judge: Judge) -> RestoreTest:
    """The result of one job; a verdict is given where AWS still waits for one."""
    made = _trial(aws, place, plan, job)
    if isinstance(made, AwsProblem):
        row = _bare(place, plan, job, judge)
        return replace(row, status="unreached", reason=str(made), remedy=next(sentences(str(made)), None))
    ended = ending_of(Started(made, job["RestoreJobId"], job["CreationDate"]), job)
    if ended is None:
        return replace(_bare(place, plan, job, judge), status="skipped", reason="the restore has not ended yet")
    if ended.status != "completed" or job.get("ValidationStatus") == "VALIDATING":
        result = replace(judged(aws, judge, made, ended), cleaned="by AWS" if ended.point else "nothing")
        return _told(aws, place, job, result) if ended.status == "completed" else result
    return _without_verdict(place, plan, job, judge)


def _without_verdict(place: tuple[str, str], plan: str, job: Mapping[str, Any], judge: Judge) -> RestoreTest:
    """What is known of a job that takes no verdict any more, or never did."""
    row, status = _bare(place, plan, job, judge), job.get("ValidationStatus")
    if status in _WORDS:
        return replace(row, status="failed", reason=job.get("ValidationStatusMessage") or _WORDS[status])
    says = job.get("ValidationStatusMessage") or (
        "it was judged as successful before"
        if status
        else "it was restored; ValidationWindowHours is 0, so nobody looks"
    )
    return replace(row, status="late" if late(row) else "passed", says=says)


def _told(aws: Aws, place: tuple[str, str], job: Mapping[str, Any], result: RestoreTest) -> RestoreTest:
    """Give AWS the verdict; one that could not be reached is none."""
    if result.status == "unreached":
        return result
    good = result.status in ("passed", "late")
    words = " · ".join(filter(None, (result.says, result.reason, result.command.output if result.command else None)))
    try:
        aws.call(
            *place,
            "backup",
            "PutRestoreValidationResult",
            RestoreJobId=job["RestoreJobId"],
            ValidationStatus="SUCCESSFUL" if good else "FAILED",
            ValidationStatusMessage=words[:_LONGEST_MESSAGE] or result.status,
        )
    except AwsProblem as problem:
        return replace(result, status="unreached", reason=f"the verdict could not be given: {problem}")
    return result


def _trial(aws: Aws, place: tuple[str, str], plan: str, job: Mapping[str, Any]) -> Trial | AwsProblem:
    """The job as a trial of its recovery point, for the eyes that judge."""
    where = locate.Where(*place)
    vault = arns.parse(job.get("BackupVaultArn") or "")
    try:
        name = vault.resource.partition(":")[2] if vault else None
        point = locate.find(aws, where, job["RecoveryPointArn"], name)
        if isinstance(point, str):
            facts = {"ResourceType": job["ResourceType"], "ResourceArn": job.get("SourceResourceArn", "")}
            facts |= {"RecoveryPointArn": job["RecoveryPointArn"], "CreationDate": job["RecoveryPointCreationDate"]}
            return Trial(
                *place,
                facts["ResourceArn"],
                facts["ResourceType"],
                facts["RecoveryPointArn"],
                name or "",
                plan,
                "",
                job.get("IamRoleArn", ""),
                {},
                {},
                (),
                facts,
            )
        return trial_of(aws, point, plan, "", job.get("IamRoleArn", ""), {})
    except AwsProblem as problem:
        return problem


def _bare(place: tuple[str, str], plan: str, job: Mapping[str, Any], judge: Judge) -> RestoreTest:
    began, ended = job["CreationDate"], job.get("CompletionDate")
    return RestoreTest(
        *place,
        plan,
        "",
        str(job.get("ResourceType", "")),
        str(job.get("SourceResourceArn", "")),
        "passed",
        recovery_point=job["RecoveryPointArn"],
        restore_job=job["RestoreJobId"],
        restored=job.get("CreatedResourceArn"),
        seconds=(ended - began).total_seconds() if ended else None,
        within_seconds=judge.within,
        cleaned="by AWS" if job.get("CreatedResourceArn") else "nothing",
    )
