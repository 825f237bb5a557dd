"""What a job may do with a KMS key, by its role: the key's own policy speaks first, then the role's.

Source: KMS developer guide "Key policies" and "Condition keys for AWS KMS", as known 2026-11; semantics §13 (what a key
policy must let a role do).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from backstay_aws.authorization import Owner, Refusal
from backstay_aws.policy_statement import Request
from backstay_local.backup.authorization import decision, grounds
from backstay_local.backup.authorization.decision import Asked
from backstay_local.backup.authorization.grounds import RESOURCE_CONTROL, Grounds
from backstay_local.backup.state import State
from backstay_local.world.keys import Key

Use = Literal["encrypt", "decrypt"]

_GRANT = "kms:CreateGrant"
_NEEDED: Mapping[Use, tuple[str, ...]] = MappingProxyType(
    {"encrypt": ("kms:GenerateDataKey", "kms:Decrypt"), "decrypt": ("kms:Decrypt",)}
)


def obstacle(state: State, role_arn: str, account: str, key_arn: str | None, use: Use, at: datetime) -> str | None:
    """Why the role of an account's job may not use a key, in AWS's words; None when it may."""
    key = _customer_key(state, key_arn)
    if key is None:
        return None
    who = grounds.of(state, role_arn, account)
    actions = _NEEDED[use]
    found = [_refused(state, who, key, action, at) for action in (*actions, _GRANT)]
    denied = next((one for one in found if one is not None and one[1].explicit), None)
    if denied is None and state.settings.iam == "enforce" and key.account == account:
        # It is enough to use the key itself, or through a grant: AWS's own policies give roles the one or the other.
        lacking = next((one for one in found[:-1] if one is not None), None)
        denied = lacking if found[-1] is not None else None
    return None if denied is None else denied[1].sentence(denied[0])


def _customer_key(state: State, key_arn: str | None) -> Key | None:
    """The key, if it has a policy that somebody writes: AWS's own keys let their service do what it must."""
    if key_arn is None:
        return None
    place = key_arn.split(":")[4:2:-1]
    key = state.standing.ask(("key", key_arn), lambda: state.world.key(key_arn, place[0], place[1]))
    return key if key is not None and key.manager == "CUSTOMER" else None


def _refused(state: State, who: Grounds, key: Key, action: str, at: datetime) -> tuple[Request, Refusal] | None:
    via = {"kms:ViaService": f"backup.{key.region}.amazonaws.com", "kms:CallerAccount": who.account}
    granting = {"kms:GrantIsForAWSResource": "true"} if action == _GRANT else {}
    request = decision.request(state, who, action, key.arn, region=key.region, at=at, further={**via, **granting})
    controls = () if state.settings.iam == "ignore" else state.world.controls(key.account, RESOURCE_CONTROL)
    owner: Owner = "policy-first" if key.account == who.account else "other-account"
    found = decision.refused(state, who, Asked(request, key.policy, controls, owner))
    return None if found is None else (request, found)
