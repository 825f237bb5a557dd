"""Vault access policies: kept as written, and what they forbid."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from backstay_aws import access
from backstay_local.backup import errors, vaults
from backstay_local.backup.rows import Policy
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

if TYPE_CHECKING:
    from backstay_local.world.world import World

COPY_IN = "backup:CopyIntoBackupVault"


def of(state: State, vault_arn: str) -> Mapping[str, Any] | None:
    """The policy of a vault, read."""
    found = state.tables.policies.get(vault_arn)
    return None if found is None else _read(found.document)


def says(
    world: World,
    question: Callable[..., bool],
    document: Mapping[str, Any],
    action: str,
    *,
    account: str,
    principal: str | None,
    resource: str,
) -> bool:
    """What a policy says to a question of `backstay_aws.access` about someone, at its place in the organization."""
    organization = world.organization()
    return question(
        document,
        action,
        principal_account=account,
        principal_arn=principal,
        organization=None if organization is None else organization.id,
        org_path=None if organization is None else organization.members.get(account),
        vault_arn=resource,
    )


def admits_copy(state: State, vault_arn: str, account: str) -> bool:
    """Whether the policy of a vault lets another account copy into it."""
    document = of(state, vault_arn)
    return document is not None and says(
        state.world, access.admits, document, COPY_IN, account=account, principal=None, resource=vault_arn
    )


def guard(state: State, call: Call, params: Facts) -> None:
    """Refuse a call that the policy of a vault it is about denies to the caller."""
    point_arn = params.get("RecoveryPointArn")
    for vault_arn in _concerned(state, call, params):
        document = of(state, vault_arn)
        if document is None:
            continue
        for resource in {vault_arn, point_arn or vault_arn}:
            if _denies(state, call, document, resource):
                raise errors.denied()


def _concerned(state: State, call: Call, params: Facts) -> list[str]:
    """The vaults that a call is about: by name, what that opens, or where the recovery point lies that it names."""
    name = params.get("BackupVaultName") or params.get("SourceBackupVaultName")
    if isinstance(name, str):
        owner = params.get("BackupVaultAccountId") or call.account
        named = vaults.arn_of(owner, call.region, name)
        grant = state.tables.airgap.grants.get(named)
        return [named] if grant is None else [named, grant.source_arn]
    point = state.tables.points.get(params["RecoveryPointArn"]) if "RecoveryPointArn" in params else None
    return [] if point is None else [point.vault_arn]


def _denies(state: State, call: Call, document: Mapping[str, Any], resource: str) -> bool:
    action, principal = f"backup:{call.operation}", call.principal
    return says(
        state.world, access.denies, document, action, account=call.account, principal=principal, resource=resource
    )


def _read(text: str) -> Mapping[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, Mapping) else None


def _put(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    text = params.get("Policy")
    if not text:
        raise errors.missing("Policy must not be empty.")
    document = _read(text)
    if document is None:
        raise errors.invalid("The specified policy is not a valid JSON document.")
    problems = access.document_problems(document)
    if problems:
        raise errors.invalid(f"The specified policy is not valid: {'; '.join(problems)}")
    state.tables.policies.put(Policy(vault.arn, text))
    return {}


def _get(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    found = state.tables.policies.get(vault.arn)
    if found is None:
        raise errors.not_found(f"Backup vault {vault.name} has no associated policy.")
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "Policy": found.document}


def _delete(state: State, call: Call, params: Facts) -> Facts:
    state.tables.policies.remove(vaults.need(state, call, params["BackupVaultName"]).arn)
    return {}


OPERATIONS: Operations = {
    "PutBackupVaultAccessPolicy": _put,
    "GetBackupVaultAccessPolicy": _get,
    "DeleteBackupVaultAccessPolicy": _delete,
}
