"""What tiering configurations do as time goes by: once a day, data of S3 backups move to the low-cost tier."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from backstay_local.backup.state import Happenings, State
from backstay_local.backup.tiering import selection
from backstay_local.backup.tiering.rows import Tiered, TieringConfiguration

_DAY = timedelta(days=1)
_S3_DATA = "SELECT DISTINCT vault_arn, vault_name, resource_arn FROM recovery_points WHERE {} AND resource_type = 'S3'"


def schedule(state: State, account: str, region: str, now: datetime) -> None:
    """Let the daily look at an account and Region begin with the next day (UTC), unless it goes on already."""
    place = f"{account}/{region}"
    if not state.agenda.has("tiering", place):
        state.agenda.put("tiering", place, datetime.combine(now.date() + _DAY, time(), UTC))


def evaluate(state: State, place: str, at: datetime) -> None:
    """Move what has become old enough, and come again in a day for as long as there is a configuration."""
    account, region = place.split("/")
    rows = state.tables.tiering.configurations.where("account = ? AND region = ?", account, region)
    if not rows:
        return
    by_vault = {row.vault_name: row for row in rows}
    for vault_arn, vault_name, resource_arn in state.store.query(
        _S3_DATA.format("account = ? AND region = ?"), (account, region)
    ):
        days = _days(by_vault, vault_name, resource_arn)
        if days is not None:
            _move(state, vault_arn, resource_arn, at - timedelta(days=days))
    state.agenda.put("tiering", place, at + _DAY)


def _days(by_vault: dict[str, TieringConfiguration], vault_name: str, resource_arn: str) -> int | None:
    """After how many days data move; the vault's own configuration goes before the one for all."""
    for name in (vault_name, selection.ALL):
        days = selection.days_of(by_vault[name].selections, resource_arn) if name in by_vault else None
        if days is not None:
            return days
    return None


def _move(state: State, vault_arn: str, resource_arn: str, until: datetime) -> None:
    known = state.tables.tiering.tiered.get(vault_arn, resource_arn)
    if known is None or known.until < until:
        state.tables.tiering.tiered.put(Tiered(vault_arn, resource_arn, until))


HAPPENINGS: Happenings = {"tiering": evaluate}
