"""The way of a recovery point to another vault: in one copy, or over vaults between where AWS needs that. Pure.

AWS refuses some copies that two copies can do: a type that cannot change Region and account at once, a backup under an
AWS managed key that shall go to another account. What AWS leaves open is no reason against a way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backstay_aws import arns, catalog
from backstay_aws.catalog import ResourceType

PointKey = Literal["none", "customer", "aws", "unknown"]
"""What a recovery point is encrypted with; `aws` is a key that AWS manages, which no other account may use."""
VaultKey = Literal["customer", "default", "aws", "unknown"]
"""The key of a vault; `default` is aws/backup, `aws` another key that AWS manages."""
VaultKind = Literal["standard", "air-gapped", "restore-access"]
_LONGEST = 3
_DEFAULT = "Default"


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault as far as copies ask; `least` and `most` are the days that its lock lets recovery points be kept."""

    account: str
    region: str
    name: str
    kind: VaultKind = "standard"
    key: VaultKey = "unknown"
    least: int | None = None
    most: int | None = None

    @property
    def arn(self) -> str:
        """The vault's ARN."""
        return arns.vault(arns.partition_of(self.region), self.region, self.account, self.name)


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be copied, and the vault that it lies in."""

    row: ResourceType
    at: Vault
    key: PointKey = "unknown"
    continuous: bool = False
    cold: bool = False

    @property
    def own_key(self) -> bool:
        """Whether a copy gets the destination vault's key, whatever the source is encrypted with."""
        return self.row.full_management == "yes" or self.row.own_encryption == "yes"


@dataclass(frozen=True, slots=True)
class Hop:
    """One copy: from a vault to a vault; `why` there is a stop, empty for the copy that arrives."""

    source: Vault
    to: Vault
    why: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The copies to make, one after another."""

    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class NoRoute:
    """Why there is no way, in a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that AWS refuses in a single copy. `lasting` ones stay, whatever vaults lie between."""

    stands: Callable[[Load, Vault], bool]
    why: str
    lasting: bool
    source: str
    date: str = "2026-11-29"


def plan(load: Load, to: Vault, between: Sequence[Vault] = ()) -> Route | NoRoute:
    """The shortest way to a vault; `between` are the vaults that may be stops, the better ones first."""
    first = next(obstacles(load, to), None)
    if first is None:
        return Route((Hop(load.at, to),))
    why = _told(first, load, to)
    if first.lasting:
        return NoRoute(why)
    for hops in _ways(load, to, between):
        return Route((replace(hops[0], why=why), *hops[1:]))
    return NoRoute(f"{why}; a stop on the way needs a standard vault with a customer managed key that lets it in")


def obstacles(load: Load, to: Vault) -> Iterator[Obstacle]:
    """What stands in the way of one copy, the lasting things first."""
    yield from (one for one in OBSTACLES if one.stands(load, to))


def stop(vault: Vault, days: int) -> bool:
    """Whether a vault can be a stop: what lies there for a few days can be deleted, and has a key that travels."""
    fits = (vault.least or 0) <= days <= (vault.most or days)
    return vault.kind == "standard" and vault.key == "customer" and fits


def row_of(type_: str, point: str, resource: str) -> ResourceType | None:
    """The catalogue's row for a recovery point; the ARNs tell kinds of one type apart."""
    kinds = {
        "DynamoDB": "advanced" if ":backup:" in point else "",
        "FSx": "ontap" if ":volume/" in resource else "",
        "RDS": "multi-az-cluster" if ":cluster:" in resource else "",
    }
    return catalog.resource_type(type_, kinds.get(type_, ""))


def _ways(load: Load, to: Vault, between: Sequence[Vault]) -> Iterator[tuple[Hop, ...]]:
    """Every way over stops, shorter ones first."""
    waiting: deque[tuple[Load, tuple[Hop, ...]]] = deque([(load, ())])
    while waiting:
        here, hops = waiting.popleft()
        if hops and next(obstacles(here, to), None) is None:
            yield (*hops, Hop(here.at, to))
        if len(hops) < _LONGEST - 1:
            seen = {to.arn, load.at.arn, *(hop.to.arn for hop in hops)}
            for vault in between:
                if vault.arn not in seen and next(obstacles(here, vault), None) is None:
                    waiting.append((_moved(here, vault), (*hops, Hop(here.at, vault))))


def _moved(load: Load, to: Vault) -> Load:
    """What lies in a vault after a copy into it: snapshots of clusters without encryption stay so."""
    stays = load.key == "none" and load.row.point == "rds-cluster-snapshot"
    keys: dict[VaultKey, PointKey] = {"customer": "customer", "default": "aws", "aws": "aws", "unknown": "unknown"}
    return replace(load, at=to, key="none" if stays else keys[to.key], continuous=False, cold=False)


def _told(obstacle: Obstacle, load: Load, to: Vault) -> str:
    return obstacle.why.format(type=load.row.name, vault=to.name, region=to.region, account=to.account)


def _abroad(load: Load, to: Vault) -> bool:
    return load.at.account != to.account


def _column(load: Load, to: Vault) -> str:
    far = load.at.region != to.region
    if _abroad(load, to):
        return "cross_region_and_account" if far else "cross_account"
    return "cross_region" if far else "same_region"


def _never(load: Load, to: Vault) -> bool:
    columns = ("same_region", "cross_region", "cross_account", "cross_region_and_account")
    return all(catalog.cell(load.row, column, to.region) == "no" for column in columns)


def _bare_cluster(load: Load) -> bool:
    return load.key == "none" and load.row.point == "rds-cluster-snapshot"


_ABROAD = "Backup developer guide: create-cross-account-backup"
_FEATURES = "Backup developer guide: backup-feature-availability; docs history 2025-10-23"
_KEYS = "Backup developer guide: encryption (how copies are encrypted)"
_AIR_GAP = "Backup developer guide: logicallyairgappedvault"

OBSTACLES: tuple[Obstacle, ...] = (
    Obstacle(
        lambda load, to: load.at.arn == to.arn,
        "it lies in vault {vault} already",
        True,
        "Backup developer guide: recov-point-create-a-copy",
    ),
    Obstacle(
        lambda load, to: arns.partition_of(load.at.region) != arns.partition_of(to.region),
        "copies do not leave their partition, and {region} is in another",
        True,
        "Backup developer guide: cross-region-backup",
    ),
    Obstacle(lambda load, _: load.cold, "what is in cold storage is not copied", True, _FEATURES),
    Obstacle(
        lambda load, _: load.continuous,
        "a continuous recovery point is copied by its rule only, as a snapshot",
        True,
        "Backup developer guide: point-in-time-recovery-copying",
    ),
    Obstacle(
        lambda _, to: to.kind == "restore-access",
        "vault {vault} is a restore access vault, which holds nothing of its own",
        True,
        "Backup developer guide: multipartyapproval",
    ),
    Obstacle(
        lambda load, to: _abroad(load, to) and to.name == _DEFAULT,
        "the vault Default takes no copies from other accounts",
        True,
        _ABROAD,
    ),
    Obstacle(_never, "AWS Backup does not copy {type} in this form", True, _FEATURES),
    Obstacle(
        lambda load, to: to.kind == "air-gapped" and catalog.cell(load.row, "air_gap", to.region) == "no",
        "air-gapped vaults do not take {type} in {region}",
        True,
        _AIR_GAP,
    ),
    Obstacle(
        lambda load, to: to.kind == "air-gapped" and _bare_cluster(load),
        "snapshots of {type} without encryption stay so, and air-gapped vaults refuse them",
        True,
        _AIR_GAP,
    ),
    Obstacle(
        lambda load, to: to.kind == "standard" and to.key == "default" and not load.own_key and not _bare_cluster(load),
        "vault {vault} has AWS's own key aws/backup, under which no copy of {type} can be",
        True,
        _KEYS,
    ),
    Obstacle(
        lambda load, to: catalog.cell(load.row, _column(load, to), to.region) == "no",
        "{type} cannot be copied to {region} in account {account} at once",
        False,
        _FEATURES,
    ),
    Obstacle(
        lambda load, to: to.kind == "air-gapped" and load.row.full_management != "yes" and load.key == "aws",
        "an air-gapped vault takes no {type} under an AWS managed key",
        False,
        _AIR_GAP,
    ),
    Obstacle(
        lambda load, to: load.at.kind == "air-gapped" and to.kind == "standard" and to.key in ("default", "aws"),
        "what leaves an air-gapped vault needs a customer managed key, and vault {vault} has none",
        False,
        _AIR_GAP,
    ),
    Obstacle(
        lambda load, to: _abroad(load, to) and not load.own_key and load.key == "aws" and load.at.kind != "air-gapped",
        "a backup of {type} under an AWS managed key cannot go to another account",
        False,
        _ABROAD,
    ),
)
"""What AWS refuses in one copy, from the developer guide; lasting things first."""
