"""What is kept about air-gapped vaults beyond the vault: shares, approval teams, sessions, and restore access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backstay_local.store import Store, Table

Action = Literal[
    "AssociateBackupVaultMpaApprovalTeam",
    "DisassociateBackupVaultMpaApprovalTeam",
    "CreateRestoreAccessBackupVault",
    "RevokeRestoreAccessBackupVault",
]
"""The operations that wait for the approval of a team."""


@dataclass(frozen=True, slots=True)
class Share:
    """A resource share of AWS RAM that holds backup vaults."""

    arn: str
    account: str
    region: str
    name: str
    external: bool
    """Accounts outside the organization may be principals."""
    created: datetime
    updated: datetime
    vaults: list[str]
    tags: dict[str, str]
    status: Literal["ACTIVE", "DELETED"] = "ACTIVE"


@dataclass(frozen=True, slots=True)
class Guest:
    """An account that a share is for."""

    share_arn: str
    account: str
    external: bool
    status: Literal["PENDING", "ACCEPTED", "REJECTED", "EXPIRED"]
    created: datetime
    updated: datetime
    invitation_arn: str | None = None
    """None for an account of the same organization: it need not accept."""


@dataclass(frozen=True, slots=True)
class Team:
    """The approval team of a vault, and the latest attempt to change it."""

    vault_arn: str
    team_arn: str | None
    since: datetime
    update_arn: str | None = None
    """The session of the latest change; None when it was the first association, which needs no approval."""


@dataclass(frozen=True, slots=True)
class Session:
    """A request that waits, or waited, for the approval of a team."""

    arn: str
    action: Action
    vault_arn: str
    """The air-gapped vault whose team decides."""
    team_arn: str
    subject: str
    """What it is about: the ARN of the new team, or of the restore access vault."""
    account: str
    principal: str
    comment: str | None
    initiated: datetime
    expires: datetime
    status: Literal["PENDING", "APPROVED", "FAILED"] = "PENDING"
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a restore access vault gives access to, and on whose approval."""

    vault_arn: str
    sort: str
    source_arn: str
    session_arn: str
    approved: datetime | None = None
    revoke_arn: str | None = None
    """The session of the latest attempt to revoke it."""


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.shares = Table(store, "vault_shares", Share, key=("arn",), indexes=("account, region",), steady=True)
        self.guests = Table(
            store,
            "share_guests",
            Guest,
            key=("share_arn", "account"),
            indexes=("account", "invitation_arn"),
            steady=True,
        )
        self.teams = Table(store, "approval_teams", Team, key=("vault_arn",), steady=True)
        self.sessions = Table(
            store, "approval_sessions", Session, key=("arn",), indexes=("status", "vault_arn"), steady=True
        )
        self.grants = Table(
            store, "restore_grants", Grant, key=("vault_arn",), indexes=("source_arn, sort",), steady=True
        )
