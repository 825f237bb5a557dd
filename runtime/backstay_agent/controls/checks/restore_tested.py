"""Whether restoring a resource was tried lately, and went as fast as it should."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, ago, number


def check(resource: Resource, place: Place, parameters: Parameters, now: datetime) -> Verdict:
    """A restore of it was completed within the days, and the latest one within the minutes where a target is set."""
    days, target = parameters.number("testedWithinDays") or 365, parameters.number("maxRestoreMinutes")
    latest = place.restored.get(resource.arn)
    if latest is None or latest.completed is None:
        return failed(f"it was never restored; once in {days} days is wanted")
    told = f"it was restored {ages.ago(now - latest.completed)} ago"
    if now - latest.completed > timedelta(days=days):
        return failed(f"{told}; once in {days} days is wanted")
    took = -(-int((latest.completed - latest.created).total_seconds()) // 60)
    if target is not None and took > target:
        return failed(f"{told}, which took {took} minutes; {target} are wanted")
    return met(f"{told}, which took {took} minutes")


def sql(parameters: Parameters) -> Sql:
    """The same."""
    days, target = parameters.number("testedWithinDays") or 365, number(parameters.number("maxRestoreMinutes"))
    took = "(((epoch_us(x.completed) - epoch_us(x.created)) // 1000000 + 59) // 60)"
    old = f"epoch_us(:now) - epoch_us(x.completed) > {days * 86_400_000_000}"
    told = f"'it was restored ' || {ago('x.completed')} || ' ago'"
    return Sql(
        status=f"""CASE WHEN x.thing IS NULL OR {old} OR coalesce({took} > {target}, FALSE) THEN 'NON_COMPLIANT'
            ELSE 'COMPLIANT' END""",
        reason=f"""CASE WHEN x.thing IS NULL THEN 'it was never restored; once in {days} days is wanted'
            WHEN {old} THEN {told} || '; once in {days} days is wanted'
            WHEN {took} > {target} THEN {told} || ', which took ' || {took} || ' minutes; ' || {target} || ' are wanted'
            ELSE {told} || ', which took ' || {took} || ' minutes' END""",
        joins="LEFT JOIN restored_thing x ON x.thing = s.thing",
    )


def _title(parameters: Parameters) -> str:
    target = parameters.number("maxRestoreMinutes")
    within = f", in {target} minutes" if target else ""
    return f"restore tried within {ages.days(parameters.number('testedWithinDays'))}{within}"


CONTROL = Control(
    name="restore-tested",
    short="restore tried",
    title=_title,
    kind="resource",
    needs=frozenset({"resources", "restores"}),
    remedy="Give the policy a RestoreTest that takes this resource, or try it now.",
    check=check,
    sql=sql,
    severity="warning",
    command="backstay restore-test BUILD --account {account}",
)
