"""Whether a resource is protected at all: by a plan, or by a recovery point that somebody made."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled, unsure
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql


def check(resource: Resource, place: Place, _: Parameters, __: datetime) -> Verdict:
    """A plan takes it, or a recovery point of it is here that can be restored."""
    if place.taking(resource):
        return met("a backup plan takes it")
    if place.whole.get(resource.arn):
        return met("it has a recovery point, though no backup plan takes it")
    if place.perhaps_taking(resource):
        return unsure("whether a backup plan takes it depends on what AWS leaves open, and it has no recovery point")
    return failed("no backup plan takes it, and it has no recovery point")


def sql(_: Parameters) -> Sql:
    """The same."""
    return Sql(
        status="""CASE WHEN x.sure OR y.newest IS NOT NULL THEN 'COMPLIANT' WHEN x.combo IS NOT NULL THEN 'UNKNOWN'
            ELSE 'NON_COMPLIANT' END""",
        reason="""CASE WHEN x.sure THEN 'a backup plan takes it'
            WHEN y.newest IS NOT NULL THEN 'it has a recovery point, though no backup plan takes it'
            WHEN x.combo IS NOT NULL
                THEN 'whether a backup plan takes it depends on what AWS leaves open, and it has no recovery point'
            ELSE 'no backup plan takes it, and it has no recovery point' END""",
        joins="""LEFT JOIN (SELECT combo, bool_or(sure) AS sure FROM combo_plans GROUP BY combo) x ON x.combo = s.combo
            LEFT JOIN points_by_thing y ON y.thing = s.thing""",
    )


CONTROL = Control(
    name="resource-protected",
    short="protected at all",
    title=titled("resource protected at all"),
    kind="resource",
    needs=frozenset({"resources", "plans", "vaults", "points"}),
    remedy="Tag it so that a plan takes it, or say in its tags that nobody needs it back.",
    check=check,
    sql=sql,
)
