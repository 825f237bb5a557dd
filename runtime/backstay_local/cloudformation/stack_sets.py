"""The operations on stack sets: one template in many accounts and Regions. An operation is over when it is answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from backstay_local.wire.call import AwsError, Call
from backstay_local.world.world import partition_of

from . import fetch, stack_set_answers
from .deploy import refuse_unknown
from .order import order
from .records import Instance, StackSet
from .stack_set_answers import find
from .stacks import Members, Office, acknowledge, begin, change
from .targets import members, refusal, targets
from .template import read

_ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
_EXECUTION = "AWSCloudFormationStackSetExecutionRole"
_NEVER_MADE = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
Work = Callable[[Instance], str]
"""What is done to an instance; gives the reason of a failure."""


def create_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """Note a template for many places; nothing is made yet."""
    name = asked["StackSetName"]
    if any(one.name == name and one.status == "ACTIVE" for one in office.book.sets(call.account, call.region)):
        raise AwsError("NameAlreadyExistsException", f"StackSet {name} already exists")
    automatic, retain = _automatic(asked, asked.get("PermissionModel") == "SERVICE_MANAGED")
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
        automatic=automatic,
        retain=retain,
    )
    office.book.keep(made)
    return {"StackSetId": made.id}


def _automatic(asked: Members, service_managed: bool) -> tuple[bool, bool]:
    """Whether a request wants automatic deployment, and that accounts which leave keep what they have."""
    wanted = asked.get("AutoDeployment", {})
    if wanted and not service_managed:
        raise AwsError("ValidationError", "AutoDeployment can only be used with SERVICE_MANAGED stack sets")
    if wanted.get("Enabled") and "RetainStacksOnAccountRemoval" not in wanted:
        raise AwsError("ValidationError", "RetainStacksOnAccountRemoval is required when AutoDeployment is enabled")
    return wanted.get("Enabled", False), wanted.get("RetainStacksOnAccountRemoval", False)


def update_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """Bring all instances, or those that are named, to another template or other parameters."""
    one = find(office, call, asked)
    if not asked.get("UsePreviousTemplate", False):
        one.template = _checked(fetch.text(office.world, call, asked), asked.get("Capabilities", one.capabilities))
    one.given = _values(asked.get("Parameters", []), one.given) if "Parameters" in asked else one.given
    one.capabilities = list(asked.get("Capabilities", one.capabilities))
    one.description = asked.get("Description", one.description)
    if "AutoDeployment" in asked:
        one.automatic, one.retain = _automatic(asked, one.service_managed)
    wanted = one.instances
    if "Accounts" in asked or "DeploymentTargets" in asked:
        places = {account for account, _ in targets(office.world, one, asked)}
        wanted = [x for x in wanted if x.account in places and x.region in asked.get("Regions", [x.region])]
    work = _updating(office, call, one)
    return {"OperationId": _operate(office, one, "UPDATE", wanted, asked, work)}


def delete_stack_set(office: Office, call: Call, asked: Members) -> Members:
    """Forget a stack set that has no instances left."""
    one = find(office, call, asked)
    if one.instances:
        raise AwsError("StackSetNotEmptyException", "StackSet is not empty", 409)
    one.status = "DELETED"
    office.book.keep(one)
    return {}


def create_stack_instances(office: Office, call: Call, asked: Members) -> Members:
    """Make the stacks of a stack set in accounts and Regions; those that are there stay as they are."""
    one = find(office, call, asked)
    overrides = _values(asked.get("ParameterOverrides", []), {})
    known = {(x.account, x.region): x for x in one.instances}
    wanted = []
    units = asked.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])
    for region in asked["Regions"]:
        one.places += [place for unit in units if (place := [unit, region]) not in one.places]
        for account, unit in targets(office.world, one, asked):
            if (account, region) not in known:
                fresh = Instance(account, region, unit=unit, overrides=overrides)
                one.instances.append(fresh)
                wanted.append(fresh)
    work = _creating(office, call, one)
    return {"OperationId": _operate(office, one, "CREATE", wanted, asked, work)}


def delete_stack_instances(office: Office, call: Call, asked: Members) -> Members:
    """Delete stacks of a stack set, or, with RetainStacks, only let go of them."""
    one = find(office, call, asked)
    places = {account for account, _ in targets(office.world, one, asked)}
    wanted = [x for x in one.instances if x.account in places and x.region in asked["Regions"]]
    units = asked.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])
    one.places = [place for place in one.places if place[0] not in units or place[1] not in asked["Regions"]]
    work = _deleting(office, call, one, retain=asked["RetainStacks"])
    return {"OperationId": _operate(office, one, "DELETE", wanted, asked, work)}


def follow_organization(office: Office, call: Call) -> None:
    """Bring the sets that deploy automatically to accounts that came into their units, and away from those that left.

    AWS does so some minutes after the account moved, with all failures tolerated.
    """
    for one in office.book.every_set():
        if one.status != "ACTIVE" or not one.automatic:
            continue
        there = replace(call, account=one.account, region=one.region)
        inside = {
            (account, region): unit for unit, region in one.places for account in members(office.world, one, unit)
        }
        known = {(x.account, x.region): x for x in one.instances}
        asked = {"OperationPreferences": {"FailureTolerancePercentage": 100}}
        left = [x for place, x in known.items() if x.unit and place not in inside]
        if left:
            _operate(office, one, "DELETE", left, asked, _deleting(office, there, one, retain=one.retain))
        fresh = [Instance(*place, unit=unit) for place, unit in inside.items() if place not in known]
        if fresh:
            one.instances += fresh
            _operate(office, one, "CREATE", fresh, asked, _creating(office, there, one))


def _deleting(office: Office, call: Call, one: StackSet, *, retain: bool) -> Work:
    def work(instance: Instance) -> str:
        if instance.stack and not retain:
            reason = _delete(office, call, instance)
            if reason:
                return reason
        one.instances.remove(instance)
        return ""

    return work


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
        if stack.status in _NEVER_MADE:
            # 2026-11: such a stack can only be deleted; that AWS does so itself is how stack sets are retried.
            return _delete(office, call, instance) or creating(instance)
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
    **stack_set_answers.OPERATIONS,
    "CreateStackInstances": create_stack_instances,
    "CreateStackSet": create_stack_set,
    "DeleteStackInstances": delete_stack_instances,
    "DeleteStackSet": delete_stack_set,
    "UpdateStackSet": update_stack_set,
}
"""What answers each operation."""
