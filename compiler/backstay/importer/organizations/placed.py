"""Where a backup policy says what: the places of the members of the bodies that its plans become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backstay.importer.organizations.document import PREFIX, Document
from backstay.source.text import DataPath
from backstay_contract.findings import Span

EMPTY: Final[Mapping[str, Any]] = {}
RULE: Final[Mapping[str, str]] = {
    # path in a rule → path in BackupRuleInput
    "target_backup_vault_name": "TargetBackupVaultName",
    "target_logically_air_gapped_backup_vault_arn": "TargetLogicallyAirGappedBackupVaultArn",
    "schedule_expression": "ScheduleExpression",
    "schedule_expression_timezone": "ScheduleExpressionTimezone",
    "start_backup_window_minutes": "StartWindowMinutes",
    "complete_backup_window_minutes": "CompletionWindowMinutes",
    "enable_continuous_backup": "EnableContinuousBackup",
    "recovery_point_tags": "RecoveryPointTags",
    "index_actions": "IndexActions",
    "scan_actions": "ScanActions",
}
LIFECYCLE: Final[Mapping[str, str]] = {
    "lifecycle/move_to_cold_storage_after_days": "Lifecycle/MoveToColdStorageAfterDays",
    "lifecycle/delete_after_days": "Lifecycle/DeleteAfterDays",
    "lifecycle/opt_in_to_archive_for_supported_resources": "Lifecycle/OptInToArchiveForSupportedResources",
}
SELECTION: Final[Mapping[str, str]] = {
    "iam_role_arn": "IamRoleArn",
    "tag_key": "ListOfTags",
    "resource_types": "Resources",
    "not_resource_types": "NotResources",
    "conditions": "Conditions",
}
OPERATORS: Final[Mapping[str, str]] = {
    # key of conditions → member of Conditions
    "string_equals": "StringEquals",
    "string_not_equals": "StringNotEquals",
    "string_like": "StringLike",
    "string_not_like": "StringNotLike",
}
TEST: Final[Mapping[str, str]] = {"condition_key": "ConditionKey", "condition_value": "ConditionValue"}
Places = Mapping[str, Span]


def of_plan(document: Document, plan: Mapping[str, Any], at: DataPath) -> Places:
    """By JSON pointer into the request of CreateBackupPlan."""
    return dict(_plan(document, plan, at))


def of_selection(document: Document, one: Mapping[str, Any], at: DataPath) -> Places:
    """By JSON pointer into the request of CreateBackupSelection."""
    found = dict(_members(document, one, at, SELECTION, "/BackupSelection"))
    found |= _conditions(document, one, at)
    if "tag_key" in one:
        key = value(document, (*at, "tag_key"))
        for number in range(len(one.get("tag_value") or ())):
            found[f"/BackupSelection/ListOfTags/{number}/ConditionKey"] = key
            found[f"/BackupSelection/ListOfTags/{number}"] = value(document, (*at, "tag_value"))
            found[f"/BackupSelection/ListOfTags/{number}/ConditionValue"] = value(document, (*at, "tag_value"))
    return found


def _conditions(document: Document, one: Mapping[str, Any], at: DataPath) -> Iterator[tuple[str, Span]]:
    said = one.get("conditions") or EMPTY
    for key, member in OPERATORS.items():
        for number, (name, test) in enumerate((said.get(key) or EMPTY).items()):
            here, pointer = (*at, "conditions", key, name), f"/BackupSelection/Conditions/{member}/{number}"
            yield from _members(document, test, here, TEST, pointer)


def value(document: Document, path: DataPath) -> Span:
    """The place of a value: of what an operator assigns, where one stands around it."""
    said: Any = document.plans
    for part in path:
        said = said.get(part) if isinstance(said, Mapping) else None
    operator = next((name for name in said if name.startswith(PREFIX)), None) if isinstance(said, Mapping) else None
    return document.text.place((*document.inside, *path, *(() if operator is None else (operator,))))


def _plan(document: Document, plan: Mapping[str, Any], at: DataPath) -> Iterator[tuple[str, Span]]:
    for number, (name, rule) in enumerate((plan.get("rules") or EMPTY).items()):
        here, pointer = (*at, "rules", name), f"/BackupPlan/Rules/{number}"
        yield pointer, document.place(here)
        yield f"{pointer}/RuleName", document.place(here)
        yield from _members(document, rule, here, {**RULE, **LIFECYCLE}, pointer)
        for count, (arn, copy) in enumerate((rule.get("copy_actions") or EMPTY).items()):
            there, inner = (*here, "copy_actions", arn), f"{pointer}/CopyActions/{count}"
            yield inner, document.place(there)
            yield f"{inner}/DestinationBackupVaultArn", document.place(there)
            yield from _members(document, copy, there, LIFECYCLE, inner)
    settings = {"backup_plan_tags": "BackupPlanTags", "advanced_backup_settings": "BackupPlan/AdvancedBackupSettings",
                "scan_settings": "BackupPlan/ScanSettings/0"}  # fmt: skip
    yield from _members(document, plan, at, settings, "")


def _members(
    document: Document, said: Mapping[str, Any], at: DataPath, table: Mapping[str, str], pointer: str
) -> Iterator[tuple[str, Span]]:
    """The places of those members of a table that a part of the policy has."""
    for path, member in table.items():
        first, _, last = path.partition("/")
        inner = said.get(first)
        if inner is not None and (not last or (isinstance(inner, Mapping) and last in inner)):
            yield f"{pointer}/{member}", value(document, (*at, *path.split("/")))
