"""Whether a resource is in at least one backup plan."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled, unsure
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql


def check(resource: Resource, place: Place, _: Parameters, __: datetime) -> Verdict:
    """A plan takes it, for certain."""
    sure, maybe = place.taking(resource), place.perhaps_taking(resource)
    if sure:
        return met(f"in {_names([plan.name for plan in sure])}")
    if maybe:
        names = _names([plan.name for plan in maybe])
        return unsure(f"whether {names} takes it depends on what AWS leaves open, such as a tag that it lacks")
    return failed("no backup plan takes it")


def _names(names: list[str]) -> str:
    return f"plan{'s' if len(names) > 1 else ''} {', '.join(sorted(names))}"


def sql(_: Parameters) -> Sql:
    """The same, once for each set of plans."""
    return Sql(
        status="""CASE WHEN len(x.sure) > 0 THEN 'COMPLIANT' WHEN len(x.maybe) > 0 THEN 'UNKNOWN'
            ELSE 'NON_COMPLIANT' END""",
        reason=f"""CASE WHEN len(x.sure) > 0 THEN 'in ' || {_named("x.sure")}
            WHEN len(x.maybe) > 0 THEN 'whether ' || {_named("x.maybe")}
                || ' takes it depends on what AWS leaves open, such as a tag that it lacks'
            ELSE 'no backup plan takes it' END""",
        joins="""LEFT JOIN (
            SELECT combo, list_sort(list(name) FILTER (WHERE sure)) AS sure,
                list_sort(list(name) FILTER (WHERE NOT sure)) AS maybe
            FROM combo_plans GROUP BY combo
        ) x ON x.combo = s.combo""",
    )


def _named(names: str) -> str:
    return f"CASE WHEN len({names}) > 1 THEN 'plans ' ELSE 'plan ' END || array_to_string({names}, ', ')"


CONTROL = Control(
    name="BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    short="in a plan",
    title=titled("resource in at least one backup plan"),
    kind="resource",
    needs=frozenset({"resources", "plans"}),
    remedy="Bring the resource under a plan: give it a tag that a selection asks for, or widen a selection.",
    check=check,
    sql=sql,
)
