"""Index actions and scan actions of a plan: what AWS refuses in them, and what they mean for one resource.

Pure. Sources: semantics §2.9 and the API reference (`IndexAction`, `ScanAction`, `ScanSetting`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from backstay_aws import arns, catalog
from backstay_local.backup.rows import Json

EVERY = "ALL"
"""In a scan setting: every type that can be scanned."""


@cache
def indexable() -> frozenset[str]:
    """The resource types whose recovery points can have a search index."""
    return frozenset(row.name for row in catalog.resource_types() if row.index == "yes")


@cache
def scannable() -> frozenset[str]:
    """The resource types whose recovery points can be scanned for malware."""
    return frozenset(row.name for row in catalog.resource_types() if row.malware_scan == "yes")


def index_reasons(rule: Mapping[str, Any], most_types: int) -> Iterator[str]:
    """What AWS refuses in the index actions of a rule."""
    actions = rule.get("IndexActions") or []
    most = catalog.limit("index_actions_per_rule")
    if len(actions) > most:
        yield f"IndexActions cannot have more than {_elements(most)}"
    for action in actions:
        named = action.get("ResourceTypes") or []
        if len(named) > most_types:
            yield f"ResourceTypes of an index action cannot have more than {_elements(most_types)}"
        for kind in sorted(set(named) - indexable()):
            yield f"Resource type {kind} of an index action must be one of {', '.join(sorted(indexable()))}"


def scan_reasons(rule: Mapping[str, Any]) -> Iterator[str]:
    """What AWS refuses in the scan actions of a rule."""
    for action in rule.get("ScanActions") or []:
        for name in ("MalwareScanner", "ScanMode"):
            if not action.get(name):
                yield f"A scan action needs {name}"


def setting_reasons(plan: Mapping[str, Any]) -> Iterator[str]:
    """What AWS refuses in the scan settings of a plan."""
    known = scannable() | {EVERY}
    for setting in plan.get("ScanSettings") or []:
        for name in ("MalwareScanner", "ResourceTypes", "ScannerRoleArn"):
            if not setting.get(name):
                yield f"A scan setting needs {name}."
        for kind in sorted(set(setting.get("ResourceTypes") or []) - known):
            yield f"Resource type {kind} of a scan setting must be one of {', '.join(sorted(known))}."
        role = setting.get("ScannerRoleArn")
        parsed = arns.parse(role) if role else None
        if role and (parsed is None or parsed.service != "iam" or not parsed.resource.startswith("role/")):
            yield f"ScannerRoleArn {role} is not the ARN of an IAM role."


def half_scans(plan: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Scan actions without scan settings, and the reverse: the name of the rule, if it is one's, and the reason."""
    settings = {setting.get("MalwareScanner") for setting in plan.get("ScanSettings") or []}
    acted = {
        action.get("MalwareScanner") for rule in plan.get("Rules") or [] for action in rule.get("ScanActions") or []
    }
    for rule in plan.get("Rules") or []:
        for action in rule.get("ScanActions") or []:
            if action.get("MalwareScanner") not in settings:
                yield str(rule.get("RuleName")), "ScanActions need ScanSettings for their scanner in the backup plan"
    if settings - acted:
        yield None, "ScanSettings need ScanActions for their scanner in a rule of the backup plan."


def options(plan: Json, resource_type: str) -> dict[str, str]:
    """The advanced settings of a plan for a type."""
    settings = plan.get("AdvancedBackupSettings") or []
    return next((one.get("BackupOptions") or {} for one in settings if one.get("ResourceType") == resource_type), {})


def indexes(rule: Json, resource_type: str) -> bool:
    """Whether the backups that a rule takes of a type get a search index."""
    return any(resource_type in (action.get("ResourceTypes") or []) for action in rule.get("IndexActions") or [])


def scans(plan: Json, rule: Json, resource_type: str) -> list[Json]:
    """The scans that follow a backup of a type: the rule's actions, each with its scanner's role from the plan."""
    if resource_type not in scannable():
        return []
    return [
        {**action, "ScannerRoleArn": setting["ScannerRoleArn"]}
        for action in rule.get("ScanActions") or []
        for setting in plan.get("ScanSettings") or []
        if setting.get("MalwareScanner") == action.get("MalwareScanner")
        and {resource_type, EVERY} & set(setting.get("ResourceTypes") or [])
    ]


def _elements(number: int) -> str:
    return "one element" if number == 1 else f"{number} elements"
