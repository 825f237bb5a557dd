"""Random shapes: everything that the Terraform provider can express, in any combination, with nasty texts in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from backstay_contract import build

REGION = "eu-central-1"
NASTY = ["$account", "${", "%{", "}", "$", "%", "a", "é", '"', "\\", "\n", "arn:aws:", "$$", "local.x"]
KEYS = [
    f"arn:aws:kms:{REGION}:$account:alias/managed",
    f"arn:aws:kms:{REGION}:$account:alias/looked/up",
    f"arn:aws:kms:{REGION}:$account:key/1234",
    f"arn:aws:kms:{REGION}:100000000002:alias/foreign",
    "arn:aws:kms:eu-west-1:$account:alias/elsewhere",
]
GIVEN_ROLE = "arn:aws:iam::$account:role/service-role/Given"
FAR_VAULT = "arn:aws:backup:eu-west-1:100000000002:backup-vault:dr"

texts = st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
names = st.text("aB1_-", min_size=2, max_size=5)
words = st.text("aB1_", min_size=1, max_size=5)
days = st.integers(1, 4000)
tags = st.dictionaries(texts, texts, max_size=2)
keys = st.none() | st.sampled_from(KEYS)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
).map(lambda value: {"Statement": value})


def made(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A part of the build (`builds` would fill its members a second time, under AWS's names)."""
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


lifecycles = st.none() | made(
    build.Lifecycle,
    move_to_cold_storage_after_days=st.none() | days,
    delete_after_days=st.none() | days,
    opt_in_to_archive_for_supported_resources=st.sampled_from([None, True]),
)


def tuples(inner: st.SearchStrategy[Any], minimum: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few different things."""
    return st.lists(inner, min_size=minimum, max_size=3, unique_by=repr).map(tuple)


def different(names: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    """A few different names."""
    return st.lists(names, max_size=3, unique=True)


@pytest.fixture(scope="session")
def shapes() -> st.SearchStrategy[build.Shape]:
    """Random shapes."""
    return _shapes()


@st.composite
def _shapes(draw: st.DrawFn) -> build.Shape:
    managed = draw(st.lists(_role(), max_size=2, unique_by=lambda role: role.role_name))
    roles = st.sampled_from([GIVEN_ROLE, *(f"arn:aws:iam::$account:role{one.path}{one.role_name}" for one in managed)])
    standard, air_gapped = draw(different(names)), draw(different(names.map(lambda name: f"gap{name}")))
    vaults = st.sampled_from(["Default", *standard, *air_gapped])
    arns = st.just(FAR_VAULT) | vaults.map(lambda name: f"arn:aws:backup:{REGION}:$account:backup-vault:{name}")
    plans, tests = draw(different(names)), draw(different(words))
    frameworks = draw(different(words))
    nouns = {
        "roles": managed,
        "keys": draw(st.lists(_KEY, max_size=1)),
        "vaults": [draw(_vault(name)) for name in standard],
        "air_gapped_vaults": [draw(_air_gapped(name)) for name in air_gapped],
        "vault_locks": [draw(_lock(name)) for name in draw(different(vaults))],
        "vault_access_policies": [draw(_access(name)) for name in draw(different(vaults))],
        "vault_notifications": [draw(_notifications(name)) for name in draw(different(vaults))],
        "plans": [draw(_plan(name, vaults, arns, roles)) for name in plans],
        "selections": [draw(_selection(plan, name, roles)) for plan in plans for name in draw(different(names))],
        "frameworks": [draw(_framework(name)) for name in frameworks],
        "report_plans": [
            draw(_report(name, st.sampled_from(["other", *frameworks]))) for name in draw(different(words))
        ],
        "restore_testing_plans": [draw(_test(name, arns)) for name in tests],
        "restore_testing_selections": [
            draw(_restore(t, name, roles)) for t in tests for name in draw(different(words))
        ],
    }
    return build.Shape(
        region=REGION,
        **{noun: tuple(parts) for noun, parts in nouns.items()},
        region_settings=draw(st.dictionaries(st.sampled_from(["RDS", "Storage Gateway"]), st.booleans())),
        management_preferences=draw(st.dictionaries(st.just("DynamoDB"), st.booleans())),
    )


def _role() -> st.SearchStrategy[build.Role]:
    return made(
        build.Role,
        role_name=names,
        path=st.sampled_from(["/", "/ops/"]),
        description=texts,
        assume_role_policy_document=documents,
        managed_policy_arns=tuples(st.sampled_from(["arn:aws:iam::aws:policy/A", "arn:aws:iam::$account:policy/b/C"])),
        policies=st.dictionaries(texts, documents, max_size=2),
        tags=tags,
    )


_KEY = made(build.Key, alias_name=st.just("alias/managed"), description=texts, policy=documents, tags=tags)


def _vault(name: str) -> st.SearchStrategy[build.Vault]:
    return made(build.Vault, backup_vault_name=st.just(name), encryption_key_arn=keys, backup_vault_tags=tags)


def _air_gapped(name: str) -> st.SearchStrategy[build.AirGappedVault]:
    return made(
        build.AirGappedVault,
        backup_vault_name=st.just(name),
        min_retention_days=days,
        max_retention_days=days,
        encryption_key_arn=keys,
        backup_vault_tags=tags,
    )


def _lock(name: str) -> st.SearchStrategy[build.VaultLock]:
    some = st.none() | days
    return made(
        build.VaultLock,
        backup_vault_name=st.just(name),
        min_retention_days=some,
        max_retention_days=some,
        changeable_for_days=some,
    )


def _access(name: str) -> st.SearchStrategy[build.VaultAccessPolicy]:
    return made(build.VaultAccessPolicy, backup_vault_name=st.just(name), policy=documents)


def _notifications(name: str) -> st.SearchStrategy[build.VaultNotifications]:
    return made(
        build.VaultNotifications,
        backup_vault_name=st.just(name),
        sns_topic_arn=st.just(f"arn:aws:sns:{REGION}:$account:topic"),
        backup_vault_events=tuples(st.sampled_from(["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"]), 1),
    )


def _plan(
    name: str, vaults: st.SearchStrategy[str], arns: st.SearchStrategy[str], roles: st.SearchStrategy[str]
) -> st.SearchStrategy[build.Plan]:
    copy = made(build.CopyAction, destination_backup_vault_arn=arns, lifecycle=lifecycles)
    scan = made(build.ScanAction, scan_mode=st.sampled_from(["FULL_SCAN", "INCREMENTAL_SCAN"]))
    rule = made(
        build.Rule,
        rule_name=names,
        target_backup_vault_name=vaults,
        schedule_expression=st.just("cron(0 5 * * ? *)"),
        schedule_expression_timezone=st.sampled_from(["UTC", "Europe/Berlin"]),
        start_window_minutes=days,
        completion_window_minutes=days,
        lifecycle=lifecycles,
        copy_actions=tuples(copy),
        recovery_point_tags=tags,
        enable_continuous_backup=st.booleans(),
        target_logically_air_gapped_backup_vault_arn=st.none() | arns,
        scan_actions=st.none() | st.tuples(scan),
    )
    advanced = build.AdvancedBackupSetting(resource_type="EC2", backup_options={"WindowsVSS": "enabled"})
    setting = made(build.ScanSetting, resource_types=st.just(("EBS", "S3")), scanner_role_arn=roles)
    body = made(
        build.BackupPlan,
        backup_plan_name=st.just(name),
        rules=tuples(rule, 1),
        advanced_backup_settings=st.sampled_from([None, (advanced,)]),
        scan_settings=st.none() | st.tuples(setting),
    )
    return made(build.Plan, backup_plan=body, backup_plan_tags=tags)


def _selection(plan: str, name: str, roles: st.SearchStrategy[str]) -> st.SearchStrategy[build.Selection]:
    pairs = tuples(made(build.Condition, condition_key=texts, condition_value=texts))
    conditions = made(
        build.Conditions, string_equals=pairs, string_not_equals=pairs, string_like=pairs, string_not_like=pairs
    )
    body = made(
        build.BackupSelection,
        selection_name=st.just(name),
        iam_role_arn=roles,
        resources=tuples(texts),
        not_resources=tuples(texts),
        list_of_tags=tuples(made(build.TagCondition, condition_key=texts, condition_value=texts)),
        conditions=st.none() | conditions,
    )
    return made(build.Selection, backup_plan_name=st.just(plan), backup_selection=body)


def _framework(name: str) -> st.SearchStrategy[build.Framework]:
    scope = made(
        build.ControlScope,
        compliance_resource_ids=st.none() | tuples(texts, 1),
        compliance_resource_types=st.none() | tuples(st.sampled_from(["EBS", "RDS"]), 1),
        tags=st.none() | st.dictionaries(texts, texts, min_size=1, max_size=1),
    )
    control = made(
        build.FrameworkControl,
        control_name=st.just("BACKUP_RECOVERY_POINT_ENCRYPTED"),
        control_input_parameters=tuples(made(build.ControlInputParameter, parameter_name=words, parameter_value=texts)),
        control_scope=st.none() | scope,
    )
    return made(
        build.Framework,
        framework_name=st.just(name),
        framework_description=st.none() | texts,
        framework_controls=tuples(control, 1),
        framework_tags=tags,
    )


def _report(name: str, frameworks: st.SearchStrategy[str]) -> st.SearchStrategy[build.ReportPlan]:
    some = st.none() | tuples(texts, 1)
    channel = made(
        build.ReportDeliveryChannel, s3_bucket_name=words, s3_key_prefix=st.none() | texts, formats=st.just(("CSV",))
    )
    setting = made(
        build.ReportSetting,
        report_template=st.sampled_from(["BACKUP_JOB_REPORT", "CONTROL_COMPLIANCE_REPORT"]),
        framework_names=st.none() | tuples(frameworks, 1),
        accounts=some,
        organization_units=some,
        regions=some,
    )
    return made(
        build.ReportPlan,
        report_plan_name=st.just(name),
        report_plan_description=st.none() | texts,
        report_delivery_channel=channel,
        report_setting=setting,
        report_plan_tags=tags,
    )


def _test(name: str, arns: st.SearchStrategy[str]) -> st.SearchStrategy[build.RestoreTestingPlan]:
    points = made(
        build.RestoreTestingRecoveryPoints,
        algorithm=st.sampled_from(["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"]),
        include_vaults=st.just(("*",)) | tuples(arns, 1),
        exclude_vaults=tuples(arns),
        recovery_point_types=st.just(("SNAPSHOT",)),
        selection_window_days=days,
    )
    plan = made(
        build.RestoreTesting,
        restore_testing_plan_name=st.just(name),
        schedule_expression=st.just("cron(0 6 ? * 1 *)"),
        start_window_hours=st.integers(1, 168),
        recovery_point_selection=points,
    )
    return made(build.RestoreTestingPlan, restore_testing_plan=plan, tags=tags)


@st.composite
def _restore(draw: st.DrawFn, plan: str, name: str, roles: st.SearchStrategy[str]) -> build.RestoreTestingSelection:
    pairs = tuples(made(build.KeyValue, key=texts, value=texts), 1)
    conditions = draw(st.none() | made(build.ProtectedResourceConditions, string_equals=pairs, string_not_equals=pairs))
    body = build.RestoreTestingSelected(
        restore_testing_selection_name=name,
        protected_resource_type="RDS",
        iam_role_arn=draw(roles),
        protected_resource_arns=draw(tuples(texts, 1)) if conditions is None else ("*",),
        protected_resource_conditions=conditions,
        restore_metadata_overrides=draw(tags),
        validation_window_hours=draw(st.sampled_from([0, 24])),
    )
    return build.RestoreTestingSelection(restore_testing_plan_name=plan, restore_testing_selection=body)
