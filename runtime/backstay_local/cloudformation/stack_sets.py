"""The operations on stack sets: one template in many accounts and Regions. An operation is over when it is answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from backstay_local.wire.call import AwsError, Call
from backstay_local.world.world import partition_of

from . import fetch
from .deploy import refuse_unknown
from .order import order
from .records import Instance, StackSet, moment
from .stacks import Members, Office, acknowledge, begin, change
from .targets import refusal, targets
from .template import read

_ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
_EXECUTION = "AWSCloudFormationStackSetExecutionRole"
Work = Callable[[Instance], str]
"""What is done to an instance; gives the reason of a failure."""


def create_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """Note a template for many places; nothing is made yet."""
    name = asked["StackSetName"]
    if any(one.name == name and one.status == "ACTIVE" for one in office.book.sets(call.account, call.region)):
        raise AwsError("NameAlreadyExistsException", f"StackSet {name} already exists")
    if asked.get("AutoDeployment", {}).get("Enabled"):
        sentence = "This embedded AWS does not deploy stack sets by itself to accounts that come later."
        raise AwsError("NotImplementedException", sentence, 501)
    partition = partition_of(call.region)
    administration = f"arn:{partition}:iam::{call.account}:role/{_ADMINISTRATION}"
    made = StackSet(
        id=f"{name}:{uuid.uuid4()}",
        name=name,
        account=call.account,
        region=call.region,
        template=_checked(fetch.text(office.world, call, asked), asked.get("Capabilities", [])),
        given=_values(asked.get("Parameters", []), {}),
        service_managed=asked.get("PermissionModel", "SELF_MANAGED") == "SERVICE_MANAGED",
        description=asked.get("Description", ""),
        execution_role=asked.get("ExecutionRoleName", _EXECUTION),
        administration_role=asked.get("AdministrationRoleARN", administration),
        tags={one["Key"]: one["Value"] for one in asked.get("Tags", [])},
        capabilities=list(asked.get("Capabilities", [])),
    )
    office.book.keep(made)
    return {"StackSetId": made.id}


def update_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """Bring all instances, or those that are named, to another template or other parameters."""
    one = _find(office, call, asked)
    if not asked.get("UsePreviousTemplate", False):
        one.template = _checked(fetch.text(office.world, call, asked), asked.get("Capabilities", one.capabilities))
    one.given = _values(asked.get("Parameters", []), one.given) if "Parameters" in asked else one.given
    one.capabilities = list(asked.get("Capabilities", one.capabilities))
    one.description = asked.get("Description", one.description)
    wanted = one.instances
    if "Accounts" in asked or "DeploymentTargets" in asked:
        places = {account for account, _ in targets(office.world, one, asked)}
        wanted = [x for x in wanted if x.account in places and x.region in asked.get("Regions", [x.region])]
    work = _updating(office, call, one)
    return {"OperationId": _operate(office, one, "UPDATE", wanted, asked, work)}


def delete_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """Forget a stack set that has no instances left."""
    one = _find(office, call, asked)
    if one.instances:
        raise AwsError("StackSetNotEmptyException", "StackSet is not empty", 409)
    one.status = "DELETED"
    office.book.keep(one)
    return {}


def create_stack_instances(office: Office, call: Call, asked: Members) -> Members:
    """Make the stacks of a stack set in accounts and Regions; those that are there stay as they are."""
    one = _find(office, call, asked)
    overrides = _values(asked.get("ParameterOverrides", []), {})
    known = {(x.account, x.region): x for x in one.instances}
    wanted = []
    for region in asked["Regions"]:
        for account, unit in targets(office.world, one, asked):
            if (account, region) not in known:
                fresh = Instance(account, region, unit=unit, overrides=overrides)
                one.instances.append(fresh)
                wanted.append(fresh)
    work = _creating(office, call, one)
    return {"OperationId": _operate(office, one, "CREATE", wanted, asked, work)}


def delete_stack_instances(office: Office, call: Call, asked: Members) -> Members:
    """Delete stacks of a stack set, or, with RetainStacks, only let go of them."""
    one = _find(office, call, asked)
    places = {account for account, _ in targets(office.world, one, asked)}
    wanted = [x for x in one.instances if x.account in places and x.region in asked["Regions"]]

    def work(instance: Instance) -> str:
        if instance.stack and not asked["RetainStacks"]:
            reason = _delete(office, call, instance)
            if reason:
                return reason
        one.instances.remove(instance)
        return ""

    return {"OperationId": _operate(office, one, "DELETE", wanted, asked, work)}


def _creating(office: Office, call: Call, one: StackSet) -> Work:
    def work(instance: Instance) -> str:
        if reason := refusal(office.world, one, instance.account):
            return reason
        there = replace(call, account=instance.account, region=instance.region)
        name = f"StackSet-{one.name}-{uuid.uuid4()}"
        tags = [{"Key": key, "Value": value} for key, value in sorted(one.tags.items())]
        told = {"Capabilities": one.capabilities, "Tags": tags}
        stack = begin(office, there, name, read(one.template), {**one.given, **instance.overrides}, told)
        office.deployment(stack).create()
        instance.stack = stack.id
        return "" if stack.status == "CREATE_COMPLETE" else stack.reason

    return work


def _updating(office: Office, call: Call, one: StackSet) -> Work:
    creating = _creating(office, call, one)

    def work(instance: Instance) -> str:
        if not instance.stack:
            return creating(instance)
        there = replace(call, account=instance.account, region=instance.region)
        stack = office.stack(there, instance.stack)
        given = {**one.given, **instance.overrides}
        try:
            change(office, stack, read(one.template), given, stack.tags, {"Capabilities": one.capabilities})
        except AwsError as error:
            return "" if error.message == "No updates are to be performed." else error.message
        return "" if stack.status == "UPDATE_COMPLETE" else stack.reason

    return work


def _delete(office: Office, call: Call, instance: Instance) -> str:
    there = replace(call, account=instance.account, region=instance.region)
    stack = office.stack(there, instance.stack)
    if not stack.deleted:
        office.deployment(stack).delete()
    return "" if stack.deleted else stack.reason


def _operate(office: Office, one: StackSet, action: str, wanted: Sequence[Instance], asked: Members, work: Work) -> str:
    """Do a work to instances, Region after Region, until more fail than is tolerated; gives the operation's id."""
    own = asked.get("OperationId") or str(uuid.uuid4())
    if any(known["OperationId"] == own for known in one.operations):
        raise AwsError("OperationIdAlreadyExistsException", "The specified operation ID already exists.", 409)
    begun, tolerated = office.now().isoformat(), _tolerated(asked, wanted)
    results, failures = [], 0
    for instance in list(wanted):
        if failures > tolerated:
            instance.status, instance.detailed = "OUTDATED", "CANCELLED"
            instance.reason = "Cancelled since failure tolerance has exceeded"
        else:
            failures += _done(instance, work)
        results.append(_result(instance))
    one.operations.append({
        "OperationId": own,
        "Action": action,
        "Status": "FAILED" if failures > tolerated else "SUCCEEDED",
        "begun": begun,
        "ended": office.now().isoformat(),
        "results": results,
    })  # fmt: skip
    office.book.keep(one)
    return own


def _done(instance: Instance, work: Work) -> bool:
    """Whether the work on an instance failed; it says so itself."""
    try:
        reason = work(instance)
    except AwsError as error:
        reason = error.message
    instance.status, instance.reason = ("OUTDATED", reason) if reason else ("CURRENT", "")
    instance.detailed = "FAILED" if reason else "SUCCEEDED"
    return bool(reason)


def _tolerated(asked: Members, wanted: Sequence[Instance]) -> int:
    """How many instances may fail. 2026-11: AWS counts per Region; here it is the whole operation."""
    given = asked.get("OperationPreferences", {})
    share: int = given.get("FailureTolerancePercentage", 0) * len(wanted) // 100
    count: int = given.get("FailureToleranceCount", share)
    return count


def _result(instance: Instance) -> Members:
    return {
        "Account": instance.account,
        "Region": instance.region,
        "Status": instance.detailed,
        "StatusReason": instance.reason or None,
        "OrganizationalUnitId": instance.unit or None,
    }


def describe_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """A stack set."""
    one = _find(office, call, asked)
    return {
        "StackSet": _summary(one)
        | {
            "TemplateBody": one.template,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(one.given.items())],
            "Capabilities": one.capabilities,
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(one.tags.items())],
            "AdministrationRoleARN": None if one.service_managed else one.administration_role,
            "ExecutionRoleName": None if one.service_managed else one.execution_role,
            "OrganizationalUnitIds": sorted({x.unit for x in one.instances if x.unit}),
        }
    }


def list_stack_sets(office: Office, call: Call, asked: Members) -> Members:
    """Summaries of the stack sets of the caller."""
    wanted = asked.get("Status", "ACTIVE")
    return {"Summaries": [_summary(one) for one in office.book.sets(call.account, call.region) if one.status == wanted]}


def list_stack_instances(office: Office, call: Call, asked: Members) -> Members:
    """Where a stack set is, and how it is there."""
    one = _find(office, call, asked)
    rows = [_instance(one, x) for x in one.instances if _meant(x, asked)]
    return {"Summaries": [{name: row[name] for name in row if name != "ParameterOverrides"} for row in rows]}


def describe_stack_instance(office: Office, call: Call, asked: Members) -> Members:
    """One of them."""
    one = _find(office, call, asked)
    place = {"StackInstanceAccount": asked["StackInstanceAccount"], "StackInstanceRegion": asked["StackInstanceRegion"]}
    for instance in one.instances:
        if _meant(instance, place):
            return {"StackInstance": _instance(one, instance)}
    raise AwsError("StackInstanceNotFoundException", f"StackInstance not found for StackSet {one.name}", 404)


def describe_operation(office: Office, call: Call, asked: Members) -> Members:
    """What an operation did."""
    one = _find(office, call, asked)
    row = _operation(one, asked["OperationId"])
    return {"StackSetOperation": _told(row) | {"StackSetId": one.id}}


def list_operations(office: Office, call: Call, asked: Members) -> Members:
    """What was done with a stack set, the latest first."""
    return {"Summaries": [_told(row) for row in reversed(_find(office, call, asked).operations)]}


def list_results(office: Office, call: Call, asked: Members) -> Members:
    """What an operation did to each instance."""
    return {"Summaries": _operation(_find(office, call, asked), asked["OperationId"])["results"]}


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
    }


def _find(office: Office, call: Call, asked: Members) -> StackSet:
    name = asked["StackSetName"]
    for one in office.book.sets(call.account, call.region):
        if one.id == name or (one.name == name and one.status == "ACTIVE"):
            return one
    raise AwsError("StackSetNotFoundException", f"StackSet {name} not found", 404)


def _checked(text: str, capabilities: list[str]) -> str:
    template = read(text)
    acknowledge(template, capabilities)
    refuse_unknown(template)
    order(template)
    return text


def _values(given: Sequence[Mapping[str, Any]], before: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for one in given:
        name = one["ParameterKey"]
        found[name] = before.get(name, "") if one.get("UsePreviousValue") else one.get("ParameterValue", "")
    return found


OPERATIONS: Mapping[str, Callable[[Office, Call, Members], Members]] = {
    "CreateStackInstances": create_stack_instances,
    "CreateStackSet": create_stack_set,
    "DeleteStackInstances": delete_stack_instances,
    "DeleteStackSet": delete_stack_set,
    "DescribeStackInstance": describe_stack_instance,
    "DescribeStackSet": describe_stack_set,
    "DescribeStackSetOperation": describe_operation,
    "ListStackInstances": list_stack_instances,
    "ListStackSetOperationResults": list_results,
    "ListStackSetOperations": list_operations,
    "ListStackSets": list_stack_sets,
    "UpdateStackSet": update_stack_set,
}
"""What answers each operation."""
