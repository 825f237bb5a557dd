"""Where the stacks of a stack set go, and whether they may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backstay_aws.access import trusts
from backstay_local.wire.call import AwsError
from backstay_local.world.world import partition_of

from .records import StackSet

if TYPE_CHECKING:
    from backstay_local.world.world import World

Target = tuple[str, str]
"""An account, and the unit that it was meant by (empty: by its id)."""


def targets(world: World, stack_set: StackSet, asked: Mapping[str, Any]) -> list[Target]:
    """The accounts that a request means."""
    where = asked.get("DeploymentTargets", {})
    accounts, units = where.get("Accounts", asked.get("Accounts", [])), where.get("OrganizationalUnitIds", [])
    if not stack_set.service_managed:
        if units or not accounts:
            raise AwsError("ValidationError", "Stack sets with SELF_MANAGED permissions are deployed to accounts only.")
        return [(account, "") for account in sorted(set(accounts))]
    if not units:
        raise AwsError("ValidationError", "OrganizationalUnitIds are required")
    return _filtered(_inside(world, stack_set, units), set(accounts), where.get("AccountFilterType", "NONE"))


def _inside(world: World, stack_set: StackSet, units: list[str]) -> dict[str, str]:
    """The accounts of units and of all below them; never the management account, as AWS has it."""
    organization = world.organization()
    if organization is None or organization.management_account != stack_set.account:
        sentence = "You must be the management account of an organization to operate a service managed stack set"
        raise AwsError("ValidationError", sentence)
    found = {}
    for unit in units:
        inside = {name: unit for name, path in organization.members.items() if f"/{unit}/" in path}
        if not inside and not any(f"/{unit}/" in path for path in organization.members.values()):
            raise AwsError("ValidationError", f"OrganizationalUnitId {unit} has no accounts")
        found.update(inside)
    found.pop(organization.management_account, None)
    return found


def members(world: World, stack_set: StackSet, unit: str) -> list[str]:
    """The accounts of a unit and of all below it, but for the management account; none of a unit that is gone."""
    organization = world.organization()
    if organization is None or organization.management_account != stack_set.account:
        return []
    inside = {name for name, path in organization.members.items() if f"/{unit}/" in path}
    return sorted(inside - {organization.management_account})


def _filtered(found: Mapping[str, str], named: set[str], how: str) -> list[Target]:
    match how:
        case "INTERSECTION":
            kept = {account: unit for account, unit in found.items() if account in named}
        case "DIFFERENCE":
            kept = {account: unit for account, unit in found.items() if account not in named}
        case "UNION":
            kept = {**dict.fromkeys(named, ""), **found}
        case _:
            kept = dict(found)
    return sorted(kept.items())


def refusal(world: World, stack_set: StackSet, account: str) -> str:
    """Why a stack set may not work in an account; empty if it may.

    Source: CloudFormation user guide, "Grant self-managed permissions", read 2026-11.
    """
    if stack_set.service_managed:
        return ""
    administration = world.role(stack_set.administration_role)
    name = stack_set.administration_role.rpartition("/")[2]
    if administration is None:
        return (
            f"Account {stack_set.account} should have '{name}' role with trust relationship to CloudFormation service."
        )
    arn = f"arn:{partition_of(stack_set.region)}:iam::{account}:role/{stack_set.execution_role}"
    execution = world.role(arn)
    if execution is not None:
        document = execution["AssumeRolePolicyDocument"]
        admin = stack_set.administration_role
        if trusts(document, principal_arn=admin, principal_account=stack_set.account, context={}):
            return ""
    return f"Account {account} should have '{stack_set.execution_role}' role with trust relationship to Role '{name}'."
