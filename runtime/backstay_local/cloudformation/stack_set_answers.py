"""What is told of stack sets: themselves, where they are, and what was done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backstay_local.wire.call import AwsError, Call

from .records import Instance, StackSet, moment
from .stacks import Members, Office


def describe_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """A stack set."""
    one = find(office, call, asked)
    return {
        "StackSet": _summary(one)
        | {
            "TemplateBody": one.template,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(one.given.items())],
            "Capabilities": one.capabilities,
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(one.tags.items())],
            "AdministrationRoleARN": None if one.service_managed else one.administration_role,
            "ExecutionRoleName": None if one.service_managed else one.execution_role,
            "OrganizationalUnitIds": sorted({unit for unit, _ in one.places}),
        }
    }


def list_stack_sets(office: Office, call: Call, asked: Members) -> Members:
    """Summaries of the stack sets of the caller."""
    wanted = asked.get("Status", "ACTIVE")
    return {"Summaries": [_summary(one) for one in office.book.sets(call.account, call.region) if one.status == wanted]}


def list_stack_instances(office: Office, call: Call, asked: Members) -> Members:
    """Where a stack set is, and how it is there."""
    one = find(office, call, asked)
    rows = [_instance(one, x) for x in one.instances if _meant(x, asked)]
    return {"Summaries": [{name: row[name] for name in row if name != "ParameterOverrides"} for row in rows]}


def describe_stack_instance(office: Office, call: Call, asked: Members) -> Members:
    """One of them."""
    one = find(office, call, asked)
    place = {"StackInstanceAccount": asked["StackInstanceAccount"], "StackInstanceRegion": asked["StackInstanceRegion"]}
    for instance in one.instances:
        if _meant(instance, place):
            return {"StackInstance": _instance(one, instance)}
    raise AwsError("StackInstanceNotFoundException", f"StackInstance not found for StackSet {one.name}", 404)


def describe_operation(office: Office, call: Call, asked: Members) -> Members:
    """What an operation did."""
    one = find(office, call, asked)
    row = _operation(one, asked["OperationId"])
    return {"StackSetOperation": _told(row) | {"StackSetId": one.id}}


def list_operations(office: Office, call: Call, asked: Members) -> Members:
    """What was done with a stack set, the latest first."""
    return {"Summaries": [_told(row) for row in reversed(find(office, call, asked).operations)]}


def list_results(office: Office, call: Call, asked: Members) -> Members:
    """What an operation did to each instance."""
    return {"Summaries": _operation(find(office, call, asked), asked["OperationId"])["results"]}


def _operation(one: StackSet, own: str) -> Members:
    for row in one.operations:
        if row["OperationId"] == own:
            return row
    raise AwsError("OperationNotFoundException", f"Operation {own} not found", 404)


def _told(row: Members) -> Members:
    times = {"CreationTimestamp": moment(row["begun"]), "EndTimestamp": moment(row["ended"])}
    return {name: row[name] for name in ("OperationId", "Action", "Status")} | times


def _meant(instance: Instance, asked: Members) -> bool:
    account, region = asked.get("StackInstanceAccount"), asked.get("StackInstanceRegion")
    return account in (None, instance.account) and region in (None, instance.region)


def _instance(one: StackSet, instance: Instance) -> Members:
    return {
        "StackSetId": one.id,
        "Region": instance.region,
        "Account": instance.account,
        "StackId": instance.stack or None,
        "Status": instance.status,
        "StatusReason": instance.reason or None,
        "StackInstanceStatus": {"DetailedStatus": instance.detailed},
        "OrganizationalUnitId": instance.unit or None,
        "ParameterOverrides": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(instance.overrides.items())
        ],
    }


def _summary(one: StackSet) -> Members:
    return {
        "StackSetName": one.name,
        "StackSetId": one.id,
        "Description": one.description or None,
        "Status": one.status,
        "PermissionModel": "SERVICE_MANAGED" if one.service_managed else "SELF_MANAGED",
        "AutoDeployment": _deployment(one) if one.service_managed else None,
    }


def _deployment(one: StackSet) -> Members:
    return {"Enabled": one.automatic} | ({"RetainStacksOnAccountRemoval": one.retain} if one.automatic else {})


def find(office: Office, call: Call, asked: Members) -> StackSet:
    """The stack set that a request names."""
    name = asked["StackSetName"]
    for one in office.book.sets(call.account, call.region):
        if one.id == name or (one.name == name and one.status == "ACTIVE"):
            return one
    raise AwsError("StackSetNotFoundException", f"StackSet {name} not found", 404)


OPERATIONS: Mapping[str, Callable[[Office, Call, Members], Members]] = {
    "DescribeStackInstance": describe_stack_instance,
    "DescribeStackSet": describe_stack_set,
    "DescribeStackSetOperation": describe_operation,
    "ListStackInstances": list_stack_instances,
    "ListStackSetOperationResults": list_results,
    "ListStackSetOperations": list_operations,
    "ListStackSets": list_stack_sets,
}
"""What answers each operation."""
