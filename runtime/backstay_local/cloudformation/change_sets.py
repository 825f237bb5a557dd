"""The operations on change sets: what an update, or the creation of a stack, would do, and doing it.

Source: CloudFormation API reference (`CreateChangeSet` and its kin), read 2026-11.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from backstay_local.wire.call import AwsError, Call
from backstay_local.world.world import partition_of

from . import fetch, stacks
from .records import ChangeSet, Stack, moment
from .stacks import Members, Office
from .template import Template, read

NOTHING_NEW = "The submitted information didn't contain changes. Submit different information to create a change set."


def create_change_set(office: Office, call: Call, asked: Members) -> Members:
    """Note what would be done to a stack; one that does not exist yet waits for it in review."""
    kind = asked.get("ChangeSetType", "UPDATE")
    if kind not in ("CREATE", "UPDATE"):
        raise AwsError("NotImplementedException", f"This embedded AWS does not have change sets of type {kind}.", 501)
    stack = _new(office, call, asked) if kind == "CREATE" else office.stack(call, asked["StackName"])
    if any(one.name == asked["ChangeSetName"] for one in stack.change_sets):
        raise AwsError("AlreadyExistsException", f"ChangeSet {asked['ChangeSetName']} already exists")
    template = read(stack.template if asked.get("UsePreviousTemplate") else fetch.text(office.world, call, asked))
    given = stacks.given_of(stack, asked)
    tags = {one["Key"]: one["Value"] for one in asked["Tags"]} if "Tags" in asked else stack.tags
    place = f"{partition_of(call.region)}:cloudformation:{call.region}:{call.account}"
    changes = _changes(stack, template)
    idle = kind == "UPDATE" and (read(stack.template), stack.given, stack.tags) == (template, given, tags)
    made = ChangeSet(
        id=f"arn:{place}:changeSet/{asked['ChangeSetName']}/{uuid.uuid4()}",
        name=asked["ChangeSetName"],
        kind=kind,
        description=asked.get("Description", ""),
        template=template.text,
        given=dict(given),
        tags=dict(tags),
        capabilities=list(asked.get("Capabilities", [])),
        created=office.now().isoformat(),
        status="FAILED" if idle else "CREATE_COMPLETE",
        execution="UNAVAILABLE" if idle else "AVAILABLE",
        reason=NOTHING_NEW if idle else "",
        changes=changes,
    )
    stack.change_sets.append(made)
    office.book.keep(stack)
    return {"Id": made.id, "StackId": stack.id}


def describe_change_set(office: Office, call: Call, asked: Members) -> Members:
    """One change set with its changes."""
    stack, found = _find(office, call, asked)
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in found.given.items()]
    return _summary(stack, found) | {
        "Parameters": parameters,
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(found.tags.items())],
        "Capabilities": found.capabilities,
        "NotificationARNs": [],
        "Changes": [{"Type": "Resource", "ResourceChange": one} for one in found.changes],
    }


def list_change_sets(office: Office, call: Call, asked: Members) -> Members:
    """The change sets of a stack."""
    stack = office.stack(call, asked["StackName"])
    return {"Summaries": [_summary(stack, one) for one in stack.change_sets]}


def delete_change_set(office: Office, call: Call, asked: Members) -> Members:
    """Forget a change set; the stack, in review too, stays."""
    stack, found = _find(office, call, asked)
    stack.change_sets.remove(found)
    office.book.keep(stack)
    return {}


def execute_change_set(office: Office, call: Call, asked: Members) -> Members:
    """Do what a change set says; all change sets of the stack are spent then."""
    stack, found = _find(office, call, asked)
    if found.execution != "AVAILABLE":
        sentence = f"ChangeSet [{found.id}] cannot be executed in its current status of [{found.status}]"
        raise AwsError("InvalidChangeSetStatus", sentence)
    template = read(found.template)
    stack.change_sets.clear()
    if found.kind == "UPDATE":
        stacks.change(office, stack, template, found.given, found.tags, {"Capabilities": found.capabilities})
        return {}
    stack.template, stack.given, stack.tags = found.template, dict(found.given), dict(found.tags)
    stack.capabilities = list(found.capabilities)
    office.deployment(stack).create()
    return {}


def _new(office: Office, call: Call, asked: Members) -> Stack:
    """The stack in review that a change set of type CREATE is for; it is made when there is none of that name."""
    name = asked["StackName"]
    for one in office.book.stacks(call.account, call.region):
        if name in (one.name, one.id) and not one.deleted:
            if one.status == "REVIEW_IN_PROGRESS":
                return one
            raise AwsError("ValidationError", f"Stack [{name}] already exists and cannot be created again")
    return stacks.begin(office, call, name, read(fetch.text(office.world, call, asked)), stacks.told(asked), asked)


def _find(office: Office, call: Call, asked: Members) -> tuple[Stack, ChangeSet]:
    name = asked["ChangeSetName"]
    named = asked.get("StackName")
    every = [office.stack(call, named)] if named else list(office.book.stacks(call.account, call.region))
    for stack in every:
        for one in stack.change_sets:
            if name == one.id or (named and name == one.name):
                return stack, one
    raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def _summary(stack: Stack, one: ChangeSet) -> Members:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": one.id,
        "ChangeSetName": one.name,
        "Description": one.description or None,
        "CreationTime": moment(one.created),
        "Status": one.status,
        "StatusReason": one.reason or None,
        "ExecutionStatus": one.execution,
        "IncludeNestedStacks": False,
    }


def _changes(stack: Stack, template: Template) -> list[dict[str, Any]]:
    """What comes, changes and goes, in the order of the templates."""
    before = read(stack.template).resources if stack.resources else {}
    rows = [_change("Add" if name not in before else "Modify", name, one, stack)
            for name, one in template.resources.items() if before.get(name) != one]  # fmt: skip
    return rows + [
        _change("Remove", name, one, stack) for name, one in before.items() if name not in template.resources
    ]


def _change(action: str, name: str, resource: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    known = stack.resources.get(name)
    row = {"Action": action, "LogicalResourceId": name, "ResourceType": resource["Type"]}
    physical = {"PhysicalResourceId": known.id} if known is not None and known.id else {}
    return row | physical | ({"Replacement": "Conditional"} if action == "Modify" else {})


OPERATIONS: Mapping[str, Callable[[Office, Call, Members], Members]] = {
    "CreateChangeSet": create_change_set,
    "DeleteChangeSet": delete_change_set,
    "DescribeChangeSet": describe_change_set,
    "ExecuteChangeSet": execute_change_set,
    "ListChangeSets": list_change_sets,
}
"""What answers each operation."""
