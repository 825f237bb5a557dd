"""A shape with everything in it: its module as it was reviewed, and no value of the build that does not reach it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from backstay.emit.terraform import module
from backstay_aws.terraform import complaints
from backstay_contract import build
from backstay_contract.canonical import pretty

GOLDEN = Path(__file__).parent / "golden" / "everything"
UPDATE = "BACKSTAY_UPDATE_GOLDEN"
REGION = "eu-central-1"
ROLE = "arn:aws:iam::$account:role/ops/Backup"
VAULT = f"arn:aws:backup:{REGION}:$account:backup-vault"
EVERYBODY = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
BUT_ROLE = {**EVERYBODY, "Condition": {"ArnNotLike": {"aws:PrincipalArn": [ROLE]}}}
TRUST = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
OWN = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::homes/${aws:username}"}

LEFT_OUT = {
    # what the provider lacks, and what is no value: the version of the format
    ("Shape", "format"),
    ("Shape", "legal_holds"),
    ("Shape", "tiering_configurations"),
    ("Rule", "index_actions"),
    ("IndexAction", "resource_types"),
    # `*` beside conditions says nothing more: only the other way round do ARNs stand in the module
    ("RestoreTestingSelected", "protected_resource_arns"),
}


def document(statement: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": [statement]}


def copy(name: str) -> build.CopyAction:
    """A copy into a vault of the own account and Region."""
    lifecycle = build.Lifecycle(
        move_to_cold_storage_after_days=30, delete_after_days=120, opt_in_to_archive_for_supported_resources=True
    )
    return build.CopyAction(destination_backup_vault_arn=f"{VAULT}:{name}", lifecycle=lifecycle)


def plan() -> build.Plan:
    """A plan with every member."""
    rule = build.Rule(
        rule_name="daily",
        target_backup_vault_name="primary",
        schedule_expression="cron(0 3 * * ? *)",
        schedule_expression_timezone="Europe/Berlin",
        start_window_minutes=60,
        completion_window_minutes=600,
        lifecycle=copy("x").lifecycle,
        copy_actions=(copy("primary"), copy("gap"), copy("elsewhere")),
        recovery_point_tags={"costs": "${5}"},
        enable_continuous_backup=True,
        target_logically_air_gapped_backup_vault_arn=f"{VAULT}:gap",
        index_actions=(build.IndexAction(resource_types=("EBS",)),),
        scan_actions=(build.ScanAction(scan_mode="FULL_SCAN"),),
    )
    body = build.BackupPlan(
        backup_plan_name="gold",
        rules=(rule,),
        advanced_backup_settings=(
            build.AdvancedBackupSetting(resource_type="EC2", backup_options={"WindowsVSS": "enabled"}),
        ),
        scan_settings=(build.ScanSetting(resource_types=("EBS",), scanner_role_arn=ROLE),),
    )
    return build.Plan(backup_plan=body, backup_plan_tags={"team": "backup"})


def selection() -> build.Selection:
    """A selection with every member."""
    one = (build.Condition(condition_key="aws:ResourceTag/env", condition_value="prod"),)
    body = build.BackupSelection(
        selection_name="tier-gold",
        iam_role_arn=ROLE,
        resources=("arn:aws:ec2:*:$account:volume/*",),
        not_resources=("arn:aws:ec2:*:*:instance/*",),
        list_of_tags=(build.TagCondition(condition_key="backup", condition_value="gold"),),
        conditions=build.Conditions(string_equals=one, string_not_equals=one, string_like=one, string_not_like=one),
    )
    return build.Selection(backup_plan_name="gold", backup_selection=body)


def audit() -> dict[str, Any]:
    """A framework, a report, a restore test with every member."""
    scope = build.ControlScope(compliance_resource_ids=("vol-1",), compliance_resource_types=("EBS",), tags={"env": ""})
    control = build.FrameworkControl(
        control_name="BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
        control_input_parameters=(
            build.ControlInputParameter(parameter_name="requiredRetentionDays", parameter_value="35"),
        ),
        control_scope=scope,
    )
    report = build.ReportSetting(
        report_template="CONTROL_COMPLIANCE_REPORT",
        framework_names=("acme", "of_another_team"),
        accounts=("$account",),
        organization_units=("ou-1234-abcd1234",),
        regions=(REGION,),
    )
    points = build.RestoreTestingRecoveryPoints(
        algorithm="LATEST_WITHIN_WINDOW",
        include_vaults=(f"{VAULT}:primary",),
        exclude_vaults=(f"{VAULT}:gap",),
        recovery_point_types=("SNAPSHOT",),
        selection_window_days=7,
    )
    test = build.RestoreTesting(
        restore_testing_plan_name="weekly",
        schedule_expression="cron(0 6 ? * 1 *)",
        start_window_hours=8,
        recovery_point_selection=points,
    )
    pairs = (build.KeyValue(key="aws:ResourceTag/env", value="prod"),)
    chosen = build.RestoreTestingSelected(
        restore_testing_selection_name="rds",
        protected_resource_type="RDS",
        iam_role_arn=ROLE,
        protected_resource_arns=("*",),
        protected_resource_conditions=build.ProtectedResourceConditions(string_equals=pairs, string_not_equals=pairs),
        restore_metadata_overrides={"a": "b"},
        validation_window_hours=4,
    )
    return {
        "frameworks": (
            build.Framework(
                framework_name="acme",
                framework_description="d",
                framework_controls=(control,),
                framework_tags={"a": "b"},
            ),
        ),
        "report_plans": (
            build.ReportPlan(
                report_plan_name="jobs",
                report_plan_description="d",
                report_delivery_channel=build.ReportDeliveryChannel(s3_bucket_name="acme", s3_key_prefix="p"),
                report_setting=report,
                report_plan_tags={"a": "b"},
            ),
        ),
        "restore_testing_plans": (build.RestoreTestingPlan(restore_testing_plan=test, tags={"a": "b"}),),
        "restore_testing_selections": (
            build.RestoreTestingSelection(restore_testing_plan_name="weekly", restore_testing_selection=chosen),
        ),
    }


def everything() -> build.Shape:
    """A shape with every noun, and every member of each."""
    role = build.Role(
        role_name="Backup",
        path="/ops/",
        description="runs the backups",
        assume_role_policy_document=document(TRUST),
        managed_policy_arns=("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",),
        policies={"own": document(OWN)},
        tags={"a": "b"},
    )
    key = build.Key(alias_name="alias/acme", description="d", policy=document(BUT_ROLE), tags={"a": "b"})
    vault = build.Vault(
        backup_vault_name="primary",
        encryption_key_arn=f"arn:aws:kms:{REGION}:$account:alias/acme",
        backup_vault_tags={"a": "b"},
    )
    gap = build.AirGappedVault(
        backup_vault_name="gap",
        min_retention_days=7,
        max_retention_days=90,
        encryption_key_arn=f"arn:aws:kms:{REGION}:100000000002:alias/central",
        backup_vault_tags={"a": "b"},
    )
    lock = build.VaultLock(
        backup_vault_name="primary", min_retention_days=7, max_retention_days=400, changeable_for_days=14
    )
    told = build.VaultNotifications(
        backup_vault_name="gap",
        sns_topic_arn=f"arn:aws:sns:{REGION}:$account:alarms",
        backup_vault_events=("COPY_JOB_FAILED",),
    )
    return build.Shape(
        region=REGION,
        keys=(key,),
        roles=(role,),
        vaults=(vault,),
        air_gapped_vaults=(gap,),
        vault_locks=(lock,),
        vault_access_policies=(build.VaultAccessPolicy(backup_vault_name="primary", policy=document(BUT_ROLE)),),
        vault_notifications=(told,),
        plans=(plan(),),
        selections=(selection(),),
        **audit(),
        region_settings={"RDS": True},
        management_preferences={"DynamoDB": True},
        moved=(
            build.Moved(kind="plan", name="gold", before="silver"),
            build.Moved(kind="vault", name="primary", before="old"),
        ),
    )


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value.replace("gold", "golden") if "gold" in value else f"{value}-2"
    if isinstance(value, dict):
        return {}
    return ()


def variants(part: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    """A part with one value changed, for each that it has inside: type and member, and the changed part."""
    if isinstance(part, tuple):
        for number, one in enumerate(part):
            for what, other in variants(one):
                yield what, (*part[:number], other, *part[number + 1 :])
    elif isinstance(part, BaseModel) and not isinstance(part, build.Moved):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if value is not None and not isinstance(value, BaseModel):
                yield (type(part).__name__, name), part.model_copy(update={name: changed(value)})
            for what, other in variants(value):
                yield what, part.model_copy(update={name: other})


def written(shape: build.Shape) -> str:
    """All files of a shape's module."""
    return json.dumps(list(module.of_shape(shape, "aws").files()), sort_keys=True)


CHANGES = list(variants(everything()))


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=[".".join(what) for what, _ in CHANGES])
def test_no_value_of_the_build_is_lost(number: int) -> None:
    """Whatever is changed in a shape changes its module, but for what the provider lacks: that does not."""
    what, other = CHANGES[number]
    assert (written(other) == written(everything())) == (what in LEFT_OUT)


def test_every_member_of_the_contract_was_tried() -> None:
    """A noun or member that the contract gets later must be written, or be one of the provider's gaps."""
    tried = {what for what, _ in CHANGES}
    kinds = {kind for kind, _ in tried}
    members = {(kind, name): field for kind in kinds for name, field in getattr(build, kind).model_fields.items()}
    parts = {what for what, field in members.items() if any(f".{kind}" in repr(field.annotation) for kind in kinds)}
    assert members.keys() - tried - parts == set()
    gaps = {"LegalHold", "HeldRecoveryPoints", "DateRange", "TieringConfiguration", "Tiering", "TieringResources"}
    others = {"BuildAccount", "BuildIndex", "BuildOrganization", "Origin", "Provenance", "Aws", "Moved"}
    models = {name for name in build.__all__ if isinstance(getattr(build, name), type)}
    assert models - kinds == gaps | others


def test_the_module_is_as_it_was_reviewed() -> None:
    """Every file equals its golden copy, byte for byte, and is what the provider takes."""
    made = module.of_shape(everything(), "aws")
    assert complaints(made.main) == ()
    found = {name: pretty(content) for name, content in made.files()}
    if os.environ.get(UPDATE):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name, body in found.items():
            (GOLDEN / name).write_bytes(body)
    assert found == {path.name: path.read_bytes() for path in GOLDEN.iterdir()}
