"""Approval teams of air-gapped vaults: the first comes at once, every change waits for the team that is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import get_args

from backstay_local.backup import errors, vaults
from backstay_local.backup.airgap import sessions
from backstay_local.backup.airgap.rows import Action, Session, Team
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

_ASSOCIATE: Action = "AssociateBackupVaultMpaApprovalTeam"
_DISASSOCIATE: Action = "DisassociateBackupVaultMpaApprovalTeam"
_CHANGES = tuple(action for action in get_args(Action) if action in (_ASSOCIATE, _DISASSOCIATE))


def _associate(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    wanted = params["MpaApprovalTeamArn"]
    sessions.need_vault(vault)
    sessions.check_team(wanted, call.region)
    sessions.need_opt_in(state, call.account)
    present = sessions.team_of(state, vault.arn)
    if present is None:
        state.tables.airgap.teams.put(Team(vault.arn, wanted, call.now))
    elif present == wanted:
        raise errors.refused(f"Approval team {wanted} is associated with backup vault {vault.name} already.")
    else:
        _ask(state, call, _ASSOCIATE, vault.arn, present, wanted, params.get("RequesterComment"))
    return {}


def _disassociate(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    sessions.need_vault(vault)
    sessions.need_opt_in(state, call.account)
    present = sessions.team_of(state, vault.arn)
    if present is None:
        raise errors.refused(f"Backup vault {vault.name} has no approval team.")
    _ask(state, call, _DISASSOCIATE, vault.arn, present, present, params.get("RequesterComment"))
    return {}


def _ask(
    state: State, call: Call, action: Action, vault_arn: str, present: str, subject: str, comment: str | None
) -> None:
    sessions.refuse_if_pending(state, vault_arn, *_CHANGES)
    asked = sessions.ask(state, call, action, vault_arn=vault_arn, team_arn=present, subject=subject, comment=comment)
    team = state.tables.airgap.teams.get(vault_arn)
    if team is not None:
        state.tables.airgap.teams.put(replace(team, update_arn=asked.arn))


def decided(state: State, session: Session, at: datetime) -> None:
    """Change the team of a vault as its present one approved; a failed session changes nothing."""
    team = state.tables.airgap.teams.get(session.vault_arn)
    if team is not None and session.status == "APPROVED":
        following = session.subject if session.action == _ASSOCIATE else None
        state.tables.airgap.teams.put(replace(team, team_arn=following, since=at))


OPERATIONS: Operations = {_ASSOCIATE: _associate, _DISASSOCIATE: _disassociate}
