"""Whether an exception that the policies make still holds."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.facts import Place, Waived
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql


def check(waiver: Waived, _: Place, __: Parameters, now: datetime) -> Verdict:
    """Its last day is not over; days are those of UTC."""
    told = f"of {waiver.owner}, until {waiver.expires}: {waiver.reason}"
    return met(f"in force, {told}") if now.date() <= waiver.expires else failed(f"lapsed, {told}")


def sql(_: Parameters) -> Sql:
    """The same."""
    told = "'of ' || s.owner || ', until ' || strftime(s.expires, '%Y-%m-%d') || ': ' || s.reason"
    return Sql(
        status="CASE WHEN CAST(:now AS DATE) <= s.expires THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END",
        reason=f"CASE WHEN CAST(:now AS DATE) <= s.expires THEN 'in force, ' ELSE 'lapsed, ' END || {told}",
    )


CONTROL = Control(
    name="waiver-in-force",
    short="waivers in force",
    title=titled("waiver in force"),
    kind="waiver",
    needs=frozenset(),
    remedy="Repair what it excuses and remove it, or have its owner renew it with a reason of today.",
    check=check,
    sql=sql,
    severity="warning",
)
