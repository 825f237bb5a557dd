"""Backup vaults: made, described, listed, and deleted only when empty."""

from __future__ import annotations

from datetime import datetime

from backstay_aws import arns, catalog
from backstay_local.backup import errors, events, tags, tokens
from backstay_local.backup.airgap import access, around
from backstay_local.backup.rows import STANDARD, RecoveryPoint, Vault
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing
from backstay_local.world.keys import Key

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
    found = find(state, account, call.region, params["BackupVaultName"])
    if found is None or (account != call.account and not access.shared_with(state, found.arn, call.account)):
        raise errors.denied()
    return found


def open_contents(state: State, call: Call, params: Facts) -> Vault:
    """The vault whose recovery points are read: the one that is named, or what restore access opens."""
    found = access.contents(state, open_vault(state, call, params))
    if found is None:
        raise errors.denied()
    return found


def type_of(state: State, vault_arn: str) -> str:
    """The type of a vault; of one that is gone, the ordinary."""
    found = state.tables.vaults.get(vault_arn)
    return STANDARD if found is None else found.type


def shown_key(state: State, vault_arn: str, key_arn: str | None) -> str | None:
    """The key of something in a vault, unless it is AWS's own, whose ARN nobody sees."""
    found = state.tables.vaults.get(vault_arn)
    return None if found is not None and found.owned_key else key_arn


def key_type(vault: Vault) -> str | None:
    """EncryptionKeyType of a vault; AWS has no word for the AWS managed key of a standard vault."""
    if vault.owned_key:
        return "AWS_OWNED_KMS_KEY"
    return None if vault.default_key or not vault.key_arn else "CUSTOMER_MANAGED_KMS_KEY"


def placed(state: State, point: RecoveryPoint) -> Facts:
    """What a recovery point has from its vault, and its key as far as anybody may see it."""
    vault = state.tables.vaults.get(point.vault_arn)
    kind = {"VaultType": STANDARD if vault is None else vault.type}
    if vault is not None and (vault.owned_key or point.key_arn == vault.key_arn):
        return kind | {"EncryptionKeyArn": vault.shown_key, "EncryptionKeyType": key_type(vault)}
    if point.key_arn is None:
        return kind
    arn, place = point.key_arn, (point.account, point.region)
    key = state.standing.ask(("key", arn), lambda: state.world.key(arn, *place))
    customer = key is not None and key.manager == "CUSTOMER"
    return kind | {"EncryptionKeyArn": arn, "EncryptionKeyType": "CUSTOMER_MANAGED_KMS_KEY" if customer else None}


def admit(state: State, call: Call, params: Facts, arn: str) -> Vault | None:
    """The vault that the same call made before; else None, if a vault may be made under this ARN."""
    token, earlier = tokens.token_of(params), tokens.used(state, call, params)
    vault = state.tables.vaults.get(arn)
    if earlier is not None:
        if vault is None or earlier.subject != arn or not tokens.same_call(earlier, params):
            raise errors.exists(
                "The CreatorRequestId was used before with other parameters.", arn=earlier.subject, token=token
            )
        return vault
    if vault is not None:
        raise errors.exists("Backup vault with the same name already exists", arn=arn, token=vault.token)
    most = catalog.limit("vaults_per_region")
    if state.tables.vaults.count("account = ? AND region = ?", call.account, call.region) >= most:
        raise errors.too_many(f"An account cannot have more than {most} backup vaults in a Region.")
    return None


def keep(state: State, call: Call, params: Facts, vault: Vault) -> None:
    """Keep a new vault, with its tags and the token of its making, and tell of it."""
    state.tables.vaults.put(vault)
    tags.put(state, vault.arn, params.get("BackupVaultTags") or {})
    tokens.remember(state, call, params, vault.arn)
    events.vault(state, vault.account, vault.region, vault.name, vault.arn, "CREATED", call.now)


def _create(state: State, call: Call, params: Facts) -> Facts:
    arn = arn_of(call.account, call.region, params["BackupVaultName"])
    earlier = admit(state, call, params, arn)
    if earlier is not None:
        return _made(earlier)
    tags.check(params.get("BackupVaultTags") or {})
    key = usable_key(state, call, params.get("EncryptionKeyArn"))
    name, token = params["BackupVaultName"], tokens.token_of(params)
    vault = Vault(arn, call.account, call.region, name, key.arn, key.manager == "AWS", call.now, token)
    keep(state, call, params, vault)
    return _made(vault)


def usable_key(state: State, call: Call, reference: str | None) -> Key:
    """The KMS key that a new vault shall have (None: AWS Backup's own in the account), if a vault can have it."""
    if reference is not None:
        parsed = arns.parse(reference)
        if parsed is None or parsed.service != "kms" or not parsed.resource.startswith("key/"):
            raise errors.invalid(f"EncryptionKeyArn {reference} is not the ARN of a KMS key.")
        if parsed.region != call.region:
            raise errors.invalid(f"KMS key {reference} is not in Region {call.region}.")
    key = state.world.key(reference or DEFAULT_KEY, call.account, call.region)
    if key is None or key.state != "Enabled":
        raise errors.invalid(f"KMS key {reference} does not exist, or is not enabled.")
    return key


def _made(vault: Vault) -> Facts:
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "CreationDate": vault.created}


def _facts(state: State, vault: Vault) -> Facts:
    lock = state.tables.locks.get(vault.arn)
    seen = access.contents(state, vault)
    facts: Facts = {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "VaultType": vault.type,
        "VaultState": vault.state,
        "EncryptionKeyArn": vault.shown_key,
        "EncryptionKeyType": key_type(vault),
        "CreationDate": vault.created,
        "CreatorRequestId": vault.token,
        "NumberOfRecoveryPoints": state.tables.points.number(seen.arn) if seen is not None else 0,
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
    vault = open_vault(state, call, params)
    return _facts(state, vault) | around.facts(state, vault)


def _list(state: State, call: Call, params: Facts) -> Listing:
    shared = access.shared_vaults(state, call.account) if params.get("ByShared") else None
    if shared is None:
        condition, arguments, column = "account = ? AND region = ?", [call.account, call.region], "name"
    else:
        marks = ", ".join("?" * len(shared))
        condition, arguments, column = f"region = ? AND arn IN ({marks})", [call.region, *shared], "arn"
    if params.get("ByVaultType"):
        condition, arguments = f"{condition} AND type = ?", [*arguments, params["ByVaultType"]]
    rows = state.tables.vaults.scan(column, call.after, condition, *arguments)
    return Listing("BackupVaultList", ((key, _facts(state, vault)) for key, vault in rows))


def _delete(state: State, call: Call, params: Facts) -> Facts:
    vault = need(state, call, params["BackupVaultName"])
    if state.tables.points.first("vault_arn = ?", vault.arn) is not None:
        raise errors.refused(f"Backup vault {vault.name} cannot be deleted because it contains recovery points.")
    remove(state, vault, call.now)
    return {}


def remove(state: State, vault: Vault, at: datetime) -> None:
    """Let go of an empty vault and of everything that is kept with it."""
    for table in (state.tables.locks, state.tables.policies, state.tables.notifications):
        table.remove(vault.arn)
    around.forget(state, vault, at)
    state.tables.vaults.remove(vault.arn)
    tags.put(state, vault.arn, {})
    tokens.forget(state, vault.arn)
    events.vault(state, vault.account, vault.region, vault.name, vault.arn, "DELETED", at)


OPERATIONS: Operations = {
    "CreateBackupVault": _create,
    "DescribeBackupVault": _describe,
    "ListBackupVaults": _list,
    "DeleteBackupVault": _delete,
}
