"""The organization as the resolver looks things up in it: members with the units above them, by id and by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backstay import ir
from backstay_contract.findings import Span
from backstay_contract.organization import Organization, Root, Unit

UnitPath = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An account: its id, name, the units above it (root first), its tags and its Regions."""

    id: str
    name: str
    path: UnitPath
    tags: Mapping[str, str]
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """All members in the order of the file, and every unit's path."""

    members: tuple[Member, ...]
    units: frozenset[UnitPath]
    by_id: Mapping[str, Member]
    by_name: Mapping[str, tuple[Member, ...]]

    def find(self, account: str) -> tuple[Member, ...]:
        """The members that twelve digits or a name mean: one, none, or several of one name."""
        if is_id(account):
            member = self.by_id.get(account)
            return (member,) if member else ()
        return self.by_name.get(account, ())


def grow(organization: Organization) -> Tree:
    """Lay out an organization for look-ups."""
    default = organization.regions
    members = tuple(
        Member(a.id, a.name, path, a.tags, default if a.regions is None else a.regions)
        for path, a in organization.places()
    )
    names: dict[str, tuple[Member, ...]] = {}
    for member in members:
        names[member.name] = (*names.get(member.name, ()), member)
    return Tree(members, frozenset(organization.units()), {m.id: m for m in members}, names)


def is_id(account: str) -> bool:
    """Whether a reference to an account is its id and not its name."""
    return len(account) == 12 and account.isascii() and account.isdigit()


DataPath = tuple[str | int, ...]


def account_place(organization: Organization, spans: Mapping[DataPath, Span], account: str) -> Span | None:
    """Where the organization file has an account, if its places are known."""
    if not spans:
        return None
    path = next((path for path, id_ in _data_paths(organization.root, ("root",)) if id_ == account), ())
    return spans.get((*path, "name"), spans.get(path))


def _data_paths(node: Root | Unit, path: DataPath) -> Iterator[tuple[DataPath, str]]:
    yield from (((*path, "accounts", number), account.id) for number, account in enumerate(node.accounts))
    for number, unit in enumerate(node.units):
        yield from _data_paths(unit, (*path, "units", number))


def units(organization: Organization) -> tuple[ir.Unit, ...]:
    """Every unit of an organization with the accounts and units right below it, parents first; the root is first."""
    root = organization.root
    names = tuple(unit.name for unit in root.units)
    accounts = tuple(account.id for account in root.accounts)
    return (ir.Unit("", None, names, accounts), *(one for unit in root.units for one in _units(unit, "")))


def _units(unit: Unit, parent: str) -> Iterator[ir.Unit]:
    path = f"{parent}/{unit.name}" if parent else unit.name
    below = tuple(f"{path}/{child.name}" for child in unit.units)
    yield ir.Unit(path, parent, below, tuple(account.id for account in unit.accounts))
    for child in unit.units:
        yield from _units(child, path)
