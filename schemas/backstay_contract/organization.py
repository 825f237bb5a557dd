"""The organization as `org.yaml` / `org.json` describe it: units, accounts, tags, Regions."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

ACCOUNT_ID = r"^[0-9]{12}$"
ORGANIZATION_ID = r"^o-[a-z0-9]{4,32}$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(_Part):
    """A member account. `regions` replaces the organization's default list."""

    id: str = Field(pattern=ACCOUNT_ID)
    name: str = Field(min_length=1, max_length=50)
    tags: dict[str, str] = {}
    regions: tuple[str, ...] | None = None


class Unit(_Part):
    """An organizational unit with its accounts and its child units."""

    name: str = Field(min_length=1, max_length=128)
    accounts: tuple[Account, ...] = ()
    units: tuple[Unit, ...] = ()


class Root(_Part):
    """The root of the tree."""

    accounts: tuple[Account, ...] = ()
    units: tuple[Unit, ...] = ()


class Organization(_Part):
    """An AWS organization.

    `regions` holds for every account that names none; `backup_account` is the delegated administrator for backup.
    The partition follows from the Regions (`backstay_aws.arns.partition_of`).
    """

    id: str = Field(pattern=ORGANIZATION_ID)
    management_account: str = Field(pattern=ACCOUNT_ID)
    backup_account: str | None = Field(default=None, pattern=ACCOUNT_ID)
    regions: tuple[str, ...] = Field(min_length=1)
    root: Root

    def places(self) -> Iterator[tuple[tuple[str, ...], Account]]:
        """Every account with the names of the units above it, root first, in the order of the file."""
        yield from (((), account) for account in self.root.accounts)
        for unit in self.root.units:
            yield from _places(unit, ())

    def units(self) -> Iterator[tuple[str, ...]]:
        """Every unit's path, parents before children."""
        for unit in self.root.units:
            yield from _unit_paths(unit, ())

    def regions_of(self, account: Account) -> tuple[str, ...]:
        """The Regions of one account."""
        return self.regions if account.regions is None else account.regions


def _places(unit: Unit, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Account]]:
    path = (*above, unit.name)
    yield from ((path, account) for account in unit.accounts)
    for child in unit.units:
        yield from _places(child, path)


def _unit_paths(unit: Unit, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    path = (*above, unit.name)
    yield path
    for child in unit.units:
        yield from _unit_paths(child, path)
