"""Organizations between the caller and moto: who may ask, backup policies, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from backstay_aws.effective import MAX_ATTACHED, admit
from backstay_local.wire.call import AwsError
from backstay_local.world import tree

from .delegation import Delegation
from .effective import BACKUP, Kept, renew
from .membership import close, constraint, enable_all_features, leave, outside, remove

if TYPE_CHECKING:
    from backstay_local.credentials import Caller
    from backstay_local.world.world import World

_READS = ("List", "Describe")
# What any account may ask about itself, inside or outside an organization (Organizations API Reference, read 2026-11).
_ANYONE = frozenset({"DescribeOrganization", "CreateOrganization", "LeaveOrganization", "DescribeEffectivePolicy"})
_MALFORMED = "The provided policy document does not meet the requirements of the specified policy type."
_DENIED = "You don't have permissions to access this resource."


class Overlay:
    """Answers what moto cannot, and says for whom moto shall answer the rest."""

    def __init__(self, world: World, now: Callable[[], datetime]) -> None:
        self._world = world
        self._now = now
        self._delegation = Delegation(world)
        self._own: Mapping[str, Callable[[str, dict[str, Any]], Any]] = {
            "CreatePolicy": self._create_policy,
            "UpdatePolicy": self._update_policy,
            "AttachPolicy": self._attach_policy,
            "DisablePolicyType": self._disable_policy_type,
            "LeaveOrganization": lambda account, _: leave(world, account, now()),
            "RemoveAccountFromOrganization": lambda account, params: remove(world, account, params),
            "CloseAccount": lambda account, params: close(world, account, params),
            "ListAccountsWithInvalidEffectivePolicy": self._invalid_accounts,
            "EnableAllFeatures": lambda account, _: enable_all_features(world, account, now()),
            "ListHandshakesForOrganization": lambda *_: {"Handshakes": []},
            "PutResourcePolicy": self._delegation.put,
            "DescribeResourcePolicy": self._delegation.describe,
            "DeleteResourcePolicy": self._delegation.delete,
        }

    def acting(self, operation: str, caller: Caller, params: Mapping[str, Any]) -> str:
        """In whose name moto shall answer: delegated administrators read what the management account sees."""
        tree.know_backup()
        manager = tree.manager_of(caller.account, self._world.partition)
        if manager is None or manager == caller.account or operation in _ANYONE:
            return caller.account
        if operation.startswith(_READS) and self._delegated(manager, caller.account):
            return manager
        if self._delegation.lets(manager, caller.account, operation, params):
            return manager
        raise AwsError("AccessDeniedException", _DENIED)

    def answer(self, operation: str, caller: Caller, params: dict[str, Any]) -> Mapping[str, Any] | None:
        """Our own answer, or None where moto's will do."""
        account = self.acting(operation, caller, params)
        if operation in ("DescribeEffectivePolicy", "ListEffectivePolicyValidationErrors"):
            if params.get("PolicyType") != BACKUP:
                return None
            describing = operation == "DescribeEffectivePolicy"
            return (self._describe if describing else self._errors)(caller.account, params)
        own = self._own.get(operation)
        found: Mapping[str, Any] | None = own(account, params) if own else None
        return found

    def changed(self, caller: Caller) -> None:
        """Evaluate again after something changed."""
        manager = tree.manager_of(caller.account, self._world.partition)
        if manager is None:
            self._world.policies_changed()  # the organization is gone
        else:
            renew(self._world, manager, self._now())

    def _members(self, manager: str) -> list[str]:
        found = tree.organization(manager, self._world.partition)
        return list(found.members) if found else []

    def _delegated(self, manager: str, account: str) -> bool:
        found = tree.organization(manager, self._world.partition)
        return found is not None and any(account in accounts for accounts in found.delegated.values())

    def _create_policy(self, account: str, params: dict[str, Any]) -> Mapping[str, Any] | None:
        if params.get("Type") != BACKUP:
            return None
        self._admit(params.get("Content", ""))
        if any(policy.name == params.get("Name") for policy in tree.policies(account, self._world.partition)):
            raise AwsError("DuplicatePolicyException", "A policy with the same name already exists.")
        try:
            return tree.create_backup_policy(account, self._world.partition, params)
        except LookupError:
            raise outside() from None

    def _update_policy(self, account: str, params: dict[str, Any]) -> None:
        policy = tree.policy(account, self._world.partition, params.get("PolicyId", ""))
        if policy is not None and policy.type == BACKUP and "Content" in params:
            self._admit(params["Content"])

    def _attach_policy(self, account: str, params: dict[str, Any]) -> None:
        policy = tree.policy(account, self._world.partition, params.get("PolicyId", ""))
        node = tree.target(account, self._world.partition, params.get("TargetId", ""))
        if policy is None or node is None or policy.type != BACKUP:
            return
        if not tree.type_enabled(account, self._world.partition, BACKUP):
            raise AwsError("PolicyTypeNotEnabledException", "The policy type isn't enabled on the organization's root.")
        if policy in node.attached_policies:
            raise AwsError("DuplicatePolicyAttachmentException", "The policy is already attached to the target.")
        if sum(one.type == BACKUP for one in node.attached_policies) >= MAX_ATTACHED:
            sentence = "You have attached the maximum number of policies of this type to the target."
            raise constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", sentence)

    def _disable_policy_type(self, account: str, params: dict[str, Any]) -> None:
        if params.get("PolicyType") == BACKUP:
            tree.disable_backup_type(account, self._world.partition)

    def _admit(self, content: str) -> None:
        """Refuse what Organizations refuses at this moment of the world; like AWS, without saying what is wrong."""
        refusals = admit(content, now=self._now(), partition=self._world.partition)
        if not refusals:
            return
        if refusals[0].limit:
            raise constraint(refusals[0].limit, f"The policy content exceeds the limit: {refusals[0].reason}.")
        raise AwsError("MalformedPolicyDocumentException", _MALFORMED)

    def _evaluated(self, asking: str, params: Mapping[str, Any], target_key: str) -> tuple[str, str, Kept | None]:
        """Manager, account and its evaluation, if the asker may know it."""
        partition = self._world.partition
        manager = tree.manager_of(asking, partition)
        if manager is None:
            raise outside()
        account = params.get(target_key) or asking
        if asking not in (manager, account) and not self._delegated(manager, asking):
            raise AwsError("AccessDeniedException", _DENIED)
        if account.startswith(("r-", "ou-")):
            sentence = "You specified a target that is not supported: only accounts have effective policies."
            raise AwsError("InvalidInputException", sentence, members={"Reason": "TARGET_NOT_SUPPORTED"})
        if account not in self._members(manager):
            raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")
        if not tree.type_enabled(manager, partition, BACKUP):
            sentence = "The effective policy of this type was not found: the policy type is not enabled."
            raise AwsError("EffectivePolicyNotFoundException", sentence)
        return manager, account, tree.kept(manager, partition).get(account)

    def _describe(self, asking: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        _, account, found = self._evaluated(asking, params, "TargetId")
        return {
            "EffectivePolicy": {
                "PolicyContent": found.published if found else "{}",
                "LastUpdatedTimestamp": _seconds(found.evaluated if found else self._now()),
                "TargetId": account,
                "PolicyType": BACKUP,
            }
        }

    def _errors(self, asking: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        manager, account, found = self._evaluated(asking, params, "AccountId")
        answer: dict[str, Any] = {"AccountId": account, "PolicyType": BACKUP, "EffectivePolicyValidationErrors": []}
        if found is None or not found.errors:
            return answer
        organization = tree.organization(manager, self._world.partition)
        path = organization.members[account] if organization else ""
        errors = [
            {
                "ErrorCode": error.code,
                "ErrorMessage": error.message,
                "PathToError": error.path,
                "ContributingPolicies": list(error.contributing),
            }
            for error in found.errors
        ]
        more = {"Path": f"{path}{account}/", "EvaluationTimestamp": _seconds(found.evaluated)}
        return {**answer, **more, "EffectivePolicyValidationErrors": errors}

    def _invalid_accounts(self, account: str, params: dict[str, Any]) -> Mapping[str, Any] | None:
        if params.get("PolicyType") != BACKUP:
            return None
        kept = tree.kept(account, self._world.partition)
        members = {row["Id"]: row for row in tree.accounts(account, self._world.partition)}
        bad = [members[one] for one in sorted(kept) if kept[one].errors and one in members]
        return {"Accounts": bad, "PolicyType": BACKUP}


def _seconds(moment: datetime) -> float:
    return round(moment.astimezone(UTC).timestamp(), 3)


def parameters(body: bytes) -> dict[str, Any]:
    """The JSON parameters of a request."""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise AwsError("SerializationException", "The request body is not JSON.") from None
    return found if isinstance(found, dict) else {}
