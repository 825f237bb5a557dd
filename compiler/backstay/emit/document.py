"""A shape as the build has it: the contract's types, with AWS's member names."""

from __future__ import annotations

from backstay import ir
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import TAG_PREFIX
from backstay_contract import build

Pairs = tuple[tuple[str, str], ...]


def shape(model: ir.Shape) -> build.Shape:
    """Everything that the accounts of a shape get in its Region."""
    locked = [(vault.name, vault.lock) for vault in model.vaults if vault.lock is not None]
    admitted = [(vault.name, vault.policy) for vault in model.vaults if vault.policy is not None]
    told = [(vault.name, vault.notifications) for vault in model.vaults if vault.notifications is not None]
    return build.Shape(
        region=model.region,
        plans=tuple(_plan(plan) for plan in model.plans),
        selections=tuple(_selection(plan.name, chosen) for plan in model.plans for chosen in plan.selections),
        vaults=tuple(_vault(vault) for vault in model.vaults),
        vault_locks=tuple(_lock(name, lock) for name, lock in locked),
        vault_access_policies=tuple(
            build.VaultAccessPolicy(backup_vault_name=name, policy=dict(policy)) for name, policy in admitted
        ),
        vault_notifications=tuple(_notifications(name, one) for name, one in told),
        region_settings=dict(model.opt_in),
    )


def _plan(plan: ir.Plan) -> build.Plan:
    body = build.BackupPlan(backup_plan_name=plan.name, rules=tuple(_rule(rule) for rule in plan.rules))
    return build.Plan(backup_plan=body, backup_plan_tags=dict(plan.tags))


def _rule(rule: ir.Rule) -> build.Rule:
    return build.Rule(
        rule_name=rule.name,
        target_backup_vault_name=rule.vault,
        schedule_expression=rule.schedule,
        schedule_expression_timezone=rule.timezone,
        start_window_minutes=rule.start_window,
        completion_window_minutes=rule.completion_window,
        lifecycle=_lifecycle(rule.lifecycle),
        copy_actions=tuple(
            build.CopyAction(destination_backup_vault_arn=copy.destination.arn, lifecycle=_lifecycle(copy.lifecycle))
            for copy in rule.copies
        ),
        recovery_point_tags=dict(rule.tags),
        enable_continuous_backup=rule.continuous,
    )


def _lifecycle(lifecycle: Lifecycle) -> build.Lifecycle | None:
    if lifecycle.cold_after is None and lifecycle.delete_after is None:
        return None
    return build.Lifecycle(
        move_to_cold_storage_after_days=lifecycle.cold_after,
        delete_after_days=lifecycle.delete_after,
        opt_in_to_archive_for_supported_resources=lifecycle.archive or None,
    )


def _selection(plan: str, chosen: ir.PlanSelection) -> build.Selection:
    selection = chosen.selection
    conditions = build.Conditions(
        string_equals=_conditions(selection.string_equals),
        string_not_equals=_conditions(selection.string_not_equals),
        string_like=_conditions(selection.string_like),
        string_not_like=_conditions(selection.string_not_like),
    )
    body = build.BackupSelection(
        selection_name=chosen.name,
        iam_role_arn=chosen.role_arn,
        resources=selection.resources,
        not_resources=selection.not_resources,
        list_of_tags=tuple(build.TagCondition(condition_key=k, condition_value=v) for k, v in selection.list_of_tags),
        conditions=conditions if conditions != build.Conditions() else None,
    )
    return build.Selection(backup_plan_name=plan, backup_selection=body)


def _conditions(pairs: Pairs) -> tuple[build.Condition, ...]:
    return tuple(build.Condition(condition_key=TAG_PREFIX + key, condition_value=value) for key, value in pairs)


def _vault(vault: ir.Vault) -> build.Vault:
    return build.Vault(
        backup_vault_name=vault.name, encryption_key_arn=vault.key_arn, backup_vault_tags=dict(vault.tags)
    )


def _lock(vault: str, lock: ir.Lock) -> build.VaultLock:
    return build.VaultLock(
        backup_vault_name=vault,
        min_retention_days=lock.minimum,
        max_retention_days=lock.maximum,
        changeable_for_days=lock.grace if lock.mode == "compliance" else None,
    )


def _notifications(vault: str, one: ir.Notifications) -> build.VaultNotifications:
    return build.VaultNotifications(
        backup_vault_name=vault, sns_topic_arn=one.topic_arn, backup_vault_events=one.events
    )
