"""What AWS has in a place beside vaults and plans, as clients see it, without ids and times: to compare and count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def described(backup: Any, kms: Any, iam: Any) -> dict[str, Any]:
    """Keys, roles, frameworks, reports, restore tests, holds, tiering and full management."""
    aliases = {row["TargetKeyId"]: row["AliasName"] for row in kms.list_aliases()["Aliases"] if "TargetKeyId" in row}
    customers = [row["KeyId"] for row in kms.list_keys()["Keys"]]
    holds = [row for row in backup.list_legal_holds()["LegalHolds"] if row["Status"] in ("CREATING", "ACTIVE")]
    plans = [row["RestoreTestingPlanName"] for row in backup.list_restore_testing_plans()["RestoreTestingPlans"]]
    settings = backup.describe_region_settings()
    return {
        "keys": sorted(
            [
                aliases.get(key, ""),
                kms.describe_key(KeyId=key)["KeyMetadata"]["Description"],
                kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"],
            ]
            for key in customers
            if _in_use(kms, key)
        ),
        "roles": sorted(
            [role["Arn"], repr(role["AssumeRolePolicyDocument"]), *_permissions(iam, role["RoleName"])]
            for role in iam.list_roles()["Roles"]
        ),
        "frameworks": [
            _without(
                backup.describe_framework(FrameworkName=row["FrameworkName"]),
                ("FrameworkArn", "CreationTime", "IdempotencyToken", "DeploymentStatus", "FrameworkStatus"),
            )
            for row in backup.list_frameworks()["Frameworks"]
        ],
        "reports": [
            [row["ReportPlanName"], row["ReportDeliveryChannel"], row["ReportSetting"]["ReportTemplate"]]
            for row in backup.list_report_plans()["ReportPlans"]
        ],
        "tests": [
            _without(
                backup.get_restore_testing_plan(RestoreTestingPlanName=name)["RestoreTestingPlan"],
                ("CreationTime", "CreatorRequestId", "LastUpdateTime", "RestoreTestingPlanArn"),
            )
            | {"selections": _tested(backup, name)}
            for name in plans
        ],
        "holds": sorted([row["Title"], row["Description"]] for row in holds),
        "tiering": [
            _without(
                backup.get_tiering_configuration(TieringConfigurationName=row["TieringConfigurationName"])[
                    "TieringConfiguration"
                ],
                ("TieringConfigurationArn", "CreatorRequestId", "CreationTime", "LastUpdatedTime"),
            )
            for row in backup.list_tiering_configurations()["TieringConfigurations"]
        ],
        "management": settings["ResourceTypeManagementPreference"],
    }


def _in_use(kms: Any, key: str) -> bool:
    about = kms.describe_key(KeyId=key)["KeyMetadata"]
    return (about["KeyManager"], about["KeyState"]) == ("CUSTOMER", "Enabled")


def _without(answer: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {*names, "ResponseMetadata"}}


def _permissions(iam: Any, name: str) -> list[str]:
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    written = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return [repr(sorted(one["PolicyArn"] for one in attached)), repr(sorted(written))]


def _tested(backup: Any, plan: str) -> list[dict[str, Any]]:
    listed = backup.list_restore_testing_selections(RestoreTestingPlanName=plan)["RestoreTestingSelections"]
    names = [row["RestoreTestingSelectionName"] for row in listed]
    bodies = [
        backup.get_restore_testing_selection(RestoreTestingPlanName=plan, RestoreTestingSelectionName=name)
        for name in names
    ]
    return [_without(one["RestoreTestingSelection"], ("CreationTime", "CreatorRequestId")) for one in bodies]
