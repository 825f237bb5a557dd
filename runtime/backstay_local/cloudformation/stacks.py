"""The operations on stacks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from backstay_local.wire.call import AwsError, Call
from backstay_local.world.world import partition_of

from . import fetch
from .book import Book
from .deploy import Deployment, refuse_unknown, scope_of
from .order import order
from .records import Stack, moment
from .template import Template, read

if TYPE_CHECKING:
    from backstay_local.world.world import World

Members = dict[str, Any]


@dataclass(frozen=True)
class Office:
    """What every operation works with."""

    world: World
    book: Book
    now: Callable[[], datetime]

    def deployment(self, stack: Stack) -> Deployment:
        """The work on a stack."""
        return Deployment(stack, self.world.client, self.now, self.book.keep)

    def stack(self, call: Call, name: str) -> Stack:
        """The stack of a name or an id; a deleted one has its id only."""
        for one in self.book.stacks(call.account, call.region):
            if name == one.id or (name == one.name and not one.deleted):
                return one
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")


def create_stack(office: Office, call: Call, asked: Members) -> Members:
    """Make a stack; when this answers, all is made or undone."""
    name = asked["StackName"]
    if any(one.name == name and not one.deleted for one in office.book.stacks(call.account, call.region)):
        raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
    template = read(fetch.text(office.world, call, asked))
    given = told(asked)
    failure = asked.get("OnFailure", "ROLLBACK")
    stack = begin(office, call, name, template, given, asked)
    stack.keeps_failed = asked.get("DisableRollback", False) or failure == "DO_NOTHING"
    office.deployment(stack).create()
    if failure == "DELETE" and stack.status == "ROLLBACK_COMPLETE":
        office.deployment(stack).delete()
    return {"StackId": stack.id}


def told(asked: Members) -> dict[str, str]:
    """The parameters of a request for a new stack."""
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in asked.get("Parameters", [])}


def begin(office: Office, call: Call, name: str, template: Template, given: Mapping[str, str], asked: Members) -> Stack:
    """A stack of which nothing is made yet, with everything checked that can be checked before."""
    if not name[:1].isalpha() or not name.replace("-", "").isalnum() or not name.isascii() or len(name) > 128:
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
        )
    acknowledge(template, asked.get("Capabilities", []))
    refuse_unknown(template)
    order(template)
    stack = Stack(
        id=_arn(call, name),
        name=name,
        account=call.account,
        region=call.region,
        template=template.text,
        given=dict(given),
        created=office.now().isoformat(),
        status="REVIEW_IN_PROGRESS",
        tags={one["Key"]: one["Value"] for one in asked.get("Tags", [])},
        capabilities=list(asked.get("Capabilities", [])),
        role=_role(office, asked),
        protected=asked.get("EnableTerminationProtection", False),
    )
    scope_of(stack, template, given)
    return stack


def acknowledge(template: Template, given: list[str]) -> None:
    """Refuse a template that makes roles when the caller did not say that it may."""
    for needed in template.capabilities():
        if needed not in given and "CAPABILITY_NAMED_IAM" not in given:
            raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")


def update_stack(office: Office, call: Call, asked: Members) -> Members:
    """Bring a stack to another template or other parameters."""
    stack = office.stack(call, asked["StackName"])
    if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
        raise AwsError("ValidationError", f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
    previous = asked.get("UsePreviousTemplate", False)
    template = read(stack.template if previous else fetch.text(office.world, call, asked))
    given = given_of(stack, asked)
    tags = {one["Key"]: one["Value"] for one in asked["Tags"]} if "Tags" in asked else stack.tags
    change(office, stack, template, given, tags, asked)
    return {"StackId": stack.id}


def change(
    office: Office,
    stack: Stack,
    template: Template,
    given: Mapping[str, str],
    tags: Mapping[str, str],
    asked: Members,
) -> None:
    """Check an update as far as that goes before, and carry it out; `AwsError` if it would change nothing."""
    acknowledge(template, asked.get("Capabilities", []))
    refuse_unknown(template)
    order(template)
    scope_of(stack, template, given)
    if (read(stack.template), stack.given, stack.tags) == (template, given, tags):
        raise AwsError("ValidationError", "No updates are to be performed.")
    stack.role = _role(office, asked) or stack.role
    stack.capabilities = list(asked.get("Capabilities", []))
    office.deployment(stack).update(template, given, tags)


def delete_stack(office: Office, call: Call, asked: Members) -> Members:
    """Delete a stack and what is in it, but for what is to be retained; one that is not there is deleted already."""
    try:
        stack = office.stack(call, asked["StackName"])
    except AwsError:
        return {}
    if stack.deleted:
        return {}
    if stack.protected:
        sentence = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        raise AwsError("ValidationError", sentence)
    office.deployment(stack).delete()
    return {}


def protect(office: Office, call: Call, asked: Members) -> Members:
    """Turn termination protection on or off."""
    stack = office.stack(call, asked["StackName"])
    stack.protected = asked["EnableTerminationProtection"]
    office.book.keep(stack)
    return {"StackId": stack.id}


def describe_stacks(office: Office, call: Call, asked: Members) -> Members:
    """One stack, or all that are not deleted, the newest first."""
    if "StackName" in asked:
        return {"Stacks": [_described(office.stack(call, asked["StackName"]))]}
    return {"Stacks": [_described(one) for one in _newest(office, call) if not one.deleted]}


def list_stacks(office: Office, call: Call, asked: Members) -> Members:
    """Summaries of all stacks, deleted ones among them."""
    wanted = asked.get("StackStatusFilter")
    rows = (one for one in _newest(office, call) if wanted is None or one.status in wanted)
    return {"StackSummaries": [_summary(one) for one in rows]}


def list_stack_resources(office: Office, call: Call, asked: Members) -> Members:
    """What a stack consists of."""
    stack = office.stack(call, asked["StackName"])
    return {"StackResourceSummaries": [_resource(stack, name, "LastUpdatedTimestamp") for name in stack.resources]}


def describe_stack_resources(office: Office, call: Call, asked: Members) -> Members:
    """The same, or one of them, in more words."""
    if "StackName" not in asked:
        raise AwsError("NotImplementedException", "This embedded AWS finds stacks by their names only.", 501)
    stack = office.stack(call, asked["StackName"])
    wanted = asked.get("LogicalResourceId")
    names = [name for name in stack.resources if wanted in (None, name)]
    return {"StackResources": [_of(stack) | _resource(stack, name, "Timestamp") for name in names]}


def describe_stack_resource(office: Office, call: Call, asked: Members) -> Members:
    """One resource of a stack."""
    stack, name = office.stack(call, asked["StackName"]), asked["LogicalResourceId"]
    if name not in stack.resources:
        raise AwsError("ValidationError", f"Resource {name} does not exist for stack {stack.name}")
    return {"StackResourceDetail": _of(stack) | _resource(stack, name, "LastUpdatedTimestamp")}


def describe_stack_events(office: Office, call: Call, asked: Members) -> Members:
    """What happened to a stack, the latest first."""
    stack = office.stack(call, asked.get("StackName", ""))
    rows = [
        _of(stack)
        | {
            "EventId": f"{one.logical_id}-{number}",
            "LogicalResourceId": one.logical_id,
            "PhysicalResourceId": one.physical_id,
            "ResourceType": one.type,
            "Timestamp": moment(one.at),
            "ResourceStatus": one.status,
            "ResourceStatusReason": one.reason or None,
        }
        for number, one in enumerate(stack.events)
    ]
    return {"StackEvents": rows[::-1]}


def get_template(office: Office, call: Call, asked: Members) -> Members:
    """The template of a stack as it was sent."""
    stack = office.stack(call, asked.get("StackName", ""))
    return {"TemplateBody": stack.template, "StagesAvailable": ["Original", "Processed"]}


def validate_template(office: Office, call: Call, asked: Members) -> Members:
    """Whether a template is one, and what it asks for."""
    template = read(fetch.text(office.world, call, asked))
    order(template)
    needed = list(template.capabilities())
    return {
        "Description": template.description,
        "Parameters": [
            {
                "ParameterKey": name,
                "DefaultValue": rule.get("Default"),
                "NoEcho": rule.get("NoEcho") in (True, "true"),
                "Description": rule.get("Description"),
            }
            for name, rule in template.parameters.items()
        ],
        "Capabilities": needed or None,
        "CapabilitiesReason": "The following resource(s) require capabilities: [AWS::IAM::Role]" if needed else None,
    }


def given_of(stack: Stack, asked: Members) -> dict[str, str]:
    """The parameters of a request, with those that stay as they were."""
    found = {}
    for one in asked.get("Parameters", []):
        name = one["ParameterKey"]
        if one.get("UsePreviousValue") and name in stack.given:
            found[name] = stack.given[name]
        elif "ParameterValue" in one:
            found[name] = one["ParameterValue"]
    return found


def _role(office: Office, asked: Members) -> str:
    arn: str = asked.get("RoleARN", "")
    if arn and office.world.role(arn) is None:
        raise AwsError("ValidationError", f"Role {arn} is invalid or cannot be assumed")
    return arn


def _newest(office: Office, call: Call) -> Iterator[Stack]:
    yield from reversed(list(office.book.stacks(call.account, call.region)))


def _of(stack: Stack) -> Members:
    return {"StackId": stack.id, "StackName": stack.name}


def _summary(stack: Stack) -> Members:
    return _of(stack) | {
        "TemplateDescription": read(stack.template).description,
        "CreationTime": moment(stack.created),
        "LastUpdatedTime": moment(stack.updated),
        "DeletionTime": moment(stack.deleted),
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
    }


def _described(stack: Stack) -> Members:
    summary = _summary(stack)
    template = read(stack.template)
    hidden = {name for name, rule in template.parameters.items() if rule.get("NoEcho") in (True, "true")}
    values = {name: str(stack.given.get(name, rule.get("Default"))) for name, rule in template.parameters.items()}
    return {name: value for name, value in summary.items() if name != "TemplateDescription"} | {
        "Description": template.description,
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": "****" if name in hidden else value}
            for name, value in values.items()
        ],
        "DisableRollback": stack.keeps_failed,
        "NotificationARNs": [],
        "Capabilities": stack.capabilities,
        "Outputs": [
            {"OutputKey": name, "OutputValue": value, "Description": about or None}
            for name, (value, about) in stack.outputs.items()
        ],
        "RoleARN": stack.role or None,
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(stack.tags.items())],
        "EnableTerminationProtection": stack.protected,
    }


def _resource(stack: Stack, name: str, when: str) -> Members:
    one = stack.resources[name]
    return {
        "LogicalResourceId": name,
        "PhysicalResourceId": one.id or None,
        "ResourceType": one.type,
        when: moment(one.at),
        "ResourceStatus": one.status,
        "ResourceStatusReason": one.reason or None,
    }


def _arn(call: Call, name: str) -> str:
    place = f"{partition_of(call.region)}:cloudformation:{call.region}:{call.account}"
    return f"arn:{place}:stack/{name}/{uuid.uuid4()}"


OPERATIONS: Mapping[str, Callable[[Office, Call, Members], Members]] = {
    "CreateStack": create_stack,
    "DeleteStack": delete_stack,
    "DescribeStackEvents": describe_stack_events,
    "DescribeStackResource": describe_stack_resource,
    "DescribeStackResources": describe_stack_resources,
    "DescribeStacks": describe_stacks,
    "GetTemplate": get_template,
    "ListStackResources": list_stack_resources,
    "ListStacks": list_stacks,
    "UpdateStack": update_stack,
    "UpdateTerminationProtection": protect,
    "ValidateTemplate": validate_template,
}
"""What answers each operation."""
