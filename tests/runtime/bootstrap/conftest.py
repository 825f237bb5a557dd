"""What the tests of `org bootstrap` share: an organization in which nothing is prepared, and how to look at one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

MANAGEMENT, CENTRAL, PAYMENTS, RISK = "100000000001", "100000000002", "100000000010", "100000000011"
MEMBERS = (CENTRAL, PAYMENTS, RISK)
REGION = "eu-central-1"
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"


def unprepare(cloud: Any) -> Any:
    """Take away what the fixture's organization has already: the roles, and the delegated administrator."""
    for account in (MANAGEMENT, *MEMBERS):
        iam = cloud.client("iam", account)
        for role in ("backstay-agent", "AWSBackupDefaultServiceRole"):
            iam.delete_role(RoleName=role)
    organizations = cloud.client("organizations", MANAGEMENT)
    organizations.deregister_delegated_administrator(AccountId=CENTRAL, ServicePrincipal="backup.amazonaws.com")
    organizations.disable_aws_service_access(ServicePrincipal="backup.amazonaws.com")
    return cloud


@pytest.fixture
def bare(cloud: Any) -> Any:
    """An organization in which nothing is prepared."""
    return unprepare(cloud)


@pytest.fixture
def strict(strict_cloud: Any) -> Any:
    """The same, where AWS Backup does only what some policy allows."""
    return unprepare(strict_cloud)


def role(cloud: Any, account: str, name: str = "backstay-agent") -> dict[str, Any] | None:
    """A role with its policies, or None."""
    iam = cloud.client("iam", account)
    try:
        found = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    inline = {
        one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"]
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    attached = [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    return {
        "path": found["Path"],
        "trust": found["AssumeRolePolicyDocument"],
        "boundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "inline": inline,
        "attached": sorted(attached),
    }


def state(cloud: Any) -> dict[str, Any]:
    """All that bootstrap makes, as plain boto3 tells it."""
    organizations = cloud.client("organizations", MANAGEMENT)
    cloudformation = cloud.client("cloudformation", MANAGEMENT)
    trusted = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    try:
        delegation = json.loads(organizations.describe_resource_policy()["ResourcePolicy"]["Content"])
    except organizations.exceptions.ResourcePolicyNotFoundException:
        delegation = None
    administrators = organizations.list_delegated_administrators()["DelegatedAdministrators"]
    sets = cloudformation.list_stack_sets(Status="ACTIVE")["Summaries"]
    return {
        "trusted": sorted(one["ServicePrincipal"] for one in trusted),
        "types": [one["Type"] for one in organizations.list_roots()["Roots"][0]["PolicyTypes"]],
        "administrators": sorted(one["Id"] for one in administrators),
        "delegation": delegation,
        "settings": cloud.client("backup", MANAGEMENT).describe_global_settings()["GlobalSettings"],
        "roles": {
            f"{account} {name}": role(cloud, account, name)
            for account in (MANAGEMENT, *MEMBERS)
            for name in ("backstay-agent", "AWSBackupDefaultServiceRole")
        },
        "stacks": {
            one["StackSetName"]: sorted(
                (row["Account"], row["Status"])
                for row in cloudformation.list_stack_instances(StackSetName=one["StackSetName"])["Summaries"]
            )
            for one in sets
        },
    }


@pytest.fixture
def looks() -> Callable[[Any], dict[str, Any]]:
    """What bootstrap makes, as it is now."""
    return state


@pytest.fixture
def role_of() -> Callable[..., dict[str, Any] | None]:
    """A role with its policies: `role_of(cloud, account, name)`."""
    return role
