"""Whether a recovery point of a resource was made recently enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_agent.controls.control import Control, Verdict, failed, met
from backstay_agent.controls.facts import Place, Point, Resource
from backstay_agent.controls.parameters import Parameters

_WHOLE = {"COMPLETED", "AVAILABLE"}
_LIVE = "AVAILABLE"  # what a continuous backup is while it runs; it can be restored to minutes ago


def check(resource: Resource, place: Place, parameters: Parameters, now: datetime) -> Verdict:
    """One was made in this account and Region within the age, or a continuous one runs; copies do not count."""
    age = _age(parameters)
    points = [point for point in place.originals.get(resource.arn, ()) if point.status in _WHOLE]
    if not points:
        return failed("it has no recovery point here")
    if any(_live(point) for point in points):
        return met("a continuous backup is running")
    newest = points[0].created
    told = f"the latest was made {newest:%Y-%m-%d %H:%M} UTC, {_ago(now - newest)} ago"
    return met(told) if now - newest <= age else failed(told)


def _live(point: Point) -> bool:
    return point.status == _LIVE


def _age(parameters: Parameters) -> timedelta:
    value = parameters.number("recoveryPointAgeValue") or 1
    return timedelta(hours=value) if parameters.word("recoveryPointAgeUnit") == "hours" else timedelta(days=value)


def _ago(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{minutes // 60} hours" if minutes < 2 * 24 * 60 else f"{minutes // 1440} days"


def _title(parameters: Parameters) -> str:
    value, unit = parameters.number("recoveryPointAgeValue"), parameters.word("recoveryPointAgeUnit")
    return f"last recovery point within {value} {unit.removesuffix('s') if value == 1 else unit}"


CONTROL = Control(
    name="BACKUP_LAST_RECOVERY_POINT_CREATED",
    short="recent recovery point",
    title=_title,
    kind="resource",
    needs=frozenset({"resources", "vaults", "points"}),
    remedy="See why no backup was made: the last jobs' messages, and whether a plan takes the resource at all.",
    check=check,
)
