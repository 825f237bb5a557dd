"""A plan as a backup policy spells it: what stands under the plan's name, without its Regions.

Source: Organizations User Guide, "Backup policy syntax and examples" (read 2026-11). Names of entries are in lower
case, every value is text and assigned once, and a copy action's key is the ARN that it copies to.
"""

from __future__ import annotations

from typing import Any

from backstay import ir
from backstay.emit.organizations.selection_groups import groups
from backstay_aws.lifecycle import Lifecycle

Body = dict[str, Any]
Pairs = tuple[tuple[str, str], ...]

ADVANCED = {
    # (ResourceType, option) of `AdvancedBackupSettings` → type and option as a backup policy spells them
    ("EC2", "WindowsVSS"): ("ec2", "windows_vss"),
    ("S3", "BackupACLs"): ("s3", "backup_acls"),
    ("S3", "BackupObjectTags"): ("s3", "backup_object_tags"),
}
SCANNER = "GUARDDUTY"
"""The one malware scanner that there is, in capitals as the syntax page has it."""


def plan_body(plan: ir.Plan) -> Body:
    """The plan's document but for `regions`. The plan must be free of obstacles (`obstacles.py`)."""
    chosen = [group for selection in plan.selections for group in groups(selection)]
    body: Body = {
        "rules": {rule.name.lower(): _rule(rule) for rule in plan.rules},
        "selections": {
            kind: {group.name: group.body for group in chosen if group.kind == kind}
            for kind in sorted({group.kind for group in chosen})
        },
        "advanced_backup_settings": _advanced(plan),
        "backup_plan_tags": _tags(plan.tags),
    }
    if plan.scan is not None:
        settings = {"resource_types": assign(plan.scan.types), "scanner_role_arn": assign(plan.scan.role_arn)}
        body["scan_settings"] = {SCANNER: settings}
    return _full(body)


def assign(value: str | tuple[str, ...]) -> Body:
    """A leaf that sets its value, whatever stood there."""
    return {"@@assign": value if isinstance(value, str) else list(value)}


def own_vault(partition: str, name: str) -> str:
    """An air-gapped vault of the account and Region that the plan runs in, as a backup policy must write it."""
    return f"arn:{partition}:backup:$region:{ir.ACCOUNT}:backup-vault:{name}"


def _rule(rule: ir.Rule) -> Body:
    body: Body = {
        "schedule_expression": assign(rule.schedule),
        "target_backup_vault_name": assign(rule.vault),
        "start_backup_window_minutes": assign(str(rule.start_window)),
        "complete_backup_window_minutes": assign(str(rule.completion_window)),
        "lifecycle": _lifecycle(rule.lifecycle),
        "copy_actions": {copy.destination.arn: _copy(copy) for copy in rule.copies},
        "recovery_point_tags": _tags(rule.tags),
    }
    if rule.continuous:
        body["enable_continuous_backup"] = assign("true")
    if rule.air_gapped is not None:
        partition = rule.air_gapped.arn.split(":")[1]
        body["target_logically_air_gapped_backup_vault_arn"] = assign(own_vault(partition, rule.air_gapped.name))
    if rule.index:
        body["index_actions"] = {"resource_types": assign(rule.index)}
    if rule.scan is not None:
        body["scan_actions"] = {SCANNER: {"scan_mode": assign(rule.scan)}}
    return _full(body)


def _copy(copy: ir.Copy) -> Body:
    body = {"target_backup_vault_arn": assign(copy.destination.arn), "lifecycle": _lifecycle(copy.lifecycle)}
    return _full(body)


def _lifecycle(lifecycle: Lifecycle) -> Body:
    days = {
        "move_to_cold_storage_after_days": lifecycle.cold_after,
        "delete_after_days": lifecycle.delete_after,
    }
    body = {name: assign(str(count)) for name, count in days.items() if count is not None}
    if body and lifecycle.archive:
        body["opt_in_to_archive_for_supported_resources"] = assign("true")
    return body


def _tags(pairs: Pairs) -> Body:
    return {key.lower(): {"tag_key": assign(key), "tag_value": assign(value)} for key, value in pairs}


def _advanced(plan: ir.Plan) -> Body:
    found: dict[str, Body] = {}
    for kind, options in plan.advanced:
        for option, value in options:
            type_name, name = ADVANCED[kind, option]
            found.setdefault(type_name, {})[name] = assign(value)
    return dict(found)


def _full(body: Body) -> Body:
    """Without the members that hold nothing: an empty container says nothing."""
    return {name: value for name, value in body.items() if value}
