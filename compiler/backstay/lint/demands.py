"""What the controls of a framework ask for: their parameters, AWS's defaults where a policy names none."""

from __future__ import annotations

from backstay.ir import Control
from backstay.lint import words
from backstay_aws import catalog

IN_PLAN = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"
PLAN = "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"
DELETION = "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"
ENCRYPTED = "BACKUP_RECOVERY_POINT_ENCRYPTED"
RETENTION = "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"
OTHER_REGION = "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION"
OTHER_ACCOUNT = "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT"
LOCK = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"
LAST_POINT = "BACKUP_LAST_RECOVERY_POINT_CREATED"
RESTORE_TIME = "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"
AIR_GAP = "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT"

_WORDS = {
    # AWS's name → the constructor by which policies name it
    IN_PLAN: "in_backup_plan",
    PLAN: "plan_frequency_and_retention",
    DELETION: "manual_deletion_disabled",
    ENCRYPTED: "recovery_points_encrypted",
    RETENTION: "minimum_retention",
    OTHER_REGION: "copied_to_other_region",
    OTHER_ACCOUNT: "copied_to_other_account",
    LOCK: "vault_lock",
    LAST_POINT: "last_recovery_point",
    RESTORE_TIME: "restore_time",
    AIR_GAP: "air_gapped",
}
_ASKED = {
    # control → what the catalogue calls its Config rule
    IN_PLAN: "protected-by-plan",
    LAST_POINT: "last-recovery-point",
    RESTORE_TIME: "restore-time",
    AIR_GAP: "air-gap",
}
_OPEN = "unknown"
_HOURS = {"hours": 1, "days": 24}
_MINUTES = 60


def blind(control: str, type_name: str) -> bool:
    """Whether AWS says that a control does not look at a type; what it leaves open, it might."""
    row = catalog.resource_type(type_name)
    if row is None:
        return False
    known = row.config_rules and _OPEN not in row.config_rules
    return row.audit_manager == "no" or bool(known and control in _ASKED and _ASKED[control] not in row.config_rules)


def word(name: str) -> str:
    """What a policy calls a control."""
    return _WORDS.get(name, name)


def text(control: Control, name: str) -> str | None:
    """A parameter, or AWS's default for it; None if there is neither."""
    row = catalog.control(control.name)
    defaults = {one.name: one.default for one in row.parameters} if row is not None else {}
    return dict(control.parameters).get(name, defaults.get(name))


def number(control: Control, name: str) -> int | None:
    """A parameter that is a number; None if it is absent, or no number."""
    found = text(control, name)
    return int(found) if found is not None and found.isascii() and found.isdigit() else None


def listed(control: Control, name: str) -> tuple[str, ...]:
    """A parameter that is a list; empty if it is absent."""
    return tuple(part for part in (text(control, name) or "").split(",") if part)


def age(control: Control, prefix: str) -> int | None:
    """The hours of a pair of parameters, unit and value: `recoveryPointAge`, `requiredFrequency`."""
    count = number(control, f"{prefix}Value")
    unit = _HOURS.get(text(control, f"{prefix}Unit") or "")
    return None if count is None or unit is None else count * unit


def hours(count: float) -> str:
    """Hours as a complaint says them: `1 day`, `6 hours`."""
    return words.minutes(round(count * _MINUTES))


def every(count: float) -> str:
    """Hours between two of something, after a verb: `every hour`, `every 2 days`."""
    return words.every(round(count * _MINUTES))
