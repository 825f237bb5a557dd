"""Arguments of Terraform's resources of AWS Backup as the bodies of AWS's operations.

Argument names: the pages of `aws_backup_*` in the documentation of Terraform's provider `aws` (read 2026-11); those of
`awscc` are CloudFormation's in lower case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backstay.importer.bodies import shapes
from backstay.importer.bodies.shapes import Shape
from backstay.importer.cloudformation.bodies import MAKERS, Made, Maker
from backstay.importer.cloudformation.leaves import Sink, document, flags, made_by, table
from backstay.importer.cloudformation.members import Spelling, Taker, pascal
from backstay.importer.cloudformation.placed import Placed
from backstay.importer.found import Kind

# An argument → the members that it can be; the one that the structure has is meant. All others are spelt alike.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "advanced_backup_setting": ("AdvancedBackupSettings",),
    "cold_storage_after": ("MoveToColdStorageAfterDays",),
    "completion_window": ("CompletionWindowMinutes",),
    "control": ("FrameworkControls",),
    "copy_action": ("CopyActions",),
    "delete_after": ("DeleteAfterDays",),
    "description": ("FrameworkDescription", "ReportPlanDescription", "Description"),
    "destination_vault_arn": ("DestinationBackupVaultArn",),
    "index_action": ("IndexActions",),
    "input_parameter": ("ControlInputParameters",),
    "key": ("ConditionKey", "Key"),
    "kms_key_arn": ("EncryptionKeyArn",),
    "name": (
        "BackupPlanName", "BackupVaultName", "ControlName", "FrameworkName", "ParameterName", "ReportPlanName",
        "RestoreTestingPlanName", "RestoreTestingSelectionName", "SelectionName", "TieringConfigurationName",
    ),
    "rule": ("Rules",),
    "scan_action": ("ScanActions",),
    "scan_setting": ("ScanSettings",),
    "schedule": ("ScheduleExpression",),
    "scope": ("ControlScope",),
    "selection_tag": ("ListOfTags",),
    "sns_topic_arn": ("SNSTopicArn",),
    "start_window": ("StartWindowMinutes",),
    "tags": ("BackupPlanTags", "BackupVaultTags", "FrameworkTags", "ReportPlanTags", "Tags"),
    "target_vault_name": ("TargetBackupVaultName",),
    "type": ("ConditionType",),
    "value": ("ConditionValue", "ParameterValue", "Value"),
    "condition": ("Conditions",),
}  # fmt: skip
_WINDOWS: Final[Mapping[str, int]] = {"StartWindowMinutes": 60, "CompletionWindowMinutes": 180}
"""Minutes that the provider sends for windows that are not said (`aws_backup_plan`, its plan.go; read 2026-11)."""
_UNSET_BY_ZERO: Final = ("MoveToColdStorageAfterDays", "DeleteAfterDays")
"""Days of which the provider sends nothing where they are 0 (`expandLifecycle` in its plan.go; read 2026-11)."""
_CC_ALIASES: Final[Mapping[str, str]] = {"BackupPlanRule": "Rules", "TargetBackupVault": "TargetBackupVaultName"}


def spelling(name: str, shape: Shape | None) -> str:
    """An argument's name in requests."""
    known = ALIASES.get(name, ())
    return next((one for one in known if shape is not None and one in shape.members), pascal(name))


def cc_spelling(name: str, _shape: Shape | None) -> str:
    """A property's name in requests, from how the provider `awscc` spells CloudFormation's."""
    made = "SNSTopicArn" if name == "sns_topic_arn" else pascal(name)
    return _CC_ALIASES.get(made, made)


def _plan(arguments: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
    plan = Taker(sink, spell, frozenset({"tags"})).structure(arguments, shapes.BACKUP_PLAN, "/BackupPlan")
    tags = arguments.get("tags")
    if plan is not None:
        _provided(plan, sink)
        made = table(tags, sink, "/BackupPlanTags") if tags is not None else None
        yield Made("plan", {"BackupPlan": plan, **({"BackupPlanTags": made} if made else {})}, arguments.span)


def _provided(plan: Any, sink: Sink) -> None:
    """Put into a plan what the provider makes of that which its rules do not say."""
    rules = plan.get("Rules") if isinstance(plan, dict) else None
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict):
            at = f"/BackupPlan/Rules/{number}"
            rule.update((member, minutes) for member, minutes in _WINDOWS.items() if member not in rule)
            _without_zero(rule, sink, at)
            copies = rule.get("CopyActions")
            for count, copy in enumerate(copies if isinstance(copies, list) else ()):
                _without_zero(copy, sink, f"{at}/CopyActions/{count}")


def _without_zero(body: Any, sink: Sink, at: str) -> None:
    lifecycle = body.get("Lifecycle") if isinstance(body, dict) else None
    if isinstance(lifecycle, dict):
        for member in (one for one in _UNSET_BY_ZERO if lifecycle.get(one) == 0):
            del lifecycle[member]
            sink.places.pop(f"{at}/Lifecycle/{member}", None)


def _selection(arguments: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
    plan = arguments.get("plan_id")
    merged = Placed({name: _merged(name, value) for name, value in arguments.value.items()}, arguments.span)
    taker = Taker(sink, spell, frozenset({"plan_id"}))
    body = taker.structure(merged, shapes.BACKUP_SELECTION, "/BackupSelection")
    if plan is None:
        sink.complain("missing-member", "a backup selection has no `plan_id`", arguments.span)
    elif body is not None:
        sink.places["/BackupPlanName"] = plan.span
        name = made_by("plan")(plan, sink, "/BackupPlanName")
        yield Made("selection", {"BackupPlanName": name, "BackupSelection": body}, arguments.span)


def _merged(name: str, value: Placed) -> Placed:
    """Several `condition` blocks as one: all of their conditions must hold."""
    if name != "condition" or not isinstance(value.value, list) or len(value.value) < 2:
        return value
    members: dict[str, list[Placed]] = {}
    for block in value.value:
        for kind, conditions in block.value.items():
            members.setdefault(kind, []).extend(conditions.value)
    return Placed({kind: Placed(listed, value.span) for kind, listed in members.items()}, value.span, value.key)


def _part(kind: Kind, shape: Shape) -> Maker:
    """A part of a vault that is a resource of its own."""

    def make(arguments: Placed, sink: Sink, spell: Spelling) -> Iterator[Made]:
        name = arguments.get("backup_vault_name")
        body = Taker(sink, spell, frozenset({"backup_vault_name"})).structure(arguments, shape)
        if name is None:
            sink.complain("missing-member", "it has no `backup_vault_name`", arguments.span)
        elif body is not None:
            sink.places["/BackupVaultName"] = name.span
            yield Made(kind, {"BackupVaultName": name.plain(), **body}, arguments.span)

    return make


def _access(arguments: Placed, sink: Sink, _spell: Spelling) -> Iterator[Made]:
    name, policy = arguments.get("backup_vault_name"), arguments.get("policy")
    if name is None or policy is None:
        sink.complain("missing-member", "it needs `backup_vault_name` and `policy`", arguments.span)
        return
    made = document(policy, sink, "/Policy")
    if made is not None:
        sink.places.update({"/BackupVaultName": name.span, "/Policy": policy.span})
        yield Made("access", {"BackupVaultName": name.plain(), "Policy": made}, arguments.span)


def _settings(arguments: Placed, sink: Sink, _spell: Spelling) -> Iterator[Made]:
    kinds: tuple[tuple[str, Kind], ...] = (
        ("resource_type_opt_in_preference", "region_settings"),
        ("resource_type_management_preference", "management_preferences"),
    )
    for argument, kind in kinds:
        said = arguments.get(argument)
        made = flags(said, sink, "") if said is not None else None
        if said is not None and isinstance(made, dict):
            yield Made(kind, made, said.span)
        elif said is not None and made is not None:
            sink.complain("undecided-value", f"`{argument}` is not known: {made.why} (`{made.brief}`)", said.span)


def _global_settings(arguments: Placed, sink: Sink, _spell: Spelling) -> Iterator[Made]:
    said = arguments.get("global_settings")
    made: Any = table(said, sink, "") if said is not None else None
    if said is not None and isinstance(made, dict):
        yield Made("global_settings", made, said.span)
    elif said is not None and made is not None:
        sink.complain("undecided-value", f"`global_settings` is not known: {made.why}", said.span)


RESOURCES: Final[Mapping[str, Maker]] = {
    "aws_backup_framework": MAKERS["Framework"],
    "aws_backup_global_settings": _global_settings,
    "aws_backup_logically_air_gapped_vault": MAKERS["LogicallyAirGappedBackupVault"],
    "aws_backup_plan": _plan,
    "aws_backup_region_settings": _settings,
    "aws_backup_report_plan": MAKERS["ReportPlan"],
    "aws_backup_restore_testing_plan": MAKERS["RestoreTestingPlan"],
    "aws_backup_restore_testing_selection": MAKERS["RestoreTestingSelection"],
    "aws_backup_selection": _selection,
    "aws_backup_tiering_configuration": MAKERS["TieringConfiguration"],
    "aws_backup_vault": MAKERS["BackupVault"],
    "aws_backup_vault_lock_configuration": _part("lock", shapes.LOCK),
    "aws_backup_vault_notifications": _part("notifications", shapes.NOTIFICATIONS),
    "aws_backup_vault_policy": _access,
}

CC_RESOURCES: Final[Mapping[str, Maker]] = {
    "awscc_backup_backup_plan": MAKERS["BackupPlan"],
    "awscc_backup_backup_selection": MAKERS["BackupSelection"],
    "awscc_backup_backup_vault": MAKERS["BackupVault"],
    "awscc_backup_framework": MAKERS["Framework"],
    "awscc_backup_legal_hold": MAKERS["LegalHold"],
    "awscc_backup_logically_air_gapped_backup_vault": MAKERS["LogicallyAirGappedBackupVault"],
    "awscc_backup_report_plan": MAKERS["ReportPlan"],
    "awscc_backup_restore_testing_plan": MAKERS["RestoreTestingPlan"],
    "awscc_backup_restore_testing_selection": MAKERS["RestoreTestingSelection"],
    "awscc_backup_tiering_configuration": MAKERS["TieringConfiguration"],
}
