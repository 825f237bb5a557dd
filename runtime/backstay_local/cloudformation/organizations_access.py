"""What CloudFormation may do in an organization: trusted access for stack sets, and who else may operate them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backstay_local.wire.call import AwsError, Call
from backstay_local.world.tree import STACK_SETS

from .stacks import Members, Office

if TYPE_CHECKING:
    from backstay_local.world.world import World


def as_management(world: World, call: Call) -> Call:
    """A call of a delegated administrator as the one of the management account that it stands for.

    Source: CloudFormation user guide, "Register a delegated administrator"; API reference, CallAs; read 2026-11.
    """
    organization = world.organization()
    if organization is None or call.account not in organization.delegated.get(STACK_SETS, ()):
        sentence = "Account used is not a delegated administrator"
        raise AwsError("ValidationError", sentence)
    return replace(call, account=organization.management_account)


def activate(office: Office, call: Call, _: Members) -> Members:
    """Give stack sets trusted access."""
    _manager(office, call).enable_aws_service_access(ServicePrincipal=STACK_SETS)
    return {}


def deactivate(office: Office, call: Call, _: Members) -> Members:
    """Take trusted access from stack sets; their stacks stay."""
    _manager(office, call).disable_aws_service_access(ServicePrincipal=STACK_SETS)
    return {}


def describe(office: Office, call: Call, _: Members) -> Members:
    """Whether stack sets have trusted access."""
    listed = _manager(office, call).list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    enabled = any(one["ServicePrincipal"] == STACK_SETS for one in listed)
    return {"Status": "ENABLED" if enabled else "DISABLED"}


def _manager(office: Office, call: Call) -> Any:
    organization = office.world.organization()
    if organization is None or organization.management_account != call.account:
        raise AwsError("InvalidOperationException", "Account used is not the management account of an organization")
    return office.world.client("organizations", call.account, "us-east-1")


OPERATIONS: Mapping[str, Callable[[Office, Call, Members], Members]] = {
    "ActivateOrganizationsAccess": activate,
    "DeactivateOrganizationsAccess": deactivate,
    "DescribeOrganizationsAccess": describe,
}
"""What answers each operation."""
