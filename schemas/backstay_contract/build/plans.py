"""Plans, their rules and what they select, as `CreateBackupPlan` and `CreateBackupSelection` take them."""

from __future__ import annotations

from typing import Literal

from backstay_contract.build.aws import Aws


class Lifecycle(Aws):
    """`Lifecycle` of a rule or a copy; days."""

    move_to_cold_storage_after_days: int | None = None
    delete_after_days: int | None = None
    opt_in_to_archive_for_supported_resources: bool | None = None


class CopyAction(Aws):
    """`CopyAction`: where a rule's recovery points are copied to."""

    destination_backup_vault_arn: str
    lifecycle: Lifecycle | None = None


class IndexAction(Aws):
    """`IndexAction`: recovery points of these types get a search index."""

    resource_types: tuple[str, ...]


class ScanAction(Aws):
    """`ScanAction` of a rule; needs a `ScanSetting` on the plan."""

    malware_scanner: Literal["GUARDDUTY"] = "GUARDDUTY"
    scan_mode: Literal["FULL_SCAN", "INCREMENTAL_SCAN"]


class ScanSetting(Aws):
    """`ScanSetting` of a plan: which types are scanned, and with which role."""

    malware_scanner: Literal["GUARDDUTY"] = "GUARDDUTY"
    resource_types: tuple[str, ...]
    scanner_role_arn: str


class AdvancedBackupSetting(Aws):
    """`AdvancedBackupSetting`: options of a type, such as `{"WindowsVSS": "enabled"}` of EC2."""

    resource_type: str
    backup_options: dict[str, str]


class Rule(Aws):
    """`BackupRuleInput`; windows in minutes."""

    rule_name: str
    target_backup_vault_name: str
    schedule_expression: str
    schedule_expression_timezone: str = "UTC"
    start_window_minutes: int = 480
    completion_window_minutes: int = 10080
    lifecycle: Lifecycle | None = None
    copy_actions: tuple[CopyAction, ...] = ()
    recovery_point_tags: dict[str, str] = {}
    enable_continuous_backup: bool = False
    target_logically_air_gapped_backup_vault_arn: str | None = None
    index_actions: tuple[IndexAction, ...] | None = None
    scan_actions: tuple[ScanAction, ...] | None = None


class BackupPlan(Aws):
    """`BackupPlanInput`."""

    backup_plan_name: str
    rules: tuple[Rule, ...]
    advanced_backup_settings: tuple[AdvancedBackupSetting, ...] | None = None
    scan_settings: tuple[ScanSetting, ...] | None = None


class Plan(Aws):
    """The input of `CreateBackupPlan`."""

    backup_plan: BackupPlan
    backup_plan_tags: dict[str, str] = {}


class Condition(Aws):
    """A `ConditionParameter` of a selection; the key carries the prefix `aws:ResourceTag/`."""

    condition_key: str
    condition_value: str


class Conditions(Aws):
    """`Conditions` of a selection: all of them must hold."""

    string_equals: tuple[Condition, ...] = ()
    string_not_equals: tuple[Condition, ...] = ()
    string_like: tuple[Condition, ...] = ()
    string_not_like: tuple[Condition, ...] = ()


class TagCondition(Aws):
    """An element of `ListOfTags`: any of them suffices; the key carries no prefix."""

    condition_type: Literal["STRINGEQUALS"] = "STRINGEQUALS"
    condition_key: str
    condition_value: str


class BackupSelection(Aws):
    """`BackupSelection`: which resources a plan takes."""

    selection_name: str
    iam_role_arn: str
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    list_of_tags: tuple[TagCondition, ...] = ()
    conditions: Conditions | None = None


class Selection(Aws):
    """The input of `CreateBackupSelection`, with the plan's name where AWS wants its id."""

    backup_plan_name: str
    backup_selection: BackupSelection
