"""Whether a recovery point expires at all."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.facts import Place, Point, short_name
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql
from backstay_agent.controls.sql import short_name as short


def check(point: Point, _: Place, __: Parameters, ___: datetime) -> Verdict:
    """Its lifecycle ends."""
    of = f"this backup of {short_name(point.resource)}"
    return failed(f"{of} never expires") if point.keep_days is None else met(f"{of} expires")


def sql(_: Parameters) -> Sql:
    """The same."""
    of = f"'this backup of ' || {short('s.resource')}"
    return Sql(
        status="CASE WHEN s.keep_days IS NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END",
        reason=f"CASE WHEN s.keep_days IS NULL THEN {of} || ' never expires' ELSE {of} || ' expires' END",
    )


CONTROL = Control(
    name="recovery-points-expire",
    short="points expire",
    title=titled("recovery point expires"),
    kind="recovery point",
    needs=frozenset({"vaults", "points"}),
    remedy="Give it a lifecycle (UpdateRecoveryPointLifecycle), or the rule that makes these a retention.",
    check=check,
    sql=sql,
    severity="warning",
)
