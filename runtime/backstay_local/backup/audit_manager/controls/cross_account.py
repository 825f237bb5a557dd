"""BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT: backups of a resource are copied to another account."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import SELECTION, Control
from backstay_local.backup.audit_manager.controls.copied import verdict
from backstay_local.backup.audit_manager.facts import Resource


def judge(resource: Resource, asked: Asked) -> Verdict:
    """Whether the copies of the resource's plans go to the accounts of `crossAccountList`, or to any other."""
    reached = {copy.account for rule in resource.rules for copy in rule.copies}
    wanted = asked.listed("crossAccountList")
    return verdict(reached, wanted, asked.account, what="account", every=asked.every_destination)


CONTROL = Control(
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT", None, SELECTION, lambda facts: facts.resources(None), judge
)
