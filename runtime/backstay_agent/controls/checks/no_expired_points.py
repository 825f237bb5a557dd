"""Whether a recovery point is still there although its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met
from backstay_agent.controls.facts import Place, Point, short_name
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, day_and_time
from backstay_agent.controls.sql import short_name as short


def check(point: Point, _: Place, parameters: Parameters, now: datetime) -> Verdict:
    """AWS did not give up deleting it, and its last day was no longer ago than the days of grace."""
    of = f"this backup of {short_name(point.resource)}"
    grace = timedelta(days=parameters.number("graceDays") or 1)
    if point.status == "EXPIRED":
        return failed(f"{of} has expired, and AWS could not delete it")
    if point.delete_at is not None and now - point.delete_at > grace:
        return failed(f"{of} was to be deleted on {point.delete_at:%Y-%m-%d %H:%M} UTC and is still there")
    return met(f"{of} has not expired")


def sql(parameters: Parameters) -> Sql:
    """The same."""
    of = f"'this backup of ' || {short('s.resource')}"
    late = f"s.delete_at < :now - INTERVAL {parameters.number('graceDays') or 1} DAY"
    return Sql(
        status=f"CASE WHEN s.status = 'EXPIRED' OR {late} THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END",
        reason=f"""CASE WHEN s.status = 'EXPIRED' THEN {of} || ' has expired, and AWS could not delete it'
            WHEN {late} THEN {of} || ' was to be deleted on ' || {day_and_time("s.delete_at")} || ' and is still there'
            ELSE {of} || ' has not expired' END""",
    )


CONTROL = Control(
    name="no-expired-recovery-points",
    short="nothing expired is left",
    title=lambda parameters: f"expired recovery point gone after {ages.days(parameters.number('graceDays'))}",
    kind="stored point",
    needs=frozenset({"vaults", "points"}),
    remedy="See what keeps AWS from deleting it: the role of the plan, the resource's own snapshots, a legal hold.",
    check=check,
    sql=sql,
    severity="warning",
)
