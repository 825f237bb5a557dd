"""The backup plans of a place with their selections, as rows and as AWS's bodies in normal form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent import normal
from backstay_agent.aws import Aws
from backstay_agent.controls.facts import CopyTo, Plan, Rule
from backstay_aws import arns

_FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A plan with its selections; `body` and `selections` are in normal form."""

    row: Plan
    body: Mapping[str, Any]
    selections: tuple[Mapping[str, Any], ...]


def read_plans(aws: Aws, account: str, region: str) -> list[ReadPlan]:
    """Every plan, by name, those of services and of other tools too; raises AwsProblem."""
    listed = aws.pages(account, region, "backup", "ListBackupPlans", "BackupPlansList")
    plans = [_read(aws, account, region, item) for item in listed]
    return sorted(plans, key=lambda plan: (plan.row.name, plan.row.id))


def _read(aws: Aws, account: str, region: str, item: Mapping[str, Any]) -> ReadPlan:
    identity = item["BackupPlanId"]
    body = normal.plan(aws.call(account, region, "backup", "GetBackupPlan", BackupPlanId=identity)["BackupPlan"])
    listed = aws.pages(account, region, "backup", "ListBackupSelections", "BackupSelectionsList", BackupPlanId=identity)
    selections = tuple(
        normal.selection(
            aws.call(account, region, "backup", "GetBackupSelection", BackupPlanId=identity, SelectionId=one)[
                "BackupSelection"
            ]
        )
        for one in sorted(selection["SelectionId"] for selection in listed)
    )
    rules = tuple(_rule(rule) for rule in body["Rules"])
    return ReadPlan(Plan(identity, item["BackupPlanArn"], item["BackupPlanName"], rules), body, selections)


def _rule(body: Mapping[str, Any]) -> Rule:
    copies = (_copy(copy) for copy in body.get("CopyActions", ()))
    return Rule(
        body["RuleName"],
        body["TargetBackupVaultName"],
        body["ScheduleExpression"],
        keep_days(body.get("Lifecycle")),
        tuple(copy for copy in copies if copy is not None),
        body["ScheduleExpressionTimezone"],
        int(body["StartWindowMinutes"]),
        bool(body.get("EnableContinuousBackup")),
        body.get("TargetLogicallyAirGappedBackupVaultArn"),
    )


def keep_days(lifecycle: Mapping[str, Any] | None) -> int | None:
    """The days of a lifecycle until deletion; None for ever, which AWS also writes as -1."""
    days = (lifecycle or {}).get("DeleteAfterDays")
    return None if days is None or days == _FOR_EVER else int(days)


def _copy(body: Mapping[str, Any]) -> CopyTo | None:
    arn = body["DestinationBackupVaultArn"]
    parsed = arns.parse(arn)
    return None if parsed is None else CopyTo(arn, parsed.account, parsed.region, keep_days(body.get("Lifecycle")))
