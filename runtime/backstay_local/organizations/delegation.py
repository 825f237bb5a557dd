"""The resource policy of an organization, by which its management account lets members manage policies.

Source: Organizations user guide "Delegated administrator for AWS Organizations", API reference PutResourcePolicy; read
2026-11.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backstay_aws.policy_context import Context
from backstay_aws.policy_statement import Grant, Request, grant
from backstay_local.wire.call import AwsError
from backstay_local.world import tree

if TYPE_CHECKING:
    from backstay_local.world.world import World

_LIMIT = 40_000
_MISSING = "We can't find a resource policy request with the parameter that you specified."


class Delegation:
    """Keeps the policy, and says what it lets a member do."""

    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, account: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep a policy in place of the one before."""
        content = str(params.get("Content", ""))
        if len(content) > _LIMIT or not _is_policy(content):
            raise AwsError("MalformedPolicyDocumentException", "The provided policy document is not valid.")
        kept = tree.delegation(account, self._world.partition)
        kept.update(id=kept.get("id", f"rp-{uuid.uuid4().hex[:8]}"), content=content)
        return self._shown(account)

    def describe(self, account: str, _: Mapping[str, Any]) -> Mapping[str, Any]:
        """The policy."""
        if not tree.delegation(account, self._world.partition):
            raise AwsError("ResourcePolicyNotFoundException", _MISSING)
        return self._shown(account)

    def delete(self, account: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Forget the policy."""
        self.describe(account, params)
        tree.delegation(account, self._world.partition).clear()
        return {}

    def lets(self, manager: str, account: str, operation: str, params: Mapping[str, Any]) -> bool:
        """Whether the policy lets a member call an operation on a policy, and on the target of an attachment."""
        kept = tree.delegation(manager, self._world.partition)
        if not kept:
            return False
        found = tree.policy(manager, self._world.partition, str(params.get("PolicyId", "")))
        kind = found.type if found is not None else params.get("Type", params.get("Filter", ""))
        asked = [found.arn] if found is not None else [self._any(manager, str(kind))]
        node = tree.target(manager, self._world.partition, str(params.get("TargetId", "")))
        asked += [node.arn] if node is not None else []
        document = json.loads(kept["content"])
        return all(self._granted(document, account, operation, arn, str(kind)) for arn in asked)

    def _granted(self, document: Mapping[str, Any], account: str, operation: str, arn: str, kind: str) -> bool:
        request = Request(
            action=f"organizations:{operation}",
            resource=arn,
            account=account,
            principal=f"arn:{self._world.partition}:iam::{account}:root",
            service=None,
            context=Context.of({"organizations:PolicyType": kind}),
        )
        return grant(document, request, doubt=False) > Grant.NONE

    def _any(self, manager: str, kind: str) -> str:
        organization = tree.organization(manager, self._world.partition)
        within = organization.id if organization is not None else ""
        return f"arn:{self._world.partition}:organizations::{manager}:policy/{within}/{kind.lower()}/new"

    def _shown(self, account: str) -> Mapping[str, Any]:
        kept = tree.delegation(account, self._world.partition)
        organization = tree.organization(account, self._world.partition)
        within = organization.id if organization is not None else ""
        arn = f"arn:{self._world.partition}:organizations::{account}:resourcepolicy/{within}/{kept['id']}"
        summary = {"Id": kept["id"], "Arn": arn}
        return {"ResourcePolicy": {"ResourcePolicySummary": summary, "Content": kept["content"]}}


def _is_policy(content: str) -> bool:
    try:
        document = json.loads(content)
    except ValueError:
        return False
    return isinstance(document, dict) and bool(document.get("Statement"))
