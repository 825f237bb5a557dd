"""What a source of any kind leaves open: the policy that comes of it compiles, and blames the source for nothing."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.importer.backup_policies import ORGANIZATION, leaf, policy, rule, selection

from backstay.importer import dialects
from backstay.importer.gather import gather
from backstay.importer.write.source import Written, write
from backstay.trial import Outcome, check

NOW = datetime.date(2026, 11, 1)
TEMPLATE = """\
Parameters:
  Name: {Type: String}
  Days: {Type: Number}
  Locked: {Type: String}
  Effect: {Type: String}
  Key: {Type: String}
  Topic: {Type: String}
  When: {Type: String}
Conditions:
  IsLocked: !Equals [!Ref Locked, "yes"]
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: !Sub "${Name}-vault"
      EncryptionKeyArn: !Ref Key
      LockConfiguration: !If [IsLocked, {MinRetentionDays: 7, ChangeableForDays: 3}, !Ref AWS::NoValue]
      Notifications: {SNSTopicArn: !Ref Topic, BackupVaultEvents: [BACKUP_JOB_FAILED]}
      AccessPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: !Ref Effect, Principal: "*", Action: "backup:*", Resource: "*"}]
  Gapped:
    Type: AWS::Backup::LogicallyAirGappedBackupVault
    Properties: {BackupVaultName: gapped, MinRetentionDays: 7, MaxRetentionDays: !Ref Days}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: !Sub "${Name}-plan"
        BackupPlanRule:
          - RuleName: nightly
            TargetBackupVault: !Ref Vault
            ScheduleExpression: !Ref When
            Lifecycle: {DeleteAfterDays: !Ref Days}
            CopyActions: [{DestinationBackupVaultArn: !ImportValue far}]
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: tagged
        IamRoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/${Name}"
        ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: !Ref Name, ConditionValue: "yes"}]
  Framework:
    Type: AWS::Backup::Framework
    Properties:
      FrameworkName: !Sub "${Name}-framework"
      FrameworkControls: [{ControlName: BACKUP_RECOVERY_POINT_ENCRYPTED}]
  Report:
    Type: AWS::Backup::ReportPlan
    Properties:
      ReportPlanName: !Sub "${Name}-report"
      ReportDeliveryChannel: {S3BucketName: !Ref Name}
      ReportSetting: {ReportTemplate: BACKUP_JOB_REPORT, Regions: [!Ref Name]}
"""
CONFIGURATION = """\
resource "aws_backup_vault" "v" {
  name        = "${var.name}-vault"
  kms_key_arn = var.key
}
resource "aws_backup_vault_lock_configuration" "l" {
  count               = var.locked ? 1 : 0
  backup_vault_name   = aws_backup_vault.v.name
  changeable_for_days = 3
  min_retention_days  = 7
}
resource "aws_backup_vault_notifications" "n" {
  backup_vault_name   = aws_backup_vault.v.name
  sns_topic_arn       = data.aws_sns_topic.alarms.arn
  backup_vault_events = var.events
}
resource "aws_backup_plan" "p" {
  name = var.plan
  dynamic "rule" {
    for_each = var.rules
    content {
      rule_name         = rule.value.name
      target_vault_name = rule.value.vault
      schedule          = rule.value.schedule
      lifecycle { delete_after = rule.value.days }
      copy_action { destination_vault_arn = rule.value.copy }
    }
  }
}
resource "aws_backup_selection" "s" {
  plan_id      = aws_backup_plan.p.id
  name         = "s"
  iam_role_arn = var.role
  resources    = var.resources
}
resource "aws_backup_selection" "lost" {
  plan_id      = "1f6b5a3c"
  name         = "lost"
  iam_role_arn = "arn:aws:iam::100000000010:role/Backup"
  resources    = []
}
resource "aws_backup_restore_testing_plan" "t" {
  name                = "${var.name}-test"
  schedule_expression = var.schedule
  recovery_point_selection {
    algorithm            = "LATEST_WITHIN_WINDOW"
    include_vaults       = [var.vault]
    recovery_point_types = ["SNAPSHOT"]
  }
}
"""
OPEN_POLICY = policy(
    regions=leaf(["${Region}"]),
    rules={
        "${Name}-rule": rule(
            "${Days}",
            target_backup_vault_name=leaf("${Vault}"),
            schedule_expression=leaf("${When}"),
            copy_actions={"${Far}": {"target_backup_vault_arn": leaf("${Far}")}},
            recovery_point_tags={"a": {"tag_key": leaf("${Key}"), "tag_value": leaf("x")}},
        )
    },
    selections=selection("${Key}"),
)
GLOBAL = """\
backup:
  vaults:
    - name: "{{ Prefix }}-vault"
      policy: vault-policies/absent.json
      deploymentTargets: {organizationalUnits: [Root]}
"""
SELECTION = {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::100000000010:role/Backup", "Resources": ["*"]}
SOURCES: Mapping[str, Mapping[str, str]] = {
    "cloudformation": {"template.yaml": TEMPLATE},
    "terraform": {"main.tf": CONFIGURATION},
    "organizations": {"policy.json": json.dumps(OPEN_POLICY, indent=1)},
    "lza": {"global-config.yaml": GLOBAL},
    "a selection without its plan": {"selection.json": json.dumps(SELECTION)},
}


def written(files: Mapping[str, str], folder: Path) -> tuple[Written, Outcome]:
    """What is written for files, and what comes of compiling it."""
    for name, text in files.items():
        (folder / name).write_text(text)
    reading = gather(dialects.read_all([folder / name for name in files]))
    assert not [finding for finding in reading.findings if finding.severity == "error"]
    org = folder / "org.json"
    org.write_text(json.dumps(ORGANIZATION))
    one = write(reading, list(files))
    return one, check(one, org, now=NOW)


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_open_compiles(name: str, tmp_path: Path) -> None:
    """It compiles as it is, and what stands in for open values is not taken for a mistake of the source."""
    _, outcome = written(SOURCES[name], tmp_path)
    assert outcome.compiles, (outcome.reason, outcome.source)
    assert outcome.kept == 0, outcome.source


def test_what_is_open_is_counted(tmp_path: Path) -> None:
    """The file tells the parameters behind which AWS's defaults stand, and the texts that are to be put right."""
    one, _ = written(SOURCES["terraform"], tmp_path)
    assert set(one.stood_in) >= {"rules_vault", "rules_schedule"}
    assert {"PLAN", "NAME_VAULT"} <= set(one.to_name)


def _open(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if line.lstrip().startswith("# left out")]


def test_nothing_is_lost_unsaid(tmp_path: Path) -> None:
    """Every resource of a source is in the policy, or a comment says that it is left out."""
    source: Any = written(SOURCES["terraform"], tmp_path)[1].source
    flat = " ".join(source.replace("#", " ").split())
    for left in (
        "the lock of vault",
        "the notifications of vault",
        "the selection `s`",
        "the selection `lost`",
        "`key`",
    ):
        assert f"left out: {left}" in flat
    assert len(_open(source)) >= 5
