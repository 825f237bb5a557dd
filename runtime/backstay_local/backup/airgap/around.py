"""What there is around a vault: its team and latest sessions as AWS describes them, and their end with the vault."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from backstay_local.backup.airgap.rows import Session
from backstay_local.backup.rows import AIR_GAPPED, RESTORE_ACCESS, Vault
from backstay_local.backup.state import Facts, Happenings, State

_KEY_STAYS = timedelta(days=7)  # how long the AWS-owned key of a deleted vault is kept (semantics §5.5)


def facts(state: State, vault: Vault) -> Facts:
    """The members of DescribeBackupVault about approval and restore access."""
    if vault.type == AIR_GAPPED:
        return _of_team(state, vault)
    if vault.type == RESTORE_ACCESS:
        return _of_grant(state, vault)
    return {}


def _of_team(state: State, vault: Vault) -> Facts:
    team = state.tables.airgap.teams.get(vault.arn)
    if team is None:
        return {}
    found: Facts = {} if team.team_arn is None else {"MpaApprovalTeamArn": team.team_arn}
    session = state.tables.airgap.sessions.get(team.update_arn) if team.update_arn else None
    first = {"Status": "APPROVED", "InitiationDate": team.since}
    return found | {"LatestMpaApprovalTeamUpdate": request(session) if session is not None else first}


def _of_grant(state: State, vault: Vault) -> Facts:
    grant = state.tables.airgap.grants.get(vault.arn)
    session = state.tables.airgap.sessions.get(grant.session_arn) if grant is not None else None
    if grant is None or session is None:
        return {}
    return {
        "SourceBackupVaultArn": grant.source_arn,
        "MpaSessionArn": session.arn,
        "MpaApprovalTeamArn": session.team_arn,
    }


def request(session: Session) -> Facts:
    """A session as LatestMpaApprovalTeamUpdate and LatestRevokeRequest show it."""
    shown: Facts = {
        "MpaSessionArn": session.arn,
        "Status": session.status,
        "StatusMessage": session.message,
        "InitiationDate": session.initiated,
        "ExpiryDate": session.expires,
    }
    return {name: value for name, value in shown.items() if value is not None}


def forget(state: State, vault: Vault, at: datetime) -> None:
    """Let go of everything around a vault that is deleted; its AWS-owned key goes a week later."""
    tables = state.tables.airgap
    for session in tables.sessions.where("vault_arn = ? OR subject = ?", vault.arn, vault.arn):
        state.agenda.drop(session.arn, "approval-grant", "approval-expire")
        tables.sessions.remove(session.arn)
    tables.teams.remove(vault.arn)
    tables.grants.remove(vault.arn)
    for share in tables.shares.where("account = ? AND region = ?", vault.account, vault.region):
        if vault.arn in share.vaults:
            left = [arn for arn in share.vaults if arn != vault.arn]
            tables.shares.put(replace(share, vaults=left, updated=at))
    state.agenda.drop(vault.arn, "vault-ready")
    if vault.type == AIR_GAPPED and vault.owned_key:
        state.agenda.put("owned-key-end", vault.key_arn, at + _KEY_STAYS)


def _key_ends(state: State, key_arn: str, _at: datetime) -> None:
    state.world.drop_owned_key(key_arn)


HAPPENINGS: Happenings = {"owned-key-end": _key_ends}
