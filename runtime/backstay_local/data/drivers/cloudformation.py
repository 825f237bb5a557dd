"""CloudFormation stacks: template, parameters, outputs and the list of resources; what they are is backed up apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import tags_of

_LIVES = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


class CloudFormation:
    """Stacks that came to be."""

    type = "CloudFormation"
    service = "cloudformation"
    arns = "arn:*:cloudformation:*:*:stack/*"
    holds_bytes = False

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

    def restore_metadata(self, _description: Mapping[str, Any]) -> dict[str, str]:
        """Nothing: a stack's recovery point cannot be restored."""
        return {}

    def restore(self, _outside: Outside, held: Held, _wish: Wish) -> str:
        """Refused, as AWS Backup does: what is in a stack is restored from its own recovery points."""
        raise DataError(
            f"The recovery point of the stack {held.resource.name} cannot be restored: "
            "restore the recovery points of its resources."
        )

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the stack and what is in it."""
        client = outside.client("cloudformation", resource.account, resource.region)
        client.delete_stack(StackName=resource.arn)
