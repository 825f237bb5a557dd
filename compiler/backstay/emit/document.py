"""A shape as the build has it: the contract's types, with AWS's member names."""

from __future__ import annotations

from collections.abc import Iterator

from backstay import ir
from backstay.emit import audits
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import TAG_PREFIX
from backstay_contract import build

Pairs = tuple[tuple[str, str], ...]
AnyVault = ir.Vault | ir.AirGappedVault

KEY = "Encrypts backup vaults; managed by Backstay"
ROLE = "What AWS Backup acts as; managed by Backstay"


def shape(model: ir.Shape) -> build.Shape:
    """Everything that the accounts of a shape get in its Region."""
    locked = [(vault.name, vault.lock) for vault in model.vaults if vault.lock is not None]
    return build.Shape(
        region=model.region,
        plans=tuple(_plan(plan) for plan in model.plans),
        selections=tuple(_selection(plan.name, chosen) for plan in model.plans for chosen in plan.selections),
        vaults=tuple(_vault(vault) for vault in model.vaults),
        air_gapped_vaults=tuple(_air_gapped(vault) for vault in model.air_gapped_vaults),
        vault_locks=tuple(_lock(name, lock) for name, lock in locked),
        vault_access_policies=tuple(_access(vault) for vault in with_policy(model)),
        vault_notifications=tuple(_notifications(vault) for vault in with_notifications(model)),
        frameworks=tuple(audits.framework(one) for one in model.frameworks),
        report_plans=tuple(audits.report(one) for one in model.reports),
        restore_testing_plans=tuple(audits.restore_test(one) for one in model.restore_tests),
        restore_testing_selections=tuple(
            audits.restore_selection(test.name, one) for test in model.restore_tests for one in test.selections
        ),
        legal_holds=tuple(hold(one) for one in model.legal_holds),
        tiering_configurations=tuple(tiering(one) for one in model.tiering),
        keys=tuple(_key(key) for key in model.keys),
        roles=tuple(_role(role) for role in model.roles),
        region_settings=dict(model.opt_in),
        management_preferences=dict(model.management),
        moved=tuple(one for one, _ in moved(model)),
    )


def with_policy(model: ir.Shape) -> tuple[AnyVault, ...]:
    """The vaults that have an access policy, in the order in which a build lists those."""
    return tuple(vault for vault in _vaults(model) if vault.policy is not None)


def with_notifications(model: ir.Shape) -> tuple[AnyVault, ...]:
    """The vaults whose events are told to a topic, in the order in which a build lists those."""
    return tuple(vault for vault in _vaults(model) if vault.notifications is not None)


def _vaults(model: ir.Shape) -> Iterator[AnyVault]:
    yield from model.vaults
    yield from model.air_gapped_vaults


def moved(model: ir.Shape) -> Iterator[tuple[build.Moved, ir.Where]]:
    """What was called otherwise before, in the order in which a build lists it, and where that is said."""
    for plan in model.plans:
        if plan.moved is not None:
            yield build.Moved(kind="plan", name=plan.name, before=plan.moved), plan.where
        for rule in plan.rules:
            if rule.moved is not None:
                yield build.Moved(kind="rule", name=rule.name, before=rule.moved, plan=plan.name), rule.where
    for vault in model.vaults:
        if vault.moved is not None:
            yield build.Moved(kind="vault", name=vault.name, before=vault.moved), vault.where


def _plan(plan: ir.Plan) -> build.Plan:
    body = build.BackupPlan(
        backup_plan_name=plan.name,
        rules=tuple(_rule(rule) for rule in plan.rules),
        advanced_backup_settings=tuple(
            build.AdvancedBackupSetting(resource_type=kind, backup_options=dict(options))
            for kind, options in plan.advanced
        )
        or None,
        scan_settings=_scan(plan.scan) if plan.scan is not None else None,
    )
    return build.Plan(backup_plan=body, backup_plan_tags=dict(plan.tags))


def _scan(scan: ir.Scan) -> tuple[build.ScanSetting, ...]:
    return (build.ScanSetting(resource_types=scan.types, scanner_role_arn=scan.role_arn),)


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
        target_logically_air_gapped_backup_vault_arn=rule.air_gapped.arn if rule.air_gapped is not None else None,
        index_actions=(build.IndexAction(resource_types=rule.index),) if rule.index else None,
        scan_actions=(build.ScanAction(scan_mode=rule.scan),) if rule.scan is not None else None,
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


def _air_gapped(vault: ir.AirGappedVault) -> build.AirGappedVault:
    return build.AirGappedVault(
        backup_vault_name=vault.name,
        min_retention_days=vault.minimum,
        max_retention_days=vault.maximum,
        encryption_key_arn=vault.key_arn,
        backup_vault_tags=dict(vault.tags),
    )


def _lock(vault: str, lock: ir.Lock) -> build.VaultLock:
    return build.VaultLock(
        backup_vault_name=vault,
        min_retention_days=lock.minimum,
        max_retention_days=lock.maximum,
        changeable_for_days=lock.grace if lock.mode == "compliance" else None,
    )


def _access(vault: AnyVault) -> build.VaultAccessPolicy:
    return build.VaultAccessPolicy(backup_vault_name=vault.name, policy=dict(vault.policy or {}))


def _notifications(vault: AnyVault) -> build.VaultNotifications:
    one = vault.notifications
    if one is None:
        raise ValueError(f"vault {vault.name} tells nobody of its events")
    return build.VaultNotifications(
        backup_vault_name=vault.name, sns_topic_arn=one.topic_arn, backup_vault_events=one.events
    )


def hold(hold: ir.LegalHold) -> build.LegalHold:
    """A legal hold as AWS takes it."""
    dates = None
    if hold.since is not None and hold.until is not None:
        dates = build.DateRange(from_date=f"{hold.since}T00:00:00Z", to_date=f"{hold.until}T00:00:00Z")
    held = build.HeldRecoveryPoints(
        vault_names=hold.vaults or None, resource_identifiers=hold.resources or None, date_range=dates
    )
    return build.LegalHold(
        title=hold.title, description=hold.description, recovery_point_selection=held, tags=dict(hold.tags)
    )


def tiering(tiering: ir.Tiering) -> build.TieringConfiguration:
    """A tiering configuration as AWS takes it."""
    rows = tuple(
        build.TieringResources(resource_type=row.type, resources=row.resources, tiering_down_settings_in_days=row.after)
        for row in tiering.resources
    )
    body = build.Tiering(
        tiering_configuration_name=tiering.name, backup_vault_name=tiering.vault, resource_selection=rows
    )
    return build.TieringConfiguration(tiering_configuration=body, tiering_configuration_tags=dict(tiering.tags))


def _key(key: ir.Key) -> build.Key:
    return build.Key(alias_name=key.alias, description=KEY, policy=dict(key.policy))


def _role(role: ir.Role) -> build.Role:
    return build.Role(
        role_name=role.name,
        path=role.path,
        description=ROLE,
        assume_role_policy_document=dict(role.trust),
        managed_policy_arns=role.managed,
        policies={name: dict(document) for name, document in role.policies.items()},
    )
