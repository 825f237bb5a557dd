"""Whether a resource is in a plan with a rule that copies elsewhere: to another account, or to another Region."""

from __future__ import annotations

from collections.abc import Callable, Collection

from backstay_agent.controls.control import Verdict, failed, met, unsure
from backstay_agent.controls.facts import CopyTo, Place, Plan, Resource
from backstay_agent.controls.sql import Sql, listed, text


def judge(
    resource: Resource, place: Place, wanted: Collection[str], where: Callable[[CopyTo], str], own: str, what: str
) -> Verdict:
    """Look for a copy to another place than `own`, or to one of `wanted` (any of them is enough) where named."""

    def found(plans: Collection[Plan]) -> str | None:
        for plan in plans:
            for rule in plan.rules:
                for copy in rule.copies:
                    there = where(copy)
                    if there != own and (not wanted or there in wanted):
                        return f"plan {plan.name}, rule {rule.name}, copies to {there}"
        return None

    sure, maybe = found(place.taking(resource)), found(place.perhaps_taking(resource))
    if sure:
        return met(sure)
    if maybe:
        return unsure(f"{maybe}, but whether that plan takes this resource depends on what AWS leaves open")
    named = f" ({', '.join(sorted(wanted))})" if wanted else ""
    if not resource.plans:
        return failed("no backup plan takes it, so nothing is copied")
    return failed(f"no rule of its plans copies to another {what}{named}")


def sql(wanted: Collection[str], there: str, what: str) -> Sql:
    """The same, once for each set of plans; `there` is a column of `copies`."""
    own = there.removeprefix("to_")
    among = f"AND list_contains({listed(wanted)}, c.{there})" if wanted else ""
    named = f" ({', '.join(sorted(wanted))})" if wanted else ""
    return Sql(
        status="""CASE WHEN x.sure IS NOT NULL THEN 'COMPLIANT' WHEN x.maybe IS NOT NULL THEN 'UNKNOWN'
            ELSE 'NON_COMPLIANT' END""",
        reason=f"""CASE WHEN x.sure IS NOT NULL THEN x.sure
            WHEN x.maybe IS NOT NULL
                THEN x.maybe || ', but whether that plan takes this resource depends on what AWS leaves open'
            WHEN NOT s.listed THEN 'no backup plan takes it, so nothing is copied'
            ELSE {text(f"no rule of its plans copies to another {what}{named}")} END""",
        joins=f"""LEFT JOIN (
            SELECT combo, min_by(told, k) FILTER (WHERE sure) AS sure, min_by(told, k) FILTER (WHERE NOT sure) AS maybe
            FROM (
                SELECT p.combo, p.sure, (p.number, r.number, c.number) AS k,
                    'plan ' || p.name || ', rule ' || r.name || ', copies to ' || c.{there} AS told
                FROM combo_plans p
                JOIN rules r ON (r.account, r.region, r.plan_id) = (p.account, p.region, p.plan_id)
                JOIN copies c ON (c.account, c.region, c.plan_id, c.rule) = (r.account, r.region, r.plan_id, r.number)
                WHERE c.{there} <> p.{own} {among}
            ) GROUP BY combo
        ) x ON x.combo = s.combo""",
    )
