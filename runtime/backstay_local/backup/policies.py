"""Vault access policies: kept as written, and read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backstay_aws import access
from backstay_local.backup import errors, vaults
from backstay_local.backup.rows import Policy
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

if TYPE_CHECKING:
    from backstay_local.world.world import World


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


@lru_cache(maxsize=256)
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
