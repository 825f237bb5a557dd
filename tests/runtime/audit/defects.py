"""Thirty things that go wrong by hand in the bank after its policies were applied, and which control is to tell."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNTS = ("400000000100", "400000000101")
HUB, ISOLATED = "400000000002", "400000000003"
HOME, NORTH, WEST = "eu-central-1", "eu-north-1", "eu-west-1"
SIDE = "by-hand"
AFTER_PLANS = frozenset(
    {
        "BACKUP_LAST_RECOVERY_POINT_CREATED",
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
        "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
        "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION",
        "copy-exists",
        "plan-as-promised",
        "requirement-met",
    }
)
"""Controls that may follow from a plan that changed: for the plan, and for what it takes in that place."""
DENIAL = "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"


@dataclass(frozen=True)
class Defect:
    """What goes wrong in a place; `told` the control that is to tell, `of` what the resource's name ends in.

    What other controls say of the same thing follows from it, too; `also`: those that may, of anything in that place.
    """

    account: str
    region: str
    make: Callable[[Any], str | None]
    told: str
    of: str | None = None
    also: frozenset[str] = field(default_factory=frozenset)


def plan_named(backup: Any, name: str) -> tuple[str, dict[str, Any]]:
    """A plan's id and body."""
    for item in backup.list_backup_plans()["BackupPlansList"]:
        if item["BackupPlanName"] == name:
            return item["BackupPlanId"], backup.get_backup_plan(BackupPlanId=item["BackupPlanId"])["BackupPlan"]
    raise LookupError(name)


def _changed(plan: str, change: Callable[[dict[str, Any]], None]) -> Callable[[Any], str]:
    def make(client: Any) -> str:
        backup = client("backup")
        identity, body = plan_named(backup, plan)
        body = copy.deepcopy(body)
        for rule in body["Rules"]:
            rule.pop("RuleId", None)
        change(body)
        backup.update_backup_plan(BackupPlanId=identity, BackupPlan=body)
        return identity

    return make


def _unselected(plan: str) -> Callable[[Any], str]:
    def make(client: Any) -> str:
        backup = client("backup")
        identity, _ = plan_named(backup, plan)
        for one in backup.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]:
            backup.delete_backup_selection(BackupPlanId=identity, SelectionId=one["SelectionId"])
        return identity

    return make


def _shorter(body: dict[str, Any]) -> None:
    body["Rules"][0]["Lifecycle"] = {"DeleteAfterDays": 15}
    for one in body["Rules"][0].get("CopyActions", ()):
        one["Lifecycle"] = {"DeleteAfterDays": 90}


def _rarer(body: dict[str, Any]) -> None:
    body["Rules"][0]["ScheduleExpression"] = "cron(0 5 ? * SUN *)"


def _uncopied(body: dict[str, Any]) -> None:
    for rule in body["Rules"]:
        rule["CopyActions"] = []


def _elsewhere(body: dict[str, Any]) -> None:
    body["Rules"][0]["TargetBackupVaultName"] = SIDE


def _late(body: dict[str, Any]) -> None:
    body["Rules"][-1]["StartWindowMinutes"] = 480


def _zone(body: dict[str, Any]) -> None:
    body["Rules"][0]["ScheduleExpressionTimezone"] = "America/New_York"


def _fewer(body: dict[str, Any]) -> None:
    body["Rules"] = body["Rules"][:1]
    body["Rules"][0]["RuleName"] = "renamed"


_CHANGES = (_shorter, _rarer, _uncopied, _elsewhere, _late, _zone, _fewer)


def _plans() -> Iterator[Defect]:
    """Fourteen plans, each changed in its own way."""
    number, three = 0, ("important", "isolation", "critical")
    for account in ACCOUNTS:
        for region, names in ((HOME, three), (NORTH, three), (WEST, ("important",))):
            for name in names:
                make = _unselected(name) if number in (3, 9) else _changed(name, _CHANGES[number % len(_CHANGES)])
                yield Defect(account, region, make, "plan-as-promised", also=AFTER_PLANS)
                number += 1


def _no_policy(vault: str) -> Callable[[Any], None]:
    return lambda client: client("backup").delete_backup_vault_access_policy(BackupVaultName=vault) and None


def _loose_policy(vault: str) -> Callable[[Any], None]:
    def make(client: Any) -> None:
        backup = client("backup")
        policy = json.loads(backup.get_backup_vault_access_policy(BackupVaultName=vault)["Policy"])
        for statement in policy["Statement"]:
            if statement["Effect"] == "Deny":
                statement["Action"] = ["backup:DeleteRecoveryPoint"]
        backup.delete_backup_vault_access_policy(BackupVaultName=vault)  # which nothing denies
        backup.put_backup_vault_access_policy(BackupVaultName=vault, Policy=json.dumps(policy))

    return make


def _bucket(client: Any) -> None:
    client("s3").create_bucket(Bucket="forgotten", CreateBucketConfiguration={"LocationConstraint": HOME})


def table(client: Any, name: str, tags: Mapping[str, str]) -> None:
    """A table."""
    client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )


def _table(client: Any) -> None:
    table(client, "misspelt", {"criticality": "imprtant"})


def _backed_up(resource: str, role: str, keep: int | None, vault: str = SIDE) -> Callable[[Any], None]:
    def make(client: Any) -> None:
        lifecycle = {"Lifecycle": {"DeleteAfterDays": keep}} if keep else {}
        client("backup").start_backup_job(BackupVaultName=vault, ResourceArn=resource, IamRoleArn=role, **lifecycle)

    return make


def _weekly(client: Any) -> str:
    rule = {"RuleName": "weekly", "TargetBackupVaultName": SIDE, "ScheduleExpression": "cron(0 5 ? * SUN *)"}
    plan = {"BackupPlanName": "made-by-hand", "Rules": [rule]}
    return str(client("backup").create_backup_plan(BackupPlan=plan)["BackupPlanId"])


def _vault(client: Any) -> None:
    client("backup").create_backup_vault(BackupVaultName="made-by-hand")


def defects() -> list[Defect]:
    """All thirty; the first three of different kinds."""
    one, other = ACCOUNTS
    role = f"arn:aws:iam::{one}:role/backup/BankBackups"
    orders = f"arn:aws:dynamodb:{HOME}:{one}:table/orders"
    first = [
        Defect(one, WEST, _no_policy("bank-second"), DENIAL, "bank-second"),
        Defect(one, HOME, _table, "resource-protected", "misspelt"),
        Defect(one, HOME, _backed_up(orders, role, 3, "bank-primary"), "jobs-succeed", "orders"),
    ]
    rest = [
        Defect(one, NORTH, _no_policy("bank-primary"), DENIAL, "bank-primary"),
        Defect(one, HOME, _loose_policy("bank-primary"), DENIAL, "bank-primary"),
        Defect(other, HOME, _loose_policy("bank-primary"), DENIAL, "bank-primary"),
        Defect(other, NORTH, _no_policy("bank-primary"), DENIAL, "bank-primary"),
        Defect(other, WEST, _loose_policy("bank-second"), DENIAL, "bank-second"),
        Defect(one, HOME, _bucket, "resource-protected", "forgotten"),
        Defect(other, HOME, _table, "resource-protected", "misspelt"),
        Defect(one, HOME, _backed_up(orders, role, None), "recovery-points-expire"),
        Defect(one, HOME, _backed_up(orders, role, 3), "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"),
        Defect(one, HOME, _weekly, "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"),
        Defect(other, HOME, _weekly, "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"),
        Defect(other, NORTH, _vault, DENIAL, "made-by-hand"),
        Defect(HUB, WEST, _vault, DENIAL, "made-by-hand"),
    ]
    return [*first, *rest, *_plans()]
