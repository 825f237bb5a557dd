"""Backup vaults: made, described, listed, and deleted only when empty."""

from __future__ import annotations

from backstay_aws import arns, catalog
from backstay_local.backup import errors, events, tags, tokens
from backstay_local.backup.rows import Vault
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

DEFAULT_KEY = "alias/aws/backup"


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of a vault."""
    return arns.vault(arns.partition_of(region), region, account, name)


def find(state: State, account: str, region: str, name: str) -> Vault | None:
    """A vault by its name."""
    return state.tables.vaults.get(arn_of(account, region, name))


def need(state: State, call: Call, name: str) -> Vault:
    """The caller's vault of that name, or ResourceNotFoundException."""
    found = find(state, call.account, call.region, name)
    if found is None:
        raise errors.not_found(f"Backup vault {name} does not exist.")
    return found


def open_vault(state: State, call: Call, params: Facts) -> Vault:
    """The vault of a read; AWS answers 403, not 404, when it does not exist or belongs to somebody else."""
    account = params.get("BackupVaultAccountId") or call.account
    found = find(state, call.account, call.region, params["BackupVaultName"]) if account == call.account else None
    if found is None:
        raise errors.denied()
    return found


def _create(state: State, call: Call, params: Facts) -> Facts:
    name, token = params["BackupVaultName"], tokens.token_of(params)
    arn = arn_of(call.account, call.region, name)
    earlier = tokens.used(state, call, params)
    vault = state.tables.vaults.get(arn)
    if earlier is not None:
        if vault is None or earlier.subject != arn or not tokens.same_call(earlier, params):
            raise errors.exists(
                "The CreatorRequestId was used before with other parameters.", arn=earlier.subject, token=token
            )
        return _made(vault)
    if vault is not None:
        raise errors.exists("Backup vault with the same name already exists", arn=arn, token=vault.token)
    most = catalog.limit("vaults_per_region")
    if state.tables.vaults.count("account = ? AND region = ?", call.account, call.region) >= most:
        raise errors.too_many(f"An account cannot have more than {most} backup vaults in a Region.")
    vault = _new(state, call, params, arn)
    state.tables.vaults.put(vault)
    tags.put(state, arn, params.get("BackupVaultTags") or {})
    tokens.remember(state, call, params, arn)
    events.vault(state, vault.account, vault.region, name, arn, "CREATED", call.now)
    return _made(vault)


def _new(state: State, call: Call, params: Facts, arn: str) -> Vault:
    tags.check(params.get("BackupVaultTags") or {})
    reference = params.get("EncryptionKeyArn")
    if reference is not None:
        parsed = arns.parse(reference)
        if parsed is None or parsed.service != "kms" or not parsed.resource.startswith("key/"):
            raise errors.invalid(f"EncryptionKeyArn {reference} is not the ARN of a KMS key.")
        if parsed.region != call.region:
            raise errors.invalid(f"KMS key {reference} is not in Region {call.region}.")
    key = state.world.key(reference or DEFAULT_KEY, call.account, call.region)
    if key is None or key.state != "Enabled":
        raise errors.invalid(f"KMS key {reference} does not exist, or is not enabled.")
    name, token = params["BackupVaultName"], tokens.token_of(params)
    return Vault(arn, call.account, call.region, name, key.arn, key.manager == "AWS", call.now, token)


def _made(vault: Vault) -> Facts:
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "CreationDate": vault.created}


def _facts(state: State, vault: Vault) -> Facts:
    lock = state.tables.locks.get(vault.arn)
    facts: Facts = {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "VaultType": vault.type,
        "VaultState": vault.state,
        "EncryptionKeyArn": vault.key_arn,
        "CreationDate": vault.created,
        "CreatorRequestId": vault.token,
        "NumberOfRecoveryPoints": state.tables.points.count("vault_arn = ?", vault.arn),
        "Locked": lock is not None,
    }
    if lock is not None:
        facts |= {
            "MinRetentionDays": lock.min_days,
            "MaxRetentionDays": lock.max_days,
            "LockDate": lock.immutable_from,
        }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    return _facts(state, open_vault(state, call, params))


def _list(state: State, call: Call, params: Facts) -> Listing:
    condition, arguments = "account = ? AND region = ?", [call.account, call.region]
    if params.get("ByVaultType"):
        condition, arguments = f"{condition} AND type = ?", [*arguments, params["ByVaultType"]]
    if params.get("ByShared"):
        condition += " AND 1 = 0"  # vaults shared from other accounts: none, since sharing does not exist here
    rows = state.tables.vaults.scan("name", call.after, condition, *arguments)
    return Listing("BackupVaultList", ((key, _facts(state, vault)) for key, vault in rows))


def _delete(state: State, call: Call, params: Facts) -> Facts:
    vault = need(state, call, params["BackupVaultName"])
    if state.tables.points.first("vault_arn = ?", vault.arn) is not None:
        raise errors.refused(f"Backup vault {vault.name} cannot be deleted because it contains recovery points.")
    for table in (state.tables.locks, state.tables.policies, state.tables.notifications):
        table.remove(vault.arn)
    state.tables.vaults.remove(vault.arn)
    tags.put(state, vault.arn, {})
    tokens.forget(state, vault.arn)
    events.vault(state, vault.account, vault.region, vault.name, vault.arn, "DELETED", call.now)
    return {}


OPERATIONS: Operations = {
    "CreateBackupVault": _create,
    "DescribeBackupVault": _describe,
    "ListBackupVaults": _list,
    "DeleteBackupVault": _delete,
}
