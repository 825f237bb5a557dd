"""What becomes of a session of multi-party approval: a decision, or none within a day, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from backstay_local.backup.airgap import restore_access, teams
from backstay_local.backup.airgap.rows import Session
from backstay_local.backup.state import Happenings, State

DENIED = "The approval team denied the request."
EXPIRED = "The session expired before the approval team approved the request."


def decide(state: State, session_arn: str, *, approved: bool, at: datetime) -> None:
    """Let a team approve or deny; `LookupError` when no session of that ARN is pending."""
    session = state.tables.airgap.sessions.get(session_arn)
    if session is None or session.status != "PENDING":
        raise LookupError(f"no session {session_arn} is pending")
    _end(state, session, None if approved else DENIED, at)


def _granted(state: State, session_arn: str, at: datetime) -> None:
    decide(state, session_arn, approved=True, at=at)


def _expired(state: State, session_arn: str, at: datetime) -> None:
    session = state.tables.airgap.sessions.get(session_arn)
    if session is not None and session.status == "PENDING":
        _end(state, session, EXPIRED, at)


def _end(state: State, session: Session, failure: str | None, at: datetime) -> None:
    ended = replace(session, status="FAILED" if failure else "APPROVED", message=failure)
    state.tables.airgap.sessions.put(ended)
    state.agenda.drop(session.arn, "approval-grant", "approval-expire")
    match ended.action:
        case "AssociateBackupVaultMpaApprovalTeam" | "DisassociateBackupVaultMpaApprovalTeam":
            teams.decided(state, ended, at)
        case "CreateRestoreAccessBackupVault":
            restore_access.created(state, ended, at)
        case "RevokeRestoreAccessBackupVault":
            restore_access.revoked(state, ended, at)
        case _:
            assert_never(ended.action)


HAPPENINGS: Happenings = {"approval-grant": _granted, "approval-expire": _expired}
