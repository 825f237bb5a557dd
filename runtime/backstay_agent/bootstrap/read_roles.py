"""Reads the roles of one account, as far as `org bootstrap` makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.bootstrap.seen import SeenRole
from backstay_agent.bootstrap.wish import AGENT_POLICY

_GONE = "NoSuchEntity"


@dataclass(frozen=True, slots=True)
class RoleReader:
    """Reads in one account; raises AwsProblem when AWS refuses."""

    aws: Aws
    account: str

    def read(self, name: str) -> SeenRole | None:
        """A role, or None where there is none of the name."""
        found = self._if_there("GetRole", RoleName=name)
        if found is None:
            return None
        role = found["Role"]
        inline = self._if_there("GetRolePolicy", RoleName=name, PolicyName=AGENT_POLICY)
        attached = self.aws.pages(
            self.account, self.aws.region, "iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=name
        )
        return SeenRole(
            f"{role['Path'].lstrip('/')}{name}",
            _document(role["AssumeRolePolicyDocument"]),
            normal.policy(_document(inline["PolicyDocument"])) if inline else None,
            frozenset(item["PolicyArn"] for item in attached),
            role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        )

    def _if_there(self, operation: str, **members: Any) -> dict[str, Any] | None:
        try:
            return self.aws.call(self.account, self.aws.region, "iam", operation, **members)
        except AwsProblem as problem:
            if problem.code != _GONE or problem.operation != operation:
                raise
            return None


def _document(value: Any) -> Mapping[str, Any]:
    """A policy document as IAM gives it back: unfolded, or as text that may be percent-encoded."""
    document: Mapping[str, Any] = json.loads(unquote(value)) if isinstance(value, str) else value
    return document
