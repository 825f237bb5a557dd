"""BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION: backups of a resource are copied to another Region."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import SELECTION, Control
from backstay_local.backup.audit_manager.controls.copied import verdict
from backstay_local.backup.audit_manager.facts import Resource


def judge(resource: Resource, asked: Asked) -> Verdict:
    """Whether the copies of the resource's plans go to the Regions of `crossRegionList`, or to any other."""
    reached = {copy.region for rule in resource.rules for copy in rule.copies}
    wanted = asked.listed("crossRegionList")
    return verdict(reached, wanted, asked.region, what="Region", every=asked.every_destination)


CONTROL = Control(
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION", None, SELECTION, lambda facts: facts.resources(None), judge
)
