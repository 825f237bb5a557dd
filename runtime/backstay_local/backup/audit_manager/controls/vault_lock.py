"""BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK: a resource is backed up into a locked vault."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import SELECTION, Control
from backstay_local.backup.audit_manager.facts import Locked, Resource


def judge(resource: Resource, asked: Asked) -> Verdict:
    """Whether a rule targets a vault whose lock keeps at least, and at most, as long as asked."""
    locks = [lock for rule in resource.rules for lock in rule.locks]
    if not locks:
        return "NON_COMPLIANT", "No backup plan puts backups of the resource into a locked vault."
    least, most = asked.number("minRetentionDays"), asked.number("maxRetentionDays")
    if any(_fits(lock, least, most) for lock in locks):
        return "COMPLIANT", "A backup plan puts backups of the resource into a locked vault."
    return "NON_COMPLIANT", f"No locked vault of the resource keeps for {_range(least, most)}."


def _fits(lock: Locked, least: int | None, most: int | None) -> bool:
    long = least is None or (lock.min_days is not None and lock.min_days >= least)
    return long and (most is None or (lock.max_days is not None and lock.max_days <= most))


def _range(least: int | None, most: int | None) -> str:
    bounds = [f"at least {least} days" if least is not None else "", f"at most {most} days" if most is not None else ""]
    return " and ".join(bound for bound in bounds if bound)


CONTROL = Control(
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", None, SELECTION, lambda facts: facts.resources(None), judge
)
