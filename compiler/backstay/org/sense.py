"""Whether an organization of the right shape makes sense: its accounts, its units, its Regions."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from functools import cache

from backstay.org.file import DataPath
from backstay.org.problems import problem
from backstay_aws import catalog
from backstay_aws.arns import partition_of
from backstay_contract.findings import Finding, Label, Span
from backstay_contract.organization import Account, Organization, Root, Unit

Place = Callable[[DataPath], Span]


def nonsense(organization: Organization, place: Place) -> Iterator[Finding]:
    """What contradicts itself in an organization; `place` tells where a value stands."""
    yield from _duplicates(organization, place)
    yield from _units(organization.root, ("root",), "the root", place)
    yield from _outside(organization, place)
    yield from _regions(organization, place)


def _accounts(part: Root | Unit, path: DataPath) -> Iterator[tuple[DataPath, Account]]:
    yield from (((*path, "accounts", number), account) for number, account in enumerate(part.accounts))
    for number, unit in enumerate(part.units):
        yield from _accounts(unit, (*path, "units", number))


def _duplicates(organization: Organization, place: Place) -> Iterator[Finding]:
    first: dict[str, DataPath] = {}
    for path, account in _accounts(organization.root, ("root",)):
        before = first.setdefault(account.id, path)
        if before is not path:
            message = f"account {account.id} is in the tree twice"
            others = (Label(place((*before, "id")), "here for the first time"),)
            yield problem("duplicate-account", message, place((*path, "id")), others=others)


def _units(part: Root | Unit, path: DataPath, name: str, place: Place) -> Iterator[Finding]:
    units: dict[str, int] = {}
    for number, unit in enumerate(part.units):
        here = (*path, "units", number)
        if unit.name in units:
            others = (Label(place((*path, "units", units[unit.name], "name")), "the first"),)
            message = f"{name} has two units called `{unit.name}`"
            yield problem("duplicate-unit", message, place((*here, "name")), others=others)
        units.setdefault(unit.name, number)
        if "/" in unit.name:
            message = f"a unit's name holds no `/`: `{unit.name}`"
            yield problem("wrong-value", message, place((*here, "name")), help="put the unit below into `units`")
        yield from _units(unit, here, f"unit `{unit.name}`", place)
    accounts: dict[str, str] = {}
    for number, account in enumerate(part.accounts):
        if account.name in accounts and accounts[account.name] != account.id:
            message = f"{name} has two accounts called `{account.name}`: {accounts[account.name]} and {account.id}"
            advice = "policies have to name them by their ids"
            span = place((*path, "accounts", number, "name"))
            yield problem("duplicate-account-name", message, span, help=advice, severity="warning")
        accounts.setdefault(account.name, account.id)


def _outside(organization: Organization, place: Place) -> Iterator[Finding]:
    ids = {account.id for _, account in organization.places()}
    for member in ("management_account", "backup_account"):
        account = getattr(organization, member)
        if account is not None and account not in ids:
            message = f"{member.replace('_', ' ')} {account} is not in the tree"
            advice = "the tree lists every account; the management account stands under `root`"
            yield problem("account-not-in-tree", message, place((member,)), help=advice)


def _regions(organization: Organization, place: Place) -> Iterator[Finding]:
    places: dict[str, DataPath] = {}
    for number, region in enumerate(organization.regions):
        places.setdefault(region, ("regions", number))
    for path, account in _accounts(organization.root, ("root",)):
        for number, region in enumerate(account.regions or ()):
            places.setdefault(region, (*path, "regions", number))
    for region, path in places.items():
        yield from _region(region, place(path))
    partitions = {partition_of(region): region for region in reversed(places)}
    if len(partitions) > 1:
        named = " and ".join(f"`{region}` ({name})" for name, region in sorted(partitions.items()))
        message = f"one organization has Regions of one partition, and these are of several: {named}"
        yield problem("mixed-partitions", message, place(("regions",)))


def _region(region: str, span: Span) -> Iterator[Finding]:
    if region in _known():
        return
    words = {word for known in _known() for word in known.split("-")[:-1]}
    *parts, number = region.split("-")
    message = f"there is no Region `{region}`"
    if number.isdigit() and len(parts) >= 2 and set(parts) <= words:
        message = f"`{region}` is not in Backstay's table of Regions"
        advice = "if AWS has added it since, go on; if not, mend the name"
        yield problem("unknown-region", message, span, help=advice, severity="warning")
        return
    close = difflib.get_close_matches(region, sorted(_known()), n=1)
    yield problem("unknown-region", message, span, help=f"did you mean `{close[0]}`?" if close else None)


@cache
def _known() -> frozenset[str]:
    return frozenset(region.name for region in catalog.regions())
