"""Whether a backup plan and its selections are what the build says."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.facts import Place, PlanPromise
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql


def check(promise: PlanPromise, _: Place, __: Parameters, ___: datetime) -> Verdict:
    """Nothing differs."""
    if not promise.differences:
        return met(f"plan {promise.plan} is as the policy says")
    by = f" ({promise.origin})" if promise.origin else ""
    return failed(f"plan {promise.plan} is not as the policy{by} says: {'; '.join(promise.differences)}")


def sql(_: Parameters) -> Sql:
    """The same."""
    return Sql(
        status="CASE WHEN len(s.differences) = 0 THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END",
        reason="""CASE WHEN len(s.differences) = 0 THEN 'plan ' || s.plan || ' is as the policy says'
            ELSE 'plan ' || s.plan || ' is not as the policy' || coalesce(' (' || s.origin || ')', '') || ' says: '
                || array_to_string(s.differences, '; ') END""",
    )


CONTROL = Control(
    name="plan-as-promised",
    short="plan as promised",
    title=titled("backup plan as promised"),
    kind="promised plan",
    needs=frozenset({"plans"}),
    remedy="Apply the build again, or bring the change that was made by hand into the policy.",
    check=check,
    sql=sql,
    command="backstay apply BUILD --account {account}",
)
