"""Backup plans and selections as Terraform resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from backstay.emit.terraform import gaps
from backstay.emit.terraform.labels import label
from backstay.emit.terraform.within import Resource, Within
from backstay_contract import build

PLAN = "aws_backup_plan"
SELECTION = "aws_backup_selection"


def plans(within: Within) -> Iterator[Resource]:
    """Every plan of a shape, and what the plans select."""
    yield from (_plan(within, plan) for plan in within.shape.plans)
    yield from (_selection(within, selection) for selection in within.shape.selections)


def _plan(within: Within, plan: build.Plan) -> Resource:
    body = plan.backup_plan
    advanced = [
        {"resource_type": one.resource_type, "backup_options": dict(one.backup_options)}
        for one in body.advanced_backup_settings or ()
        if gaps.takes_advanced(one.resource_type)
    ]
    scans = [
        {
            "malware_scanner": one.malware_scanner,
            "resource_types": list(one.resource_types),
            "scanner_role_arn": within.role_arn(one.scanner_role_arn),
        }
        for one in body.scan_settings or ()
    ]
    arguments = {
        "name": within.text(body.backup_plan_name),
        "rule": [_rule(within, rule) for rule in body.rules],
        **({"advanced_backup_setting": advanced} if advanced else {}),
        **({"scan_setting": scans} if scans else {}),
        **within.tags(plan.backup_plan_tags),
        **_renamed(within, body.backup_plan_name),
    }
    return Resource(PLAN, label(body.backup_plan_name), arguments)


def _renamed(within: Within, plan: str) -> dict[str, Any]:
    """The provider replaces a plan of another name, and its selections: the new ones stand before the old ones go."""
    renamed = any(moved.kind == "plan" and moved.name == plan for moved in within.shape.moved)
    return {"lifecycle": {"create_before_destroy": True}} if renamed else {}


def _rule(within: Within, rule: build.Rule) -> dict[str, Any]:
    air_gapped = rule.target_logically_air_gapped_backup_vault_arn
    scans = [{"malware_scanner": one.malware_scanner, "scan_mode": one.scan_mode} for one in rule.scan_actions or ()]
    copies = [
        {
            "destination_vault_arn": within.vault_arn(copy.destination_backup_vault_arn),
            **_lifecycle(copy.lifecycle),
        }
        for copy in rule.copy_actions
    ]
    return {
        "rule_name": within.text(rule.rule_name),
        "target_vault_name": within.vault_name(rule.target_backup_vault_name),
        "schedule": within.text(rule.schedule_expression),
        "schedule_expression_timezone": within.text(rule.schedule_expression_timezone),
        "start_window": rule.start_window_minutes,
        "completion_window": rule.completion_window_minutes,
        "enable_continuous_backup": rule.enable_continuous_backup,
        **_lifecycle(rule.lifecycle),
        **({"copy_action": copies} if copies else {}),
        **within.tags(rule.recovery_point_tags, "recovery_point_tags"),
        **({"target_logically_air_gapped_backup_vault_arn": within.vault_arn(air_gapped)} if air_gapped else {}),
        **({"scan_action": scans} if scans else {}),
    }


def _lifecycle(lifecycle: build.Lifecycle | None) -> dict[str, Any]:
    if lifecycle is None:
        return {}
    days = {
        "cold_storage_after": lifecycle.move_to_cold_storage_after_days,
        "delete_after": lifecycle.delete_after_days,
        "opt_in_to_archive_for_supported_resources": lifecycle.opt_in_to_archive_for_supported_resources,
    }
    return {"lifecycle": [{name: value for name, value in days.items() if value is not None}]}


def _selection(within: Within, selection: build.Selection) -> Resource:
    body = selection.backup_selection
    tags = [
        {"type": tag.condition_type, **_pair(within, tag.condition_key, tag.condition_value)}
        for tag in body.list_of_tags
    ]
    arguments = {
        "name": within.text(body.selection_name),
        "plan_id": f"${{{PLAN}.{label(selection.backup_plan_name)}.id}}",
        "iam_role_arn": within.role_arn(body.iam_role_arn),
        **({"resources": within.texts(body.resources)} if body.resources else {}),
        **({"not_resources": within.texts(body.not_resources)} if body.not_resources else {}),
        **({"selection_tag": tags} if tags else {}),
        **({"condition": [_conditions(within, body.conditions)]} if body.conditions is not None else {}),
        **_renamed(within, selection.backup_plan_name),
        **within.rights(body.iam_role_arn),
    }
    return Resource(SELECTION, label(selection.backup_plan_name, body.selection_name), arguments)


def _conditions(within: Within, conditions: build.Conditions) -> dict[str, Any]:
    def block(pairs: Iterable[build.Condition]) -> list[dict[str, str]]:
        return [_pair(within, one.condition_key, one.condition_value) for one in pairs]

    blocks = {
        "string_equals": block(conditions.string_equals),
        "string_not_equals": block(conditions.string_not_equals),
        "string_like": block(conditions.string_like),
        "string_not_like": block(conditions.string_not_like),
    }
    return {name: pairs for name, pairs in blocks.items() if pairs}


def _pair(within: Within, key: str, value: str) -> dict[str, str]:
    return {"key": within.text(key), "value": within.text(value)}
