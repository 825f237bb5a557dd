"""Everything that an AWS holds which an agent may have made, without ids and times: to compare, and to count.

It is read by plain boto3, by operations that are looked up in tables; nothing of the agent takes part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from backstay_local import LocalAws

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=_)[0-9a-f]{32}\b")
_DROPPED = {
    "ResponseMetadata",
    "VersionId",
    "RuleId",
    "CreatorRequestId",
    "ETag",
    "NextToken",
    "NumberOfRecoveryPoints",
}

_THERE = ("CREATING", "AVAILABLE", "ACTIVE")
"""How far AWS is with a thing follows from the clock, and not from who asked for it."""

# Noun → list operation, its member, and what is asked of each item: operation, and member ← item's member.
_Asked = tuple[str, Mapping[str, str]]
NOUNS: tuple[tuple[str, str, str, tuple[_Asked, ...]], ...] = (
    (
        "vaults",
        "list_backup_vaults",
        "BackupVaultList",
        (
            ("describe_backup_vault", {"BackupVaultName": "BackupVaultName"}),
            ("get_backup_vault_access_policy", {"BackupVaultName": "BackupVaultName"}),
            ("get_backup_vault_notifications", {"BackupVaultName": "BackupVaultName"}),
            ("list_tags", {"ResourceArn": "BackupVaultArn"}),
        ),
    ),
    (
        "plans",
        "list_backup_plans",
        "BackupPlansList",
        (("get_backup_plan", {"BackupPlanId": "BackupPlanId"}), ("list_tags", {"ResourceArn": "BackupPlanArn"})),
    ),
    (
        "frameworks",
        "list_frameworks",
        "Frameworks",
        (("describe_framework", {"FrameworkName": "FrameworkName"}), ("list_tags", {"ResourceArn": "FrameworkArn"})),
    ),
    (
        "report plans",
        "list_report_plans",
        "ReportPlans",
        (
            ("describe_report_plan", {"ReportPlanName": "ReportPlanName"}),
            ("list_tags", {"ResourceArn": "ReportPlanArn"}),
        ),
    ),
    (
        "restore testing plans",
        "list_restore_testing_plans",
        "RestoreTestingPlans",
        (
            ("get_restore_testing_plan", {"RestoreTestingPlanName": "RestoreTestingPlanName"}),
            ("list_restore_testing_selections", {"RestoreTestingPlanName": "RestoreTestingPlanName"}),
            ("list_tags", {"ResourceArn": "RestoreTestingPlanArn"}),
        ),
    ),
    ("legal holds", "list_legal_holds", "LegalHolds", (("get_legal_hold", {"LegalHoldId": "LegalHoldId"}),)),
    (
        "tiering configurations",
        "list_tiering_configurations",
        "TieringConfigurations",
        (("get_tiering_configuration", {"TieringConfigurationName": "TieringConfigurationName"}),),
    ),
)
JOBS = (
    ("backup jobs", "list_backup_jobs", "BackupJobs", ("ResourceArn", "State", "BackupVaultName")),
    ("copy jobs", "list_copy_jobs", "CopyJobs", ("ResourceArn", "State", "DestinationBackupVaultArn")),
    ("restore jobs", "list_restore_jobs", "RestoreJobs", ("ResourceType", "Status")),
)


def state(local: LocalAws, accounts: Iterable[str], regions: Iterable[str]) -> dict[str, Any]:
    """Every noun of every place that has any, in a form that is equal where nothing but ids and times differs."""
    places = {f"{account} {region}": _place(local, account, region) for account in accounts for region in regions}
    found: dict[str, Any] = {name: place for name, place in places.items() if place}
    backup = local.client("backup", local.management_account, next(iter(regions)))
    found["global settings"] = _plain(backup.describe_global_settings()["GlobalSettings"])
    return found


def _place(local: LocalAws, account: str, region: str) -> dict[str, Any]:
    backup = local.client("backup", account, region)
    found: dict[str, Any] = {}
    for noun, listing, member, asked in NOUNS:
        items = getattr(backup, listing)()[member]
        found[noun] = sorted((_item(backup, item, asked) for item in items), key=_spelled)
    for plan in backup.list_backup_plans()["BackupPlansList"]:
        found.setdefault("selections", []).extend(_selections(backup, plan))
    for noun, listing, member, kept in JOBS:
        found[noun] = sorted(
            ({name: item.get(name) for name in kept} for item in getattr(backup, listing)()[member]), key=_spelled
        )
    found["opt-ins"] = {
        name: value
        for name, value in backup.describe_region_settings()["ResourceTypeOptInPreference"].items()
        if not value
    }
    return {noun: items for noun, items in found.items() if items}


def _selections(backup: Any, plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    identity = plan["BackupPlanId"]
    listed = backup.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]
    bodies = [
        backup.get_backup_selection(BackupPlanId=identity, SelectionId=it["SelectionId"])["BackupSelection"]
        for it in listed
    ]
    return sorted(({"plan": plan["BackupPlanName"], **_plain(body)} for body in bodies), key=_spelled)


def _item(backup: Any, item: Mapping[str, Any], asked: tuple[_Asked, ...]) -> dict[str, Any]:
    told = {}
    for operation, members in asked:
        try:
            given = getattr(backup, operation)(**{name: item[source] for name, source in members.items()})
        except backup.exceptions.ResourceNotFoundException:
            given = {}
        told[operation] = _plain(given)
    return told


def _plain(value: Any) -> Any:
    """A value without what differs from run to run."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in sorted(value.items()) if name not in _DROPPED}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, datetime):
        return "<time>"
    if value in _THERE:
        return "<there>"
    return _UUID.sub("<id>", value) if isinstance(value, str) else value


def _spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Where two states differ, a line for each noun of each place."""
    told = []
    for place in sorted({*found, *wanted}):
        one, other = found.get(place, {}), wanted.get(place, {})
        if place == "global settings":
            told += [f"{place}: {one} instead of {other}"] if one != other else []
            continue
        told += [
            f"{place}: {noun}: {_spelled(one.get(noun, []))} instead of {_spelled(other.get(noun, []))}"
            for noun in sorted({*one, *other})
            if one.get(noun) != other.get(noun)
        ]
    return told
