"""Restore access vaults: another account's way to the recovery points of an air-gapped vault, when a team approves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backstay_aws import arns
from backstay_local.backup import errors, tags, tokens, vaults
from backstay_local.backup.airgap import around, sessions
from backstay_local.backup.airgap.rows import Action, Grant, Session
from backstay_local.backup.rows import RESTORE_ACCESS, Vault, newest_first
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_CREATE: Action = "CreateRestoreAccessBackupVault"
_REVOKE: Action = "RevokeRestoreAccessBackupVault"


def _create(state: State, call: Call, params: Facts) -> Facts:
    arn = vaults.arn_of(call.account, call.region, _name(call, params))
    earlier = vaults.admit(state, call, params, arn)
    if earlier is not None:
        return _made(earlier)
    tags.check(params.get("BackupVaultTags") or {})
    source = _source(state, call, params["SourceBackupVaultArn"])
    team = sessions.team_of(state, source.arn)
    if team is None:
        raise errors.refused(f"Backup vault {source.arn} has no approval team.")
    sessions.need_opt_in(state, source.account)
    vault = Vault(
        arn,
        call.account,
        call.region,
        arn.rpartition(":")[2],
        source.key_arn,
        default_key=False,
        created=call.now,
        token=tokens.token_of(params),
        type=RESTORE_ACCESS,
        state="CREATING",
        owned_key=source.owned_key,
    )
    vaults.keep(state, call, params, vault)
    comment = params.get("RequesterComment")
    asked = sessions.ask(state, call, _CREATE, vault_arn=source.arn, team_arn=team, subject=arn, comment=comment)
    state.tables.airgap.grants.put(Grant(arn, newest_first(call.now, arn), source.arn, asked.arn))
    return _made(vault)


def _name(call: Call, params: Facts) -> str:
    """The name asked for, else one that the same request would get again."""
    drawn = tokens.digest_of([call.account, tokens.token_of(params) or call.request_id])[:12]
    return params.get("BackupVaultName") or f"restore-access-{drawn}"


def _source(state: State, call: Call, source_arn: str) -> Vault:
    parsed = arns.parse(source_arn)
    if parsed is None or parsed.service != "backup" or not parsed.resource.startswith("backup-vault:"):
        raise errors.invalid(f"{source_arn} is not the ARN of a backup vault.")
    if parsed.region != call.region:
        raise errors.invalid(f"Backup vault {source_arn} is not in Region {call.region}.")
    found = state.tables.vaults.get(source_arn)
    if found is None:
        raise errors.not_found(f"Backup vault {source_arn} does not exist.")
    sessions.need_vault(found)
    return found


def _made(vault: Vault) -> Facts:
    return {
        "RestoreAccessBackupVaultArn": vault.arn,
        "RestoreAccessBackupVaultName": vault.name,
        "VaultState": vault.state,
        "CreationDate": vault.created,
    }


def _list(state: State, call: Call, params: Facts) -> Listing:
    source = vaults.need(state, call, params["BackupVaultName"])
    found = state.tables.airgap.grants.scan("sort", call.after, "source_arn = ?", source.arn)
    return Listing("RestoreAccessBackupVaults", ((key, _member(state, grant)) for key, grant in found))


def _member(state: State, grant: Grant) -> Facts:
    vault = state.tables.vaults.get(grant.vault_arn)
    revoke = state.tables.airgap.sessions.get(grant.revoke_arn) if grant.revoke_arn else None
    facts: Facts = {
        "RestoreAccessBackupVaultArn": grant.vault_arn,
        "CreationDate": vault.created if vault else None,
        "ApprovalDate": grant.approved,
        "VaultState": vault.state if vault else None,
        "LatestRevokeRequest": around.request(revoke) if revoke else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _revoke(state: State, call: Call, params: Facts) -> Facts:
    source = vaults.need(state, call, params["BackupVaultName"])
    arn = params["RestoreAccessBackupVaultArn"]
    grant, vault = state.tables.airgap.grants.get(arn), state.tables.vaults.get(arn)
    if grant is None or vault is None or grant.source_arn != source.arn:
        raise errors.not_found(f"Backup vault {source.name} has no restore access backup vault {arn}.")
    if vault.state != "AVAILABLE":
        raise errors.refused(f"Restore access backup vault {arn} is {vault.state}, and gives no access to revoke.")
    team = sessions.team_of(state, source.arn)
    if team is None:
        raise errors.refused(f"Backup vault {source.arn} has no approval team.")
    last = state.tables.airgap.sessions.get(grant.revoke_arn) if grant.revoke_arn else None
    if last is not None and last.status == "PENDING":
        raise errors.refused(f"A request to revoke {arn} is waiting for the approval of the team {last.team_arn}.")
    comment = params.get("RequesterComment")
    asked = sessions.ask(state, call, _REVOKE, vault_arn=source.arn, team_arn=team, subject=arn, comment=comment)
    state.tables.airgap.grants.put(replace(grant, revoke_arn=asked.arn))
    return {}


def created(state: State, session: Session, at: datetime) -> None:
    """Open a restore access vault, or give it up, as the team decided."""
    grant, vault = state.tables.airgap.grants.get(session.subject), state.tables.vaults.get(session.subject)
    if grant is None or vault is None:
        return
    if session.status == "APPROVED":
        state.tables.airgap.grants.put(replace(grant, approved=at))
        state.tables.vaults.put(replace(vault, state="AVAILABLE"))
    else:
        state.tables.vaults.put(replace(vault, state="FAILED"))


def revoked(state: State, session: Session, at: datetime) -> None:
    """Delete a restore access vault when the team approved; else it stays."""
    vault = state.tables.vaults.get(session.subject)
    if vault is not None and session.status == "APPROVED":
        vaults.remove(state, vault, at)


OPERATIONS: Operations = {
    _CREATE: _create,
    "ListRestoreAccessBackupVaults": _list,
    _REVOKE: _revoke,
}
