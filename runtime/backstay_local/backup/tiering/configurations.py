"""Tiering configurations: made, changed, read, deleted."""

from __future__ import annotations

import uuid
from dataclasses import replace

from backstay_aws import arns
from backstay_local.backup import errors, tags, tokens, vaults
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.backup.tiering import selection, tiers
from backstay_local.backup.tiering.rows import TieringConfiguration
from backstay_local.wire.call import Call, Listing


def _create(state: State, call: Call, params: Facts) -> Facts:
    wanted, token = params["TieringConfiguration"], tokens.token_of(params)
    table, name = state.tables.tiering.configurations, wanted["TieringConfigurationName"]
    earlier = tokens.used(state, call, params)
    known = table.get(call.account, call.region, name)
    if earlier is not None:
        if known is None or earlier.subject != known.arn or not tokens.same_call(earlier, params):
            sentence = "The CreatorRequestId was used before for another tiering configuration."
            raise errors.exists(sentence, arn=earlier.subject, token=token)
        return _made(known)
    if known is not None:
        sentence = f"Tiering configuration {name} already exists."
        raise errors.exists(sentence, arn=known.arn, token=known.token)
    _check(state, call, name, wanted)
    tags.check(params.get("TieringConfigurationTags") or {})
    row = TieringConfiguration(
        _arn(call, name),
        call.account,
        call.region,
        name,
        wanted["BackupVaultName"],
        wanted["ResourceSelection"],
        call.now,
        token=token,
    )
    table.put(row)
    tiers.schedule(state, call.account, call.region, call.now)
    tags.put(state, row.arn, params.get("TieringConfigurationTags") or {})
    tokens.remember(state, call, params, row.arn)
    return _made(row)


def _arn(call: Call, name: str) -> str:
    resource = f"tiering-configuration:{name}-{uuid.uuid4()}"
    return str(arns.Arn(arns.partition_of(call.region), "backup", call.region, call.account, resource))


def _check(state: State, call: Call, name: str, wanted: Facts) -> None:
    """Refuse a body that AWS does not take, and a second configuration of one vault."""
    refusal = selection.refusal(wanted["ResourceSelection"])
    if refusal is not None:
        raise refusal
    vault_name = wanted["BackupVaultName"]
    if (
        state.settings.tiering_needs_vault
        and vault_name != selection.ALL
        and vaults.find(state, call.account, call.region, vault_name) is None
    ):
        raise errors.invalid(f"Backup vault {vault_name} does not exist.")
    here = ("account = ? AND region = ? AND vault_name = ? AND name <> ?", call.account, call.region, vault_name, name)
    other = state.tables.tiering.configurations.first(*here)
    if other is not None:
        sentence = f"Backup vault {vault_name} has the tiering configuration {other.name} already."
        raise errors.exists(sentence, arn=other.arn, token=other.token)


def _need(state: State, call: Call, params: Facts) -> TieringConfiguration:
    name = params["TieringConfigurationName"]
    found = state.tables.tiering.configurations.get(call.account, call.region, name)
    if found is None:
        raise errors.not_found(f"Tiering configuration {name} does not exist.")
    return found


def _update(state: State, call: Call, params: Facts) -> Facts:
    old, wanted = _need(state, call, params), params["TieringConfiguration"]
    _check(state, call, old.name, wanted)
    row = replace(old, vault_name=wanted["BackupVaultName"], selections=wanted["ResourceSelection"], updated=call.now)
    state.tables.tiering.configurations.put(row)
    return _made(row) | {"LastUpdatedTime": row.updated}


def _delete(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    state.tables.tiering.configurations.remove(row.account, row.region, row.name)
    tags.put(state, row.arn, {})
    tokens.forget(state, row.arn)
    return {}


def _made(row: TieringConfiguration) -> Facts:
    return {
        "TieringConfigurationArn": row.arn,
        "TieringConfigurationName": row.name,
        "CreationTime": row.created,
    }


def _member(row: TieringConfiguration) -> Facts:
    return _made(row) | {"BackupVaultName": row.vault_name, "LastUpdatedTime": row.updated}


def _get(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    return {"TieringConfiguration": _member(row) | {"ResourceSelection": row.selections, "CreatorRequestId": row.token}}


def _list(state: State, call: Call, _params: Facts) -> Listing:
    here = ("account = ? AND region = ?", call.account, call.region)
    found = state.tables.tiering.configurations.scan("name", call.after, *here)
    return Listing("TieringConfigurations", ((key, _member(row)) for key, row in found))


OPERATIONS: Operations = {
    "CreateTieringConfiguration": _create,
    "UpdateTieringConfiguration": _update,
    "DeleteTieringConfiguration": _delete,
    "GetTieringConfiguration": _get,
    "ListTieringConfigurations": _list,
}
