"""The plans that an effective backup policy says, account and Region filled in. Pure.

Source: Organizations User Guide, "Backup policy syntax and examples"; Backup API `BackupPlanInput`; read 2026-11.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_local.backup import plans, rules
from backstay_local.backup.rows import Json

_SPACE = uuid.UUID("6b1d3a52-3c0e-4f4c-9a53-0d9a4e0b9c11")  # whatever; it must only never change
_OPERATORS = {
    "string_equals": "StringEquals",
    "string_not_equals": "StringNotEquals",
    "string_like": "StringLike",
    "string_not_like": "StringNotLike",
}
_OPTIONS = {
    "ec2": ("EC2", {"windows_vss": "WindowsVSS"}),
    "s3": ("S3", {"backup_acls": "BackupACLs", "backup_object_tags": "BackupObjectTags"}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """The account and Region that a plan is for, and the management account of its organization."""

    manager: str
    account: str
    region: str

    def fill(self, text: str) -> str:
        """A text with the account and the Region in the place of their names."""
        return text.replace("$account", self.account).replace("$region", self.region)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan as it shall be in one account and Region."""

    id: str
    region: str
    body: Json
    """BackupPlan as AWS Backup keeps it, rules with their ids."""
    selections: tuple[tuple[str, Json], ...]
    """Ids and BackupSelections."""
    tags: dict[str, str]


def planned(text: str, manager: str, account: str) -> Iterator[Planned]:
    """Every plan of an effective policy, in every Region that it names.

    Ids follow from names, as those of AWS do (version 3 of UUIDs): the same plan has the same id whenever it comes.
    """
    for name, plan in json.loads(text).get("plans", {}).items():
        for region in plan.get("regions", []):
            yield _plan(Place(manager, account, region), name, plan)


def _id(*names: str) -> str:
    return str(uuid.uuid3(_SPACE, "/".join(names)))


def _plan(place: Place, name: str, plan: Json) -> Planned:
    own = _id(place.manager, place.account, place.region, name)
    body: Json = {
        "BackupPlanName": name,
        "Rules": [
            rules.completed(_rule(place, rule_name, rule), _id(own, "rule", rule_name))
            for rule_name, rule in plan.get("rules", {}).items()
        ],
    }
    if advanced := list(_advanced(plan.get("advanced_backup_settings", {}))):
        body["AdvancedBackupSettings"] = advanced
    if scans := list(_scan_settings(place, plan.get("scan_settings", {}))):
        body["ScanSettings"] = scans
    selections = tuple(
        (_id(own, kind, selection), read(place, selection, members))
        for kind, read in (("tags", _by_tags), ("resources", _by_resources))
        for selection, members in plan.get("selections", {}).get(kind, {}).items()
    )
    return Planned(plans.MANAGED + own, place.region, body, selections, _tags(plan.get("backup_plan_tags", {})))


def _rule(place: Place, name: str, rule: Json) -> Json:
    air_gapped = rule.get("target_logically_air_gapped_backup_vault_arn")
    scans = rule.get("scan_actions", {})
    members = {
        "RuleName": name,
        "TargetBackupVaultName": rule.get("target_backup_vault_name"),
        "TargetLogicallyAirGappedBackupVaultArn": place.fill(air_gapped) if air_gapped else None,
        "ScheduleExpression": rule.get("schedule_expression"),
        "StartWindowMinutes": _number(rule.get("start_backup_window_minutes")),
        "CompletionWindowMinutes": _number(rule.get("complete_backup_window_minutes")),
        "EnableContinuousBackup": rule.get("enable_continuous_backup") == "true" or None,
        "Lifecycle": _lifecycle(rule),
        "CopyActions": [_copy(place, key, action) for key, action in rule.get("copy_actions", {}).items()] or None,
        "RecoveryPointTags": _tags(rule.get("recovery_point_tags", {})) or None,
        "IndexActions": _index(rule.get("index_actions", {})),
        "ScanActions": [
            {"MalwareScanner": scanner.upper(), "ScanMode": action.get("scan_mode")}
            for scanner, action in scans.items()
        ]
        or None,
    }
    return {member: value for member, value in members.items() if value is not None}


def _index(actions: Json) -> list[Json] | None:
    types = actions.get("resource_types")
    return [{"ResourceTypes": list(types)}] if types else None


def _copy(place: Place, key: str, action: Json) -> Json:
    """A copy; without a target of its own the key is the target (semantics of the syntax page)."""
    lifecycle = _lifecycle(action)
    target = place.fill(action.get("target_backup_vault_arn") or key)
    return {"DestinationBackupVaultArn": target} | ({"Lifecycle": lifecycle} if lifecycle else {})


def _lifecycle(node: Json) -> Json | None:
    given = node.get("lifecycle", {})
    opted = given.get("opt_in_to_archive_for_supported_resources")
    members = {
        "MoveToColdStorageAfterDays": _number(given.get("move_to_cold_storage_after_days")),
        "DeleteAfterDays": _number(given.get("delete_after_days")),
        "OptInToArchiveForSupportedResources": opted == "true" if opted is not None else None,
    }
    return {member: value for member, value in members.items() if value is not None} or None


def _by_tags(place: Place, name: str, selection: Json) -> Json:
    key = selection["tag_key"]
    tags = [
        {"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}
        for value in selection["tag_value"]
    ]
    return _selection(place, name, selection, {"ListOfTags": tags})


def _by_resources(place: Place, name: str, selection: Json) -> Json:
    """Types of resources; one with conditions only takes everything for which they hold."""
    members = {"Resources": list(selection.get("resource_types") or ["*"])}
    if selection.get("not_resource_types"):
        members["NotResources"] = list(selection["not_resource_types"])
    return _selection(place, name, selection, members)


def _selection(place: Place, name: str, selection: Json, members: Json) -> Json:
    conditions = {
        _OPERATORS[operator]: [
            {"ConditionKey": one["condition_key"], "ConditionValue": one["condition_value"]} for one in named.values()
        ]
        for operator, named in selection.get("conditions", {}).items()
    }
    body = {"SelectionName": name, "IamRoleArn": place.fill(selection["iam_role_arn"]), **members}
    return body | ({"Conditions": conditions} if conditions else {})


def _advanced(settings: Json) -> Iterator[Json]:
    for service, given in settings.items():
        kind, names = _OPTIONS[service]
        yield {"ResourceType": kind, "BackupOptions": {names[option]: value for option, value in given.items()}}


def _scan_settings(place: Place, settings: Json) -> Iterator[Json]:
    for scanner, given in settings.items():
        members = {
            "MalwareScanner": scanner.upper(),
            "ResourceTypes": list(given.get("resource_types", [])),
            "ScannerRoleArn": place.fill(given.get("scanner_role_arn", "")),
        }
        yield {member: value for member, value in members.items() if value}


def _tags(entries: Mapping[str, Any]) -> dict[str, str]:
    return {entry["tag_key"]: entry["tag_value"] for entry in entries.values()}


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
