"""What a report is about: a time, and the accounts and Regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_aws import catalog
from backstay_aws.arns import partition_of
from backstay_local.backup import filters
from backstay_local.backup.rows import Json
from backstay_local.backup.state import State

EVERYONE, EVERYWHERE = "ROOT", "*"
_DAY = timedelta(days=1)
_FIRST, _LENGTH = timedelta(hours=1), timedelta(hours=4)  # daily reports are made between 1 and 5 o'clock UTC


@dataclass(frozen=True, slots=True)
class Subject:
    """The time from `since` (included) to `until`, in some accounts and Regions."""

    since: datetime
    until: datetime
    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    def places(self) -> Iterator[tuple[str, str]]:
        """Each account with each Region."""
        return ((account, region) for account in self.accounts for region in self.regions)

    @property
    def start(self) -> str:
        """The beginning, as reports spell it."""
        return _second(self.since)

    @property
    def end(self) -> str:
        """The end, as reports spell it."""
        return _second(self.until)


def wide(setting: Json, account: str, region: str) -> tuple[bool, bool]:
    """Whether a report is about other accounts, and about other Regions, than its own."""
    accounts = {*(setting.get("Accounts") or ()), *(setting.get("OrganizationUnits") or ())}
    return bool(accounts - {account}), bool(set(setting.get("Regions") or ()) - {region})


def accounts_of(state: State, setting: Json, account: str) -> tuple[str, ...] | None:
    """The accounts of a report, as they are in the organization now; None if the account may not see them."""
    asked, units = set(setting.get("Accounts") or ()), set(setting.get("OrganizationUnits") or ())
    if not asked | units or (asked == {account} and not units):
        return (account,)
    organization = filters.overseen(state, account)
    if organization is None:
        return None
    return tuple(
        member
        for member, path in sorted(organization.members.items())
        if EVERYONE in asked or member in asked or units & set(path.split("/"))
    )


def regions_of(setting: Json, region: str) -> tuple[str, ...]:
    """The Regions of a report."""
    asked = setting.get("Regions") or [region]
    if EVERYWHERE not in asked:
        return tuple(sorted(set(asked)))
    partition = partition_of(region)
    return tuple(sorted(row.name for row in catalog.regions() if row.partition == partition))


def yesterday(at: datetime) -> tuple[datetime, datetime]:
    """The whole day, UTC, before a time."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - _DAY, today


def last_day(at: datetime) -> tuple[datetime, datetime]:
    """The 24 hours up to a time."""
    return at - _DAY, at


def next_daily(after: datetime, lot: int) -> datetime:
    """The next time at which a daily report is made: each has a minute of its own, drawn by `lot`."""
    today = after.replace(hour=0, minute=0, second=0, microsecond=0)
    at = today + _FIRST + timedelta(minutes=lot % (_LENGTH // timedelta(minutes=1)))
    return at if at > after else at + _DAY


def _second(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
