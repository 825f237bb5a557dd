"""Whether a resource is in at least one backup plan."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled, unsure
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters


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


CONTROL = Control(
    name="BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    short="in a plan",
    title=titled("resource in at least one backup plan"),
    kind="resource",
    needs=frozenset({"resources", "plans"}),
    remedy="Bring the resource under a plan: give it a tag that a selection asks for, or widen a selection.",
    check=check,
)
