"""Seeds an embedded AWS with files: organizations first, then what stands in their accounts, then the resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from backstay_local.organizations.effective import renew
from backstay_local.world.plant import Planter, PlantError
from backstay_local.world.world import home_of, partition_of

from . import resources
from .files import Seed, Text, read
from .furnish import Furnisher
from .inventory import Inventory
from .organization import Blueprint
from .problem import SeedError
from .report import Report
from .setup import Setup

if TYPE_CHECKING:
    from backstay_local.world.world import World

_BACKUP = "backup.amazonaws.com"


def sow(world: World, files: Iterable[Text], move: Callable[[str, str], None], now: Callable[[], datetime]) -> Report:
    """Read every file, then make what they say; nothing is made if one of them cannot be read.

    `move` makes an account, in a partition, the management account; `now` is the world's time.
    Seeding the same files again changes nothing.
    """
    from botocore.exceptions import ClientError

    seeds = [(file.name, read(file)) for file in files]
    report = Report()
    for name, seed in sorted(seeds, key=lambda pair: _turn(pair[1])):
        try:
            _put(world, name, seed, move, now, report)
        except ClientError as error:
            raise SeedError(name, "", str(error)) from error
    return report


def _turn(seed: Seed) -> int:
    return [Blueprint, Setup, Inventory].index(type(seed))


def _put(
    world: World,
    name: str,
    seed: Seed,
    move: Callable[[str, str], None],
    now: Callable[[], datetime],
    report: Report,
) -> None:
    match seed:
        case Blueprint():
            _organization(world, name, seed, move, report)
            with world.substrate.inside():
                renew(world, seed.management_account, now())
        case Setup():
            Furnisher(world, report).put(seed)
        case Inventory():
            resources.make(world, seed.items, report)
        case _:
            assert_never(seed)


def _organization(world: World, name: str, seed: Blueprint, move: Callable[[str, str], None], report: Report) -> None:
    partition = partition_of(seed.regions[0]) if seed.regions else "aws"
    with world.substrate.inside():
        planter = Planter(seed.id, seed.management_account, partition, home_of(partition))
        try:
            planter.ground()
        except PlantError as error:
            raise SeedError(name, "id", str(error)) from None
        planter.units(seed.units)
        planter.accounts((one.id, one.name, one.tags, one.units) for one in seed.accounts)
        if seed.backup_account is not None:
            planter.delegate(seed.backup_account, _BACKUP)
        world.substrate.touched = True
    move(seed.management_account, partition)
    for kind in ("organization", "units", "accounts"):
        report.count(kind, new=True, number=planter.created[kind])
        report.count(kind, new=False, number=planter.present[kind])
