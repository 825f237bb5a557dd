"""Time travel: which recovery points of a resource there are at an instant, and when the first is deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from backstay.testing.resource import type_of
from backstay.testing.starts import starts
from backstay.testing.streams import Place, places
from backstay.testing.wrong import UnknownError
from backstay_aws.lifecycle import dates

if TYPE_CHECKING:
    from backstay import ir
    from backstay.testing.resource import Resource

Served = tuple["ir.Shape", tuple["ir.Plan", ...]]
"""What a resource is in: its shape and the plans that take it."""
_LOOKED_AT = (timedelta(days=40), timedelta(days=400), timedelta(days=1500))
"""How far ahead a rule's first start is looked for; longer each time, and the last covers a 29 February."""


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """A recovery point as it is at an instant. Times are UTC; None means never.

    `created` is the scheduled start (AWS may begin later, within the start window); a copy has its source's. Of a
    continuous backup there is one point, and `created` is the oldest moment that it can be restored to. AWS deletes
    within eight hours after `delete_at`.
    """

    plan: str
    rule: str
    vault: str
    account: str
    region: str
    created: datetime
    age: timedelta
    tier: Literal["warm", "cold"]
    cold_at: datetime | None
    delete_at: datetime | None
    copied: bool = False
    continuous: bool = False

    def __repr__(self) -> str:
        gone = "for ever" if self.delete_at is None else f"until {self.delete_at:%Y-%m-%d %H:%M}Z"
        what = "a copy, " if self.copied else ""
        kept = "continuous" if self.continuous else f"{self.tier}, {gone}"
        made = f"{self.created:%Y-%m-%d %H:%M}Z"
        return f"<{self.plan}/{self.rule} of {made} in {self.vault}, {self.account}, {self.region}: {what}{kept}>"


def instant(moment: str | date | datetime) -> datetime:
    """An instant in UTC: of a day its first, of a time without zone that of UTC. Raises `ValueError` for other text."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def existing(resource: Resource, served: Served, at: datetime, since: datetime | None) -> tuple[RecoveryPoint, ...]:
    """The recovery points that exist at an instant, the oldest first, if the policies hold since another.

    Without `since` they have held for as long as anything is kept. Raises `UnknownError` where that is for ever.
    """
    shape, plans = served
    found = [one for plan in plans for one in _of_plan(resource, shape, plan, at, since)]
    return tuple(sorted(found, key=lambda one: (one.created, one.plan, one.rule, one.copied, one.vault)))


def first_deleted(resource: Resource, served: Served, since: datetime) -> RecoveryPoint | None:
    """The recovery point that is deleted first of all that are made from an instant on, as it is then."""
    shape, plans = served
    found = []
    for plan in plans:
        for rule, start in _first_starts(plan, since):
            for place in _places(resource, shape, rule):
                gone = dates(start, place.lifecycle).delete_at
                if gone is not None and not place.continuous:
                    found.append(_point(plan, rule, place, start, gone))
    return min(found, key=lambda one: (one.delete_at, one.copied, one.plan, one.rule, one.vault), default=None)


def _first_starts(plan: ir.Plan, since: datetime) -> Iterator[tuple[ir.Rule, datetime]]:
    for rule in plan.rules:
        for span in _LOOKED_AT:
            made = starts(plan, since, since + span)[rule.name]
            if made:
                yield rule, made[0]
                break


def _of_plan(
    resource: Resource, shape: ir.Shape, plan: ir.Plan, at: datetime, since: datetime | None
) -> Iterator[RecoveryPoint]:
    reached = {rule.name: tuple(_places(resource, shape, rule)) for rule in plan.rules}
    begin = min((_begin(plan, one, at, since) for ones in reached.values() for one in ones), default=at)
    made = starts(plan, begin, at)
    for rule in plan.rules:
        for place in reached[rule.name]:
            if place.continuous:
                yield from _continuous(plan, rule, place, at, since)
                continue
            for start in made[rule.name]:
                gone = dates(start, place.lifecycle).delete_at
                if gone is None or at < gone:
                    yield _point(plan, rule, place, start, at)


def _begin(plan: ir.Plan, place: Place, at: datetime, since: datetime | None) -> datetime:
    """The instant before which nothing that is still there was made."""
    kept = place.lifecycle.delete_after
    if kept is None and since is None:
        said = f"plan {plan.name} keeps recovery points for ever: say since when it holds, org.at(…, since=…)"
        raise UnknownError(said)
    whole = at - timedelta(days=kept) if kept is not None else since
    assert whole is not None
    return whole if since is None else max(whole, since)


def _continuous(
    plan: ir.Plan, rule: ir.Rule, place: Place, at: datetime, since: datetime | None
) -> Iterator[RecoveryPoint]:
    """The one point of a continuous backup, once it has begun; it has no date of deletion."""
    kept = place.lifecycle.delete_after
    oldest = [] if kept is None else [at - timedelta(days=kept)]
    if since is not None:
        began = starts(plan, since, min(at, since + _LOOKED_AT[1]))[rule.name]
        oldest = [*oldest, began[0]] if began else []
    if oldest:
        created = max(oldest)
        yield RecoveryPoint(
            plan=plan.name,
            rule=rule.name,
            vault=place.vault,
            account=place.account,
            region=place.region,
            created=created,
            age=at - created,
            tier="warm",
            cold_at=None,
            delete_at=None,
            continuous=True,
        )


def _point(plan: ir.Plan, rule: ir.Rule, place: Place, start: datetime, at: datetime) -> RecoveryPoint:
    days = dates(start, place.lifecycle)
    return RecoveryPoint(
        plan=plan.name,
        rule=rule.name,
        vault=place.vault,
        account=place.account,
        region=place.region,
        created=start,
        age=at - start,
        tier="cold" if days.cold_at is not None and days.cold_at <= at else "warm",
        cold_at=days.cold_at,
        delete_at=days.delete_at,
        copied=place.copied,
    )


def _places(resource: Resource, shape: ir.Shape, rule: ir.Rule) -> Iterator[Place]:
    row = type_of(resource.type)
    return places(resource.org.model, shape, rule, row, resource.account.id, resource.org.now)
