"""Reads the inventory of many accounts and Regions side by side, and gives it place by place, in their order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from backstay_agent import discover
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.discover import Found
from backstay_agent.inventory import metrics
from backstay_agent.inventory.listing import Place, listed
from backstay_agent.reach import Reach
from backstay_aws import arns
from backstay_contract.canonical import compact
from backstay_contract.inventory import InventoryResource

_WORKERS = 16
_DIGITS = 3
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in one place, by ARN; `unsized` are the types of those whose size nobody told.

    `unread` says in words what could not be read, `closed` why the account did not open.
    """

    account: str
    region: str
    resources: tuple[InventoryResource, ...] = ()
    unsized: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    closed: str | None = None


@dataclass
class Pull:
    """The tale of a pull, which grows as it goes: how many resources by type, how many of them without a size."""

    by_type: Counter[str] = field(default_factory=Counter)
    unsized: Counter[str] = field(default_factory=Counter)
    failed: dict[str, list[str]] = field(default_factory=dict)
    """What could not be read, by account."""

    def add(self, part: Part) -> None:
        """Count what was found, and remember what was not."""
        self.by_type.update(one.type for one in part.resources)
        self.unsized.update(part.unsized)
        said = [part.closed] if part.closed else [f"{part.region}: {sentence}" for sentence in part.unread]
        reasons = self.failed.setdefault(part.account, [])
        reasons += [sentence for sentence in said if sentence not in reasons]
        if not reasons:
            del self.failed[part.account]


def pull(aws: Aws, reach: Reach, tale: Pull, kept: Mapping[str, float], tick: Tick | None = None) -> Iterator[bytes]:
    """The lines of the file, by account, Region and ARN; `tale` is told what happens.

    `kept`: the daily change of resources that somebody has written into the file before, which no AWS knows.
    """
    now = aws.now
    with ThreadPoolExecutor(_WORKERS) as pool:
        parts = pool.map(lambda place: read(aws, place[0], place[1], now), reach.places)
        for done, part in enumerate(parts, 1):
            tale.add(part)
            yield b"".join(map(_line, _changing(part.resources, kept)))
            if tick:
                tick(done, len(reach.places))


def _changing(resources: Sequence[InventoryResource], kept: Mapping[str, float]) -> Iterator[InventoryResource]:
    for one in resources:
        yield one.model_copy(update={"daily_change": kept[one.arn]}) if one.arn in kept else one


def _line(resource: InventoryResource) -> bytes:
    return compact(resource.model_dump(mode="json", exclude_defaults=True)) + b"\n"


def read(aws: Aws, account: str, region: str, now: datetime) -> Part:
    """One place."""
    try:
        known, unread = listed(aws, account, region)
        found = discover.find(aws, account, region, {arn: one.engine for arn, one in known.items()})
    except AwsProblem as problem:
        if problem.operation == "AssumeRole":
            return Part(account, region, closed=f"{problem.code} while assuming the agent's role: {problem.message}")
        return Part(account, region, unread=(f"resources: {problem.code} from {problem.operation}",))
    measured, more = _measured(Place(aws, account, region), found, now)
    sizes = {arn: one.size_gb for arn, one in known.items() if one.size_gb is not None} | measured
    resources = tuple(_resource(one, account, region, sizes.get(one.arn, 0.0)) for one in found)
    unsized = tuple(one.type for one in resources if one.arn not in sizes)
    return Part(account, region, resources, unsized, (*unread, *more))


def _measured(place: Place, found: Sequence[Found], now: datetime) -> tuple[dict[str, float], tuple[str, ...]]:
    """The sizes by ARN that CloudWatch tells, and in words which it did not."""
    sizes: dict[str, float] = {}
    unread = []
    for type_ in metrics.METRICS:
        names = {_name(one.arn): one.arn for one in found if one.types[0] == type_}
        if not names:
            continue
        try:
            told = metrics.sizes(place, type_, sorted(names), now)
        except AwsProblem as problem:
            unread.append(f"sizes of {type_}: {problem.code} from {problem.operation}")
            continue
        sizes |= {names[name]: size for name, size in told.items()}
    return sizes, tuple(unread)


def _name(arn: str) -> str:
    """A bucket's or cluster's name, as metrics have it."""
    parsed = arns.parse(arn)
    return parsed.resource.rpartition(":")[2] if parsed else arn


def _resource(found: Found, account: str, region: str, size: float) -> InventoryResource:
    return InventoryResource(
        arn=found.arn,
        type=found.types[0],
        account=account,
        region=region,
        tags=dict(sorted(found.tags.items())),
        size_gb=round(size, _DIGITS),
    )


def changes(text: bytes) -> dict[str, float]:
    """The daily change of each resource of an inventory that is there; lines that are none are passed over."""
    found = {}
    for line in text.splitlines():
        try:
            row = json.loads(line)
            if row.get("daily_change"):
                found[str(row["arn"])] = float(row["daily_change"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found
