"""Whether a recovery point of a resource came into a logically air-gapped vault lately."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met
from backstay_agent.controls.facts import AIR_GAPPED, Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, ago, day_and_time

_VALUE, _UNIT = "recoveryPointAgeValue", "recoveryPointAgeUnit"


def check(resource: Resource, place: Place, parameters: Parameters, now: datetime) -> Verdict:
    """One that is whole lies in an air-gapped vault of this account and Region and is new enough."""
    gapped = {vault.name for vault in place.vaults if vault.type == AIR_GAPPED}
    newest = max((one.created for one in place.whole.get(resource.arn, ()) if one.vault in gapped), default=None)
    if newest is None:
        return failed("it has no recovery point in an air-gapped vault here")
    told = f"the latest in an air-gapped vault was made {newest:%Y-%m-%d %H:%M} UTC, {ages.ago(now - newest)} ago"
    return met(told) if now - newest <= ages.span(parameters, _VALUE, _UNIT) else failed(told)


def sql(parameters: Parameters) -> Sql:
    """The same."""
    age = int(ages.span(parameters, _VALUE, _UNIT).total_seconds())
    return Sql(
        status=f"""CASE WHEN epoch_us(:now) - epoch_us(x.air_gapped) <= {age * 1_000_000} THEN 'COMPLIANT'
            ELSE 'NON_COMPLIANT' END""",
        reason=f"""CASE WHEN x.air_gapped IS NULL THEN 'it has no recovery point in an air-gapped vault here'
            ELSE 'the latest in an air-gapped vault was made ' || {day_and_time("x.air_gapped")} || ', '
                || {ago("x.air_gapped")} || ' ago' END""",
        joins="LEFT JOIN points_by_thing x ON x.thing = s.thing",
    )


def _title(parameters: Parameters) -> str:
    return f"in an air-gapped vault within {ages.told(parameters, _VALUE, _UNIT)}"


CONTROL = Control(
    name="RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT",
    short="in an air-gapped vault",
    title=_title,
    kind="resource",
    needs=frozenset({"resources", "vaults", "points"}),
    remedy="Give a rule of the resource's plan a copy to an air-gapped vault, where its type can be copied there.",
    check=check,
    sql=sql,
)
