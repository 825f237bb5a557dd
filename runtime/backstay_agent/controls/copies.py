"""Whether a resource is in a plan with a rule that copies elsewhere: to another account, or to another Region."""

from __future__ import annotations

from collections.abc import Callable, Collection

from backstay_agent.controls.control import Verdict, failed, met, unsure
from backstay_agent.controls.facts import CopyTo, Place, Plan, Resource


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
