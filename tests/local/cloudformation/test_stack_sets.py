"""Stack sets by plain boto3: one template in many accounts and Regions, by units or by the roles that are trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws

MANAGEMENT, BACKUP, PROD, DEV = "100000000001", "100000000002", "100000000010", "100000000011"
REGIONS = ["eu-central-1", "eu-west-1"]
TEMPLATE = json.dumps({
    "Parameters": {"Least": {"Type": "Number", "Default": 7}},
    "Resources": {
        "Vault": {
            "Type": "AWS::Backup::BackupVault",
            "Properties": {"BackupVaultName": "main", "LockConfiguration": {"MinRetentionDays": {"Ref": "Least"}}},
        }
    },
})  # fmt: skip


@pytest.fixture
def aws(org_file: Path) -> Iterator[LocalAws]:
    """An embedded AWS with four accounts in units."""
    with LocalAws() as local:
        local.seed(org_file)
        yield local


@pytest.fixture
def cloudformation(aws: LocalAws) -> Any:
    """CloudFormation of the management account."""
    return aws.client("cloudformation", MANAGEMENT, "eu-central-1")


def _vaults(aws: LocalAws, account: str, region: str) -> list[Any]:
    rows = aws.client("backup", account, region).list_backup_vaults()["BackupVaultList"]
    return [(row["BackupVaultName"], row["MinRetentionDays"]) for row in rows]


def _unit(aws: LocalAws, name: str) -> str:
    organizations = aws.client("organizations", MANAGEMENT)
    (root,) = organizations.list_roots()["Roots"]
    found: str = root["Id"]
    for step in name.split("/"):
        units = organizations.list_organizational_units_for_parent(ParentId=found)["OrganizationalUnits"]
        found = next(unit["Id"] for unit in units if unit["Name"] == step)
    return found


def _outcome(cloudformation: Any, operation: str) -> tuple[str, dict[str, Any]]:
    done = cloudformation.describe_stack_set_operation(StackSetName="backups", OperationId=operation)
    rows = cloudformation.list_stack_set_operation_results(StackSetName="backups", OperationId=operation)["Summaries"]
    return done["StackSetOperation"]["Status"], {row["Account"]: row for row in rows}


def test_units_are_deployed_to_with_all_below_them(aws: LocalAws, cloudformation: Any) -> None:
    """Service-managed: every account of the unit and of the units in it, in each Region, and nobody else."""
    cloudformation.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE, PermissionModel="SERVICE_MANAGED")
    targets = {"OrganizationalUnitIds": [_unit(aws, "Workloads")]}
    made = cloudformation.create_stack_instances(StackSetName="backups", DeploymentTargets=targets, Regions=REGIONS)
    assert _outcome(cloudformation, made["OperationId"])[0] == "SUCCEEDED"
    rows = cloudformation.list_stack_instances(StackSetName="backups")["Summaries"]
    assert {(row["Account"], row["Region"], row["Status"]) for row in rows} == {
        (account, region, "CURRENT") for account in (PROD, DEV) for region in REGIONS
    }
    assert all(_vaults(aws, account, region) == [("main", 7)] for account in (PROD, DEV) for region in REGIONS)
    assert _vaults(aws, BACKUP, "eu-central-1") == []


def test_an_update_reaches_every_instance(aws: LocalAws, cloudformation: Any) -> None:
    """Another value of a parameter, everywhere but where an instance has its own."""
    cloudformation.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE, PermissionModel="SERVICE_MANAGED")
    for unit, more in (("Workloads/Prod", {}), ("Workloads/Dev", {"ParameterOverrides": [_least("9")]})):
        cloudformation.create_stack_instances(
            StackSetName="backups",
            DeploymentTargets={"OrganizationalUnitIds": [_unit(aws, unit)]},
            Regions=REGIONS[:1],
            **more,
        )
    done = cloudformation.update_stack_set(StackSetName="backups", UsePreviousTemplate=True, Parameters=[_least("8")])
    assert _outcome(cloudformation, done["OperationId"])[0] == "SUCCEEDED"
    assert _vaults(aws, PROD, REGIONS[0]) == [("main", 8)]
    assert _vaults(aws, DEV, REGIONS[0]) == [("main", 9)]


def _least(value: str) -> dict[str, str]:
    return {"ParameterKey": "Least", "ParameterValue": value}


def test_without_trust_nothing_is_made(aws: LocalAws, cloudformation: Any) -> None:
    """Self-managed: an account without the execution role is refused by name, and tolerated only if that was said."""
    aws.client("iam", MANAGEMENT).create_role(
        RoleName="AWSCloudFormationStackSetAdministrationRole",
        AssumeRolePolicyDocument=json.dumps(_trust({"Service": "cloudformation.amazonaws.com"})),
    )
    admin = f"arn:aws:iam::{MANAGEMENT}:role/AWSCloudFormationStackSetAdministrationRole"
    aws.client("iam", PROD).create_role(
        RoleName="AWSCloudFormationStackSetExecutionRole", AssumeRolePolicyDocument=json.dumps(_trust({"AWS": admin}))
    )
    cloudformation.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE)
    made = cloudformation.create_stack_instances(
        StackSetName="backups",
        Accounts=[BACKUP, PROD],
        Regions=REGIONS[:1],
        OperationPreferences={"FailureToleranceCount": 1},
    )
    status, results = _outcome(cloudformation, made["OperationId"])
    assert status == "SUCCEEDED"
    assert "AWSCloudFormationStackSetExecutionRole" in results[BACKUP]["StatusReason"]
    assert results[PROD]["Status"] == "SUCCEEDED"
    assert (_vaults(aws, PROD, REGIONS[0]), _vaults(aws, BACKUP, REGIONS[0])) == ([("main", 7)], [])


def _trust(principal: dict[str, str]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def test_after_too_many_failures_it_stops(aws: LocalAws, cloudformation: Any) -> None:
    """Without a tolerance the first failure ends the operation: what comes after is cancelled."""
    aws.client("backup", PROD, REGIONS[0]).create_backup_vault(BackupVaultName="main")
    cloudformation.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE, PermissionModel="SERVICE_MANAGED")
    made = cloudformation.create_stack_instances(
        StackSetName="backups",
        DeploymentTargets={"OrganizationalUnitIds": [_unit(aws, "Workloads")]},
        Regions=REGIONS[:1],
    )
    status, results = _outcome(cloudformation, made["OperationId"])
    assert status == "FAILED"
    assert {account: row["Status"] for account, row in results.items()} == {PROD: "FAILED", DEV: "CANCELLED"}
    assert "AlreadyExists" in results[PROD]["StatusReason"]


def test_instances_are_deleted_or_let_go(aws: LocalAws, cloudformation: Any) -> None:
    """With RetainStacks the vault stays; without, it goes; a set with instances is not deleted."""
    cloudformation.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE, PermissionModel="SERVICE_MANAGED")
    targets = {"OrganizationalUnitIds": [_unit(aws, "Workloads/Prod")]}
    cloudformation.create_stack_instances(StackSetName="backups", DeploymentTargets=targets, Regions=REGIONS)
    with pytest.raises(ClientError, match="StackSetNotEmptyException"):
        cloudformation.delete_stack_set(StackSetName="backups")
    for region, retain in zip(REGIONS, (True, False), strict=True):
        cloudformation.delete_stack_instances(
            StackSetName="backups", DeploymentTargets=targets, Regions=[region], RetainStacks=retain
        )
    assert _vaults(aws, PROD, REGIONS[0]) == [("main", 7)]
    assert _vaults(aws, PROD, REGIONS[1]) == []
    cloudformation.delete_stack_set(StackSetName="backups")
    assert cloudformation.list_stack_sets(Status="ACTIVE")["Summaries"] == []


def test_stacks_follow_accounts(aws: LocalAws, cloudformation: Any) -> None:
    """With automatic deployment an account that comes into a unit gets the stack, and loses it when it leaves."""
    cloudformation.create_stack_set(
        StackSetName="backups",
        TemplateBody=TEMPLATE,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
    )
    unit = _unit(aws, "Workloads")
    targets = {"OrganizationalUnitIds": [unit]}
    cloudformation.create_stack_instances(StackSetName="backups", DeploymentTargets=targets, Regions=REGIONS[:1])
    organizations = aws.client("organizations", MANAGEMENT)
    made = organizations.create_account(Email="a@acme.example", AccountName="late")["CreateAccountStatus"]["AccountId"]
    assert _vaults(aws, made, REGIONS[0]) == []
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.move_account(AccountId=made, SourceParentId=root, DestinationParentId=unit)
    assert _vaults(aws, made, REGIONS[0]) == [("main", 7)]
    organizations.move_account(AccountId=made, SourceParentId=unit, DestinationParentId=root)
    assert _vaults(aws, made, REGIONS[0]) == []
    described = cloudformation.describe_stack_set(StackSetName="backups")["StackSet"]
    assert described["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}


def test_a_delegated_administrator_operates_stack_sets(aws: LocalAws, cloudformation: Any) -> None:
    """Once it is registered, it sees and makes the stack sets of the management account; before, it is refused."""
    member = aws.client("cloudformation", BACKUP, "eu-central-1")
    asked = {"StackSetName": "backups", "TemplateBody": TEMPLATE, "PermissionModel": "SERVICE_MANAGED"}
    with pytest.raises(ClientError, match="not a delegated administrator"):
        member.create_stack_set(**asked, CallAs="DELEGATED_ADMIN")
    assert cloudformation.describe_organizations_access()["Status"] == "DISABLED"
    cloudformation.activate_organizations_access()
    assert cloudformation.describe_organizations_access()["Status"] == "ENABLED"
    aws.client("organizations", MANAGEMENT).register_delegated_administrator(
        AccountId=BACKUP, ServicePrincipal="member.org.stacksets.cloudformation.amazonaws.com"
    )
    member.create_stack_set(**asked, CallAs="DELEGATED_ADMIN")
    [shown] = cloudformation.list_stack_sets()["Summaries"]
    assert (shown["StackSetName"], shown["PermissionModel"]) == ("backups", "SERVICE_MANAGED")


def test_what_it_cannot_do_it_says(aws: LocalAws, cloudformation: Any) -> None:
    """Only service-managed sets deploy automatically; units need such a set, too, and a member may not."""
    with pytest.raises(ClientError, match="AutoDeployment can only be used with SERVICE_MANAGED"):
        cloudformation.create_stack_set(
            StackSetName="backups",
            TemplateBody=TEMPLATE,
            AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": True},
        )
    cloudformation.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE)
    units = {"OrganizationalUnitIds": [_unit(aws, "Workloads")]}
    with pytest.raises(ClientError, match="SELF_MANAGED"):
        cloudformation.create_stack_instances(StackSetName="backups", DeploymentTargets=units, Regions=REGIONS)
    member = aws.client("cloudformation", PROD, "eu-central-1")
    member.create_stack_set(StackSetName="backups", TemplateBody=TEMPLATE, PermissionModel="SERVICE_MANAGED")
    with pytest.raises(ClientError, match="management account"):
        member.create_stack_instances(StackSetName="backups", DeploymentTargets=units, Regions=REGIONS)
