"""CloudFormation stacks: template, parameters, outputs and the list of resources; what they are is backed up apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import tag_list, tags_of

# Developer guide "CloudFormation stack backups", FAQ, read 2026-11.
_LIVES = (
    "CREATE_COMPLETE",
    "ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
_HIDDEN = "****"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


class CloudFormation:
    """Stacks that came to be."""

    type = "CloudFormation"
    service = "cloudformation"
    arns = "arn:*:cloudformation:*:*:stack/*"
    holds_bytes = True

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The living stacks of an account and Region."""
        client = outside.client("cloudformation", account, region)
        for page in client.get_paginator("describe_stacks").paginate():
            for stack in page["Stacks"]:
                if stack["StackStatus"] in _LIVES:
                    tags = tags_of(stack.get("Tags"))
                    yield Resource(stack["StackId"], "CloudFormation", account, region, stack["StackName"], tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The stack of that id, if it lives."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The stack's own part of its backup."""
        client = outside.client("cloudformation", resource.account, resource.region)
        [stack] = client.describe_stacks(StackName=resource.arn)["Stacks"]
        template = client.get_template(StackName=resource.arn)["TemplateBody"]
        resources = client.describe_stack_resources(StackName=resource.arn)["StackResources"]
        return Capture(plain({"Stack": stack, "Template": template, "Resources": resources}))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """The parameters of the stack, but for those that nobody may see."""
        parameters = _parameters(description)
        return {"StackParameters": json.dumps(parameters, sort_keys=True)} if parameters else {}

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """A new stack in review, with a change set that would make what the template says."""
        for needed in ("StackName", "ChangeSetName"):
            if not wish.get(needed):
                raise DataError(f"The restore metadata need {needed}.")
        template, description = held.description["Template"], wish.get("ChangeSetDescription")
        parameters = _parameters(held.description) | _given(wish.get("StackParameters") or "{}")
        made = outside.client("cloudformation", wish.account, wish.region).create_change_set(
            ChangeSetType="CREATE",
            **wish.given(("StackName", "ChangeSetName")),
            **({"Description": description} if description else {}),
            TemplateBody=template if isinstance(template, str) else json.dumps(template),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())],
            Capabilities=_CAPABILITIES,
            Tags=tag_list(wish.tags),
        )
        return str(made["StackId"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the stack and what is in it."""
        client = outside.client("cloudformation", resource.account, resource.region)
        client.delete_stack(StackName=resource.arn)


def _parameters(description: Mapping[str, Any]) -> dict[str, str]:
    listed = description["Stack"].get("Parameters") or []
    return {one["ParameterKey"]: one["ParameterValue"] for one in listed if one["ParameterValue"] != _HIDDEN}


def _given(text: str) -> dict[str, str]:
    """Parameters as JSON: a map, or the list that CloudFormation's own API has."""
    try:
        found = json.loads(text)
    except ValueError:
        raise DataError("StackParameters must be JSON.") from None
    pairs = {one["ParameterKey"]: one["ParameterValue"] for one in found} if isinstance(found, list) else dict(found)
    return {key: str(value) for key, value in pairs.items()}
