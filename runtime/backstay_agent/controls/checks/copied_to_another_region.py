"""Whether a resource is in a plan that copies to another Region."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls import copies
from backstay_agent.controls.control import Control, Verdict
from backstay_agent.controls.facts import Place, Resource
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql


def check(resource: Resource, place: Place, parameters: Parameters, _: datetime) -> Verdict:
    """A rule of one of its plans copies to another Region, to one of those listed if any is."""
    wanted = parameters.listed("crossRegionList")
    return copies.judge(resource, place, wanted, lambda copy: copy.region, place.region, "Region")


def _title(parameters: Parameters) -> str:
    listed = parameters.listed("crossRegionList")
    return f"copied to {' or '.join(listed)}" if listed else "copied to another Region"


def sql(parameters: Parameters) -> Sql:
    """The same, once for each set of plans."""
    return copies.sql(parameters.listed("crossRegionList"), "to_region", "Region")


CONTROL = Control(
    name="BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION",
    short="copied to a Region",
    title=_title,
    kind="resource",
    needs=frozenset({"resources", "plans"}),
    remedy="Add a copy to a vault in another Region to a rule of the resource's plan.",
    check=check,
    sql=sql,
)
