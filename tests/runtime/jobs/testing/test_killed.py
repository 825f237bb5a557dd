"""A restore test that is killed anywhere and run again: one restore, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.aws import Aws
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.testing.gather import Asked, gather
from backstay_agent.jobs.testing.judge import Judge
from backstay_agent.jobs.testing.run import perform
from backstay_contract.restore_tests import RestoreTest

PAYMENTS, REGION = "100000000010", "eu-central-1"
ROLE = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"


class _Killed(BaseException):
    """The process ends here, as far as the agent can tell."""


def _tested(body: dict[str, Any]) -> None:
    points = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
    plan = {"RestoreTestingPlanName": "weekly", "ScheduleExpression": "cron(0 6 * * ? *)"}
    selection = {"RestoreTestingSelectionName": "tables", "ProtectedResourceType": "DynamoDB", "IamRoleArn": ROLE}
    body["restore_testing_plans"] = [{"RestoreTestingPlan": {**plan, "RecoveryPointSelection": points}}]
    body["restore_testing_selections"] = [
        {"RestoreTestingPlanName": "weekly", "RestoreTestingSelection": {**selection, "ProtectedResourceArns": ["*"]}}
    ]


def _run(build: Any, aws: Aws) -> list[RestoreTest]:
    now = aws.now.replace(microsecond=0)
    run = Run("today", build.digest, "o-acme0001", now)
    found = gather(build, aws, [(PAYMENTS, REGION)], Asked(), now, 1)
    return list(perform(aws, run, found.trials, Judge(), 1, lambda *_: None, keep=False))


@pytest.mark.parametrize(
    ("event", "operation"),
    [("after-call.backup", "StartRestoreJob"), ("before-call.dynamodb", "DeleteTable")],
    ids=["answer lost", "before deletion"],
)
def test_killed(ready: Any, table: Callable[..., str], builds: Any, event: str, operation: str) -> None:
    """Killed after AWS took the restore, or with the restored table still there, the next run ends what was begun."""
    arn = table("orders", {"1": "x"})
    backup = ready.client("backup")
    backup.start_backup_job(BackupVaultName="primary", ResourceArn=arn, IamRoleArn=ROLE)
    ready.local.advance(timedelta(minutes=5))
    build, killed = builds.make(_tested), ready.aws()

    def die(model: Any, **_: Any) -> None:
        if model.name == operation:
            raise _Killed

    killed.botocore_session.register(event, die)
    killed.caller()
    with pytest.raises(_Killed):
        _run(build, killed)
    ready.local.advance(timedelta(minutes=5))
    again = ready.aws()
    again.caller()
    assert [one.status for one in _run(build, again)] == ["passed"]
    assert len(backup.list_restore_jobs()["RestoreJobs"]) == 1
    assert ready.client("dynamodb").list_tables()["TableNames"] == ["orders"]
