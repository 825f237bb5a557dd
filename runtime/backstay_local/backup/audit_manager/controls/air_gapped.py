"""RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT: a recovery point of a resource came into an air-gapped vault lately."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import POINT, Control
from backstay_local.backup.audit_manager.controls.recent import verdict
from backstay_local.backup.audit_manager.facts import Resource


def judge(resource: Resource, asked: Asked) -> Verdict:
    """Whether one lies in a logically air-gapped vault of this account and Region, and is new enough."""
    return verdict(resource.last_air_gapped, asked, "in a logically air-gapped vault")


CONTROL = Control(
    "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT", None, POINT, lambda facts: facts.resources("air-gap"), judge
)
