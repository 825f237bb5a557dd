"""Logically air-gapped vaults: made, and ready a little later; locked from their first moment on, for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backstay_aws import catalog
from backstay_aws.lifecycle import MAX_DAYS
from backstay_local.backup import errors, tags, tokens, vaults
from backstay_local.backup.rows import AIR_GAPPED, Lock, Vault
from backstay_local.backup.state import Facts, Happenings, Operations, State
from backstay_local.wire.call import Call


def retention_problem(minimum: int, maximum: int) -> str | None:
    """Why AWS refuses the bounds of an air-gapped vault."""
    least = catalog.limit("air_gap_retention_days_min")
    if not least <= minimum <= MAX_DAYS:
        return f"MinRetentionDays must be within {least} and {MAX_DAYS}, but is {minimum}."
    if maximum > MAX_DAYS:
        return f"MaxRetentionDays must not be more than {MAX_DAYS}, but is {maximum}."
    if maximum < minimum:
        return f"MaxRetentionDays ({maximum}) must not be less than MinRetentionDays ({minimum})."
    return None


def _create(state: State, call: Call, params: Facts) -> Facts:
    arn = vaults.arn_of(call.account, call.region, params["BackupVaultName"])
    earlier = vaults.admit(state, call, params, arn)
    if earlier is not None:
        return _made(earlier)
    region = catalog.region(call.region)
    if region is not None and region.air_gap == "no":
        raise errors.refused(f"Logically air-gapped backup vaults are not available in Region {call.region}.")
    minimum, maximum = params["MinRetentionDays"], params["MaxRetentionDays"]
    reason = retention_problem(minimum, maximum)
    if reason is not None:
        raise errors.invalid(reason)
    vault = _new(state, call, params, arn)
    vaults.keep(state, call, params, vault)
    state.tables.locks.put(Lock(arn, minimum, maximum, call.now))
    state.agenda.put("vault-ready", arn, call.now + state.settings.start_delay)
    return _made(vault)


def _new(state: State, call: Call, params: Facts, arn: str) -> Vault:
    tags.check(params.get("BackupVaultTags") or {})
    name, token, reference = params["BackupVaultName"], tokens.token_of(params), params.get("EncryptionKeyArn")
    if reference is None:
        key = state.world.make_owned_key(call.region, f"AWS Backup: {arn}")
    else:
        key = vaults.usable_key(state, call, reference)
        if key.manager == "AWS":
            raise errors.invalid(f"EncryptionKeyArn {reference} is not the ARN of a customer managed KMS key.")
    return Vault(
        arn,
        call.account,
        call.region,
        name,
        key.arn,
        default_key=False,
        created=call.now,
        token=token,
        type=AIR_GAPPED,
        state="CREATING",
        owned_key=reference is None,
    )


def _made(vault: Vault) -> Facts:
    return {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "CreationDate": vault.created,
        "VaultState": vault.state,
    }


def ready(state: State, arn: str, _at: datetime) -> None:
    """Open a new vault, unless its key cannot be used any more."""
    vault = state.tables.vaults.get(arn)
    if vault is None or vault.state != "CREATING":
        return
    key = state.world.key(vault.key_arn, vault.account, vault.region)
    usable = key is not None and key.state == "Enabled"
    state.tables.vaults.put(replace(vault, state="AVAILABLE" if usable else "FAILED"))


OPERATIONS: Operations = {"CreateLogicallyAirGappedBackupVault": _create}

HAPPENINGS: Happenings = {"vault-ready": ready}
