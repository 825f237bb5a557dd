"""Whether a recovery point of a resource was made recently enough."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met
from backstay_agent.controls.facts import LIVE, WHOLE, Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, ago, day_and_time


def check(resource: Resource, place: Place, parameters: Parameters, now: datetime) -> Verdict:
    """One was made in this account and Region within the age, or a continuous one runs; copies do not count."""
    age = ages.span(parameters, "recoveryPointAgeValue", "recoveryPointAgeUnit")
    points = [point for point in place.originals.get(resource.arn, ()) if point.status in WHOLE]
    if not points:
        return failed("it has no recovery point here")
    if any(point.status == LIVE for point in points):
        return met("a continuous backup is running")
    newest = points[0].created
    told = f"the latest was made {newest:%Y-%m-%d %H:%M} UTC, {ages.ago(now - newest)} ago"
    return met(told) if now - newest <= age else failed(told)


def _title(parameters: Parameters) -> str:
    return f"last recovery point within {ages.told(parameters, 'recoveryPointAgeValue', 'recoveryPointAgeUnit')}"


def sql(parameters: Parameters) -> Sql:
    """The same."""
    age = int(ages.span(parameters, "recoveryPointAgeValue", "recoveryPointAgeUnit").total_seconds())
    recent = f"epoch_us(:now) - epoch_us(x.made) <= {age * 1_000_000}"
    return Sql(
        status=f"CASE WHEN x.made IS NULL THEN 'NON_COMPLIANT' WHEN x.live OR {recent} THEN 'COMPLIANT'"
        " ELSE 'NON_COMPLIANT' END",
        reason=f"""CASE WHEN x.made IS NULL THEN 'it has no recovery point here'
            WHEN x.live THEN 'a continuous backup is running'
            ELSE 'the latest was made ' || {day_and_time("x.made")} || ', ' || {ago("x.made")} || ' ago' END""",
        joins="LEFT JOIN points_by_thing x ON x.thing = s.thing",
    )


CONTROL = Control(
    name="BACKUP_LAST_RECOVERY_POINT_CREATED",
    short="recent recovery point",
    title=_title,
    kind="resource",
    needs=frozenset({"resources", "vaults", "points"}),
    remedy="See why no backup was made: the last jobs' messages, and whether a plan takes the resource at all.",
    check=check,
    sql=sql,
)
