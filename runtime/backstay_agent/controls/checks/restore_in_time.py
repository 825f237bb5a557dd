"""Whether the latest restore of a resource was fast enough."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, unsure
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql

# What AWS's samples give maxRestoreTime; no page says what holds without it (developer guide, read 2026-11).
_USUAL = 720


def check(resource: Resource, place: Place, parameters: Parameters, _: datetime) -> Verdict:
    """Its minutes, begun ones counted, are no more than the target; of one never restored nothing can be said."""
    target = parameters.number("maxRestoreTime") or _USUAL
    latest = place.restored.get(resource.arn)
    if latest is None or latest.completed is None:
        return unsure("it was never restored")
    took = -(-int((latest.completed - latest.created).total_seconds()) // 60)
    told = f"the latest restore took {took} minutes, the target is {target}"
    return met(told) if took <= target else failed(told)


def sql(parameters: Parameters) -> Sql:
    """The same."""
    target = parameters.number("maxRestoreTime") or _USUAL
    took = "(((epoch_us(x.completed) - epoch_us(x.created)) // 1000000 + 59) // 60)"
    return Sql(
        status=f"""CASE WHEN x.thing IS NULL THEN 'UNKNOWN' WHEN {took} <= {target} THEN 'COMPLIANT'
            ELSE 'NON_COMPLIANT' END""",
        reason=f"""CASE WHEN x.thing IS NULL THEN 'it was never restored'
            ELSE 'the latest restore took ' || {took} || ' minutes, the target is {target}' END""",
        joins="LEFT JOIN restored_thing x ON x.thing = s.thing",
    )


CONTROL = Control(
    name="RESTORE_TIME_FOR_RESOURCES_MEET_TARGET",
    short="restored in time",
    title=lambda parameters: f"latest restore within {parameters.number('maxRestoreTime') or _USUAL} minutes",
    kind="resource",
    needs=frozenset({"resources", "restores"}),
    remedy="Measure what the restore waits for (size, type, cold storage), or set a target that it can meet.",
    check=check,
    sql=sql,
)
