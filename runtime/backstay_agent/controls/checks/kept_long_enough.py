"""Whether a recovery point is kept for long enough."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met
from backstay_agent.controls.facts import Place, Point, short_name
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql
from backstay_agent.controls.sql import short_name as short


def check(point: Point, _: Place, parameters: Parameters, __: datetime) -> Verdict:
    """Its lifecycle keeps it for the wanted days; for ever is long enough."""
    wanted = parameters.number("requiredRetentionDays") or 0
    of = f"this backup of {short_name(point.resource)}"
    if point.keep_days is None:
        return met(f"{of} is kept for ever")
    if point.keep_days >= wanted:
        return met(f"{of} is kept for {point.keep_days} days")
    return failed(f"{of} is kept for {point.keep_days} days, {wanted} are wanted")


def sql(parameters: Parameters) -> Sql:
    """The same."""
    wanted = parameters.number("requiredRetentionDays") or 0
    of = f"'this backup of ' || {short('s.resource')}"
    return Sql(
        status=f"CASE WHEN s.keep_days < {wanted} THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END",
        reason=f"""CASE WHEN s.keep_days IS NULL THEN {of} || ' is kept for ever'
            WHEN s.keep_days >= {wanted} THEN {of} || ' is kept for ' || s.keep_days || ' days'
            ELSE {of} || ' is kept for ' || s.keep_days || ' days, {wanted} are wanted' END""",
    )


CONTROL = Control(
    name="BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
    short="kept long enough",
    title=lambda parameters: f"recovery point kept for {ages.days(parameters.number('requiredRetentionDays'))}",
    kind="recovery point",
    needs=frozenset({"vaults", "points"}),
    remedy="Raise the retention of the rule or copy that makes these; those made already stay as they are.",
    check=check,
    sql=sql,
)
