"""What the tests of `org bootstrap` share: an organization in which nothing is prepared, and how to look at one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from backstay_agent import normal
from backstay_agent.bootstrap.seen import Seen, SeenRole, SeenSet, Unreadable
from backstay_contract.bootstrap import (
    CreateRole,
    CreateStackSet,
    DeployStackSet,
    EnableAllFeatures,
    EnablePolicyType,
    EnableTrustedAccess,
    PutDelegation,
    RegisterAdministrator,
    SetGlobalSettings,
    Step,
    UpdateRole,
    UpdateStackSet,
)

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
def bare_clouds(clouds: Callable[[], AbstractContextManager[Any]]) -> Callable[[], AbstractContextManager[Any]]:
    """As many such organizations as one asks for: `with bare_clouds() as cloud: …`."""

    @contextmanager
    def make() -> Iterator[Any]:
        with clouds() as cloud:
            yield unprepare(cloud)

    return make


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


def _performed(seen: Seen, steps: Iterable[Step]) -> Seen:
    """The organization after some steps."""
    for step in steps:
        seen = _after(seen, step)
    return seen


def _after(seen: Seen, step: Step) -> Seen:
    match step:
        case EnableAllFeatures():
            return replace(seen, features="all")  # every account accepts at once
        case EnableTrustedAccess():
            return replace(seen, trusted=_known(seen.trusted) | {step.service})
        case EnablePolicyType():
            return replace(seen, policy_type=True)
        case RegisterAdministrator():
            before = _known(seen.administrators)
            there = tuple(sorted({*before.get(step.service, ()), step.administrator}))
            return replace(seen, administrators={**before, step.service: there})
        case PutDelegation():
            return replace(seen, delegation=step.after)
        case SetGlobalSettings():
            return replace(seen, settings={**_known(seen.settings), **step.after})
        case CreateRole() | UpdateRole():
            roles = dict(_known(seen.roles[step.account]))
            name = step.role.rpartition("/")[2]
            roles[name] = _role(roles.get(name), step)
            return replace(seen, roles={**seen.roles, step.account: roles})
        case CreateStackSet():
            made = SeenSet(step.stack_set, step.template, step.parameters, True, True)
            return replace(seen, stack_sets={**_known(seen.stack_sets), step.stack_set: made})
        case UpdateStackSet():
            sets = dict(_known(seen.stack_sets))
            stacks = dict.fromkeys(sets[step.stack_set].stacks, True)
            sets[step.stack_set] = replace(
                sets[step.stack_set],
                template=step.template,
                parameters=step.parameters,
                automatic=True,
                stacks=stacks,
            )
            return replace(seen, stack_sets=sets)
        case DeployStackSet():
            sets = dict(_known(seen.stack_sets))
            before = sets[step.stack_set]
            stacks = {**before.stacks, **dict.fromkeys(step.accounts, True)}
            sets[step.stack_set] = replace(before, units=before.units | set(step.units), stacks=stacks)
            return replace(seen, stack_sets=sets)


def _role(before: SeenRole | None, step: CreateRole | UpdateRole) -> SeenRole:
    if isinstance(step, CreateRole):
        inline = normal.policy(step.permissions) if step.permissions else None
        return SeenRole(step.role, step.trust, inline, frozenset(step.attach), step.boundary)
    assert before is not None, "only what is there can be changed"
    return replace(
        before,
        trust=step.trust or before.trust,
        permissions=normal.policy(step.permissions) if step.permissions else before.permissions,
        attached=before.attached | set(step.attach),
        boundary=None if step.drop_boundary else step.boundary or before.boundary,
    )


def _known(value: Any) -> Any:
    assert not isinstance(value, Unreadable), "what could not be read is not changed"
    return value


@pytest.fixture(scope="session")
def perform() -> Callable[[Seen, Iterable[Step]], Seen]:
    """An organization as a value: what it is after some steps. The oracle of the decision."""
    return _performed
