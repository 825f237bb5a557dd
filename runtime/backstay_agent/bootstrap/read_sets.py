"""Reads a stack set of the organization, and how its stacks are."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.bootstrap.seen import SeenSet


@dataclass(frozen=True, slots=True)
class SetReader:
    """Reads as the management account, or as a delegated administrator of stack sets."""

    aws: Aws
    managing: bool

    @property
    def acting(self) -> dict[str, str]:
        """The member that says in whose name stack sets are asked for."""
        return {"CallAs": "SELF" if self.managing else "DELEGATED_ADMIN"}

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """One call about stack sets; raises AwsProblem."""
        return self.aws.call(self.aws.caller(), self.aws.region, "cloudformation", operation, **members, **self.acting)

    def pages(self, operation: str, **members: Any) -> list[dict[str, Any]]:
        """All rows of a list; raises AwsProblem."""
        asked = {**members, **self.acting}
        listed = self.aws.pages(self.aws.caller(), self.aws.region, "cloudformation", operation, "Summaries", **asked)
        return list(listed)

    def read(self, name: str, accounts: Collection[str]) -> SeenSet | None:
        """A stack set, or None where there is none of the name; raises AwsProblem.

        Of its stacks those in some accounts count: CloudFormation passes over suspended ones, whose stacks stay behind.
        """
        try:
            found = self.call("DescribeStackSet", StackSetName=name)["StackSet"]
        except AwsProblem as problem:
            if problem.code not in ("StackSetNotFoundException", "StackSetNotFound"):
                raise
            return None
        stacks: dict[str, bool] = {}
        for row in self.pages("ListStackInstances", StackSetName=name):
            if row["Region"] == self.aws.region and row["Account"] in accounts:
                stacks[row["Account"]] = row["Status"] == "CURRENT"
        return SeenSet(
            name,
            _template(found.get("TemplateBody", "{}")),
            {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", ())},
            bool(found.get("AutoDeployment", {}).get("Enabled")),
            found.get("PermissionModel") == "SERVICE_MANAGED",
            frozenset(found.get("OrganizationalUnitIds", ())),
            dict(sorted(stacks.items())),
        )


def _template(text: str) -> Mapping[str, Any]:
    """A template as a value; one that is no JSON is nothing that we wrote."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
