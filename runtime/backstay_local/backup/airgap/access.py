"""Who sees a vault that is not theirs: accounts that it is shared with, and holders of restore access."""

from __future__ import annotations

from backstay_local.backup.rows import RESTORE_ACCESS, Vault
from backstay_local.backup.state import State


def shared_with(state: State, vault_arn: str, account: str) -> bool:
    """Whether an account is a principal of a share that holds a vault, and has accepted it where it must."""
    return vault_arn in shared_vaults(state, account)


def shared_vaults(state: State, account: str) -> list[str]:
    """The ARNs of all vaults that are shared with an account, sorted."""
    tables = state.tables.airgap
    joined = tables.guests.where("account = ? AND status = 'ACCEPTED'", account)
    shares = (tables.shares.get(guest.share_arn) for guest in joined)
    return sorted({arn for share in shares if share is not None and share.status == "ACTIVE" for arn in share.vaults})


def granted(state: State, vault_arn: str, account: str) -> bool:
    """Whether an account has an approved restore access vault for a vault."""
    grants = state.tables.airgap.grants.where("source_arn = ? AND approved IS NOT NULL", vault_arn)
    holders = (state.tables.vaults.get(grant.vault_arn) for grant in grants)
    return any(holder is not None and holder.account == account for holder in holders)


def may_restore(state: State, vault_arn: str, account: str) -> bool:
    """Whether an account may restore from a vault of another account."""
    return shared_with(state, vault_arn, account) or granted(state, vault_arn, account)


def contents(state: State, vault: Vault) -> Vault | None:
    """The vault whose recovery points are seen in a vault: itself, or what restore access opens (None: nothing)."""
    if vault.type != RESTORE_ACCESS:
        return vault
    grant = state.tables.airgap.grants.get(vault.arn)
    if grant is None or grant.approved is None:
        return None
    return state.tables.vaults.get(grant.source_arn)
