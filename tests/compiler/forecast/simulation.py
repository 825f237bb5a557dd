"""An oracle for forecasts: every single recovery point is made, moved and deleted, event after event.

It knows nothing of curves, chains of streams or ranks. At the end of each day it looks at the points that are there.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from backstay import ir
from backstay_aws import catalog, cron
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection

NOWHERE = ir.Where(None)
ACCOUNT, OTHER = "100000000010", "100000000002"
REGION, ABROAD = "eu-central-1", "eu-west-1"
START = date(2026, 11, 29)
DAY = timedelta(days=1)
SCHEDULES = (
    ("cron(0 5 * * ? *)", "UTC"),
    ("cron(30 2 ? * * *)", "Europe/Berlin"),
    ("cron(0 */6 * * ? *)", "America/New_York"),
    ("cron(0 * * * ? *)", "UTC"),
    ("cron(0 0 ? * SUN *)", "UTC"),
    ("cron(0 0 * * ? *)", "UTC"),
    ("cron(15 3 1 * ? *)", "Asia/Kolkata"),
    ("cron(0 9 L * ? *)", "UTC"),
    ("cron(0 9 ? * 6#2 *)", "UTC"),
    ("cron(0 9 15W 1,7 ? *)", "Australia/Lord_Howe"),
    ("cron(0 9 * * ? 2027)", "UTC"),
    ("cron(0 9 31 12 ? *)", "UTC"),
)
TYPES = ("EBS", "RDS", "S3", "DynamoDB", "EFS", "Aurora", "EC2", "Redshift")


def draw(seed: int) -> tuple[ir.Model, list[dict[str, Any]]]:
    """A model of one account with some plans, and resources, one type for each."""
    dice = random.Random(seed)
    plans = tuple(_plan(dice, number) for number in range(dice.randint(1, 2)))
    shape = ir.Shape(REGION, (ACCOUNT,), ("",), plans, (), ())
    facts = ir.AccountFacts(ACCOUNT, "shop", "", (), (REGION,))
    model = ir.Model("o-x", ACCOUNT, None, "aws", (), {ACCOUNT: facts}, (shape,), (), None, ())
    rows = [
        {
            "arn": f"arn:aws:x:{REGION}:{ACCOUNT}:thing/{number}",
            "type": dice.choice(TYPES),
            "account": ACCOUNT,
            "region": REGION,
            "tags": {"backup": dice.choice(["p0", "p1", "both", "none"])},
            "size_gb": float(dice.choice([0, 1, 40, 333])),
            "daily_change": dice.choice([0.0, 0.01, 0.2]),
        }
        for number in range(dice.randint(1, 4))
    ]
    return model, rows


def _plan(dice: random.Random, number: int) -> ir.Plan:
    rules = tuple(_rule(dice, name) for name in ("a", "b", "c")[: dice.randint(1, 3)])
    tags = (("backup", f"p{number}"), ("backup", "both"))
    chosen = ir.PlanSelection("s", "role", Selection(resources=("*",), list_of_tags=()), (), NOWHERE)
    several = tuple(
        ir.PlanSelection(f"s{at}", "role", Selection(list_of_tags=(pair,)), (), NOWHERE) for at, pair in enumerate(tags)
    )
    return ir.Plan(f"p{number}", rules, (chosen,) if dice.random() < 0.1 else several, (), NOWHERE)


def _rule(dice: random.Random, name: str) -> ir.Rule:
    schedule, zone = dice.choice(SCHEDULES)
    continuous = dice.random() < 0.2
    kept = Lifecycle(None, dice.randint(1, 35)) if continuous else _lifecycle(dice)
    places = dice.sample(
        [(ir.ACCOUNT, ABROAD), (OTHER, REGION), (OTHER, ABROAD), (ir.ACCOUNT, REGION)], dice.randint(0, 2)
    )
    copies = tuple(ir.Copy(ir.VaultRef(*place, "far", ""), _lifecycle(dice), NOWHERE) for place in places)
    vault, window = dice.choice(["one", "two"]), dice.choice([60, 480])
    return ir.Rule(name, schedule, zone, True, vault, window, 600, kept, continuous, copies, (), NOWHERE)


def _lifecycle(dice: random.Random) -> Lifecycle:
    if dice.random() < 0.3:
        cold = dice.choice([1, 30, 100])
        return Lifecycle(cold, dice.choice([None, cold + 90, cold + 400]), archive=dice.random() < 0.7)
    return Lifecycle(None, dice.choice([None, 1, 2, 7, 35, 90, 400]))


@dataclass
class Store:
    """What one resource has in one vault."""

    warm: dict[int, datetime] = field(default_factory=dict)
    cold: dict[int, datetime] = field(default_factory=dict)
    moved: list[datetime] = field(default_factory=list)
    since: datetime | None = None
    back: int | None = None
    made: int = 0


Event = tuple[datetime, int, int, int, str, Store]
"""When, in which order at the same time, the numbers of the store and of the point, what happens."""


@dataclass
class Seen:
    """The end of one day of all resources; `usd` is what a month would cost with what is stored then."""

    warm: int = 0
    cold: int = 0
    gib: float = 0.0
    gib_cold: float = 0.0
    moved: float = 0.0
    usd: float = 0.0
    usd_moved: float = 0.0


def simulate(model: ir.Model, rows: list[dict[str, Any]], days: int, usd: Any) -> list[Seen]:
    """The ends of so many days; `usd` gives a price by type and tier."""
    seen = [Seen() for _ in range(days)]
    for row in rows:
        _one(model.shapes[0], row, seen, usd)
    return seen


def taken(shape: ir.Shape, row: dict[str, Any]) -> list[ir.Plan]:
    """The plans that take a resource, by their tags as drawn."""
    pair = "backup", row["tags"]["backup"]
    return [plan for plan in shape.plans if any(_is_for(one.selection, pair) for one in plan.selections)]


def _is_for(selection: Selection, pair: tuple[str, str]) -> bool:
    return not selection.list_of_tags or pair in selection.list_of_tags


def fires(rule: ir.Rule, end: datetime) -> Iterator[datetime]:
    """The firings of a rule up to a time."""
    start = datetime.combine(START, time(), UTC) - timedelta(seconds=1)
    for instant in cron.parse(rule.schedule).fires(start, rule.timezone):
        if instant > end:
            return
        yield instant


def can_copy(copy: ir.Copy, kind: str) -> bool:
    """Whether AWS copies a type there."""
    there = (copy.destination.account == ir.ACCOUNT, copy.destination.region == REGION)
    names = {
        (True, True): "same_region", (True, False): "cross_region",
        (False, True): "cross_account", (False, False): "cross_region_and_account",
    }  # fmt: skip
    return can(kind, names[there])


def can(kind: str, column: str) -> bool:
    """Whether a type can do something in the Region."""
    row = catalog.resource_type(kind)
    assert row is not None
    return catalog.cell(row, column, REGION) != "no"


def _cold(lifecycle: Lifecycle, kind: str) -> int | None:
    row = catalog.resource_type(kind)
    assert row is not None
    if row.cold_storage == "no" or (row.archive_opt_in == "yes" and not lifecycle.archive):
        return None
    return lifecycle.cold_after


def _one(shape: ir.Shape, row: dict[str, Any], seen: list[Seen], usd: Any) -> None:
    zero = datetime.combine(START, time(), UTC)
    end = zero + len(seen) * DAY
    stores: dict[tuple[str, ...], Store] = {}
    events: list[Event] = []
    for plan in taken(shape, row):
        for rule in plan.rules:
            for place, lifecycle, continuous in _goals(rule, row["type"]):
                # each continuous backup stands alone, also beside snapshots of the same vault
                key = (*place, plan.name, rule.name) if continuous else place
                store = stores.setdefault(key, Store())
                if continuous:
                    store.since, store.back = next(fires(rule, end), None), lifecycle.delete_after
                    continue
                for at in fires(rule, end):
                    if place[1] != REGION:
                        store.moved.append(at)
                    _expect(events, at, store, _cold(lifecycle, row["type"]), lifecycle.delete_after)
    for day, one in enumerate(seen, 1):
        now = zero + day * DAY
        while events and events[0][0] <= now:
            _happen(heapq.heappop(events))
        for store in stores.values():
            _look(one, store, row, now, usd)


def _goals(rule: ir.Rule, kind: str) -> Iterator[tuple[tuple[str, str, str], Lifecycle, bool]]:
    """Where a rule puts recovery points: the vault, the lifecycle, whether it is one continuous backup."""
    yield ("", REGION, rule.vault), rule.lifecycle, rule.continuous and can(kind, "continuous")
    for copy in rule.copies:
        to = copy.destination
        if can_copy(copy, kind):
            yield ("" if to.account == ir.ACCOUNT else to.account, to.region, to.name), copy.lifecycle, False


def _expect(events: list[Event], at: datetime, store: Store, cold: int | None, gone: int | None) -> None:
    store.made += 1
    heapq.heappush(events, (at, 2, id(store), store.made, "make", store))
    if cold is not None and (gone is None or cold < gone):
        heapq.heappush(events, (at + cold * DAY, 0, id(store), store.made, "cool", store))
    if gone is not None:
        heapq.heappush(events, (at + gone * DAY, 1, id(store), store.made, "drop", store))


def _happen(event: Event) -> None:
    at, _, _, point, what, store = event
    if what == "make":
        store.warm[point] = at
    elif what == "cool":
        store.cold[point] = store.warm.pop(point)
    else:
        store.warm.pop(point, None)
        store.cold.pop(point, None)


def _look(one: Seen, store: Store, row: dict[str, Any], now: datetime, usd: Any) -> None:
    kind, size = row["type"], row["size_gb"]
    change = size * row["daily_change"]
    full = not can(kind, "incremental")
    if store.since is not None and store.since <= now:
        age = (now - store.since) / DAY
        held = size + change * (age if store.back is None else min(age, store.back))
        one.warm, one.gib, one.usd = one.warm + 1, one.gib + held, one.usd + held * usd(kind, "continuous")
    held = 0.0
    if store.warm:
        made = store.warm.values()
        held = size * len(store.warm) if full else size + change * ((max(made) - min(made)) / DAY)
    frozen = size * len(store.cold)
    one.warm, one.cold = one.warm + len(store.warm), one.cold + len(store.cold)
    one.gib, one.gib_cold = one.gib + held + frozen, one.gib_cold + frozen
    one.usd += held * usd(kind, "warm") + frozen * usd(kind, "cold")
    today = sorted(at for at in set(store.moved) if now - DAY < at <= now or (at <= now and now.date() == START + DAY))
    moved = 0.0
    if full:
        moved = size * sum(now - DAY < at <= now or (at <= now and now.date() == START + DAY) for at in store.moved)
    elif today:
        earlier = [at for at in store.moved if at < today[0]]
        moved = change * ((today[-1] - (max(earlier) if earlier else today[0])) / DAY) + (0 if earlier else size)
    one.moved += moved
    one.usd_moved += moved * usd(kind, "transfer")
