"""Where findings stand in somebody's file, and which comments there silence them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from backstay import survey
from backstay_contract.findings import Finding

Lint = Callable[..., list[Finding]]
NOW = datetime.date(2026, 11, 22)

YAML = """\
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: acme
      EncryptionKeyArn: arn:aws:kms:eu-central-1:100000000010:key/11111111-2222-3333-4444-555555555555
      LockConfiguration:
        MinRetentionDays: 30
        MaxRetentionDays: 30{comment}
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Principal: "*"
            Action:
              - backup:DeleteRecoveryPoint
              - backup:Put*
            Resource: "*"
            Condition:
              ArnNotLike: {{aws:PrincipalArn: arn:aws:iam::*:role/emergency}}
      Notifications:
        SNSTopicArn: arn:aws:sns:eu-central-1:100000000010:alarms
        BackupVaultEvents:
          - BACKUP_JOB_COMPLETED
          - COPY_JOB_FAILED
          - BACKUP_JOB_EXPIRED
"""
TERRAFORM = """\
# backstay: allow narrow-lock — agreed with everybody
resource "aws_backup_vault_lock_configuration" "lock" {
  backup_vault_name  = "acme"
  min_retention_days = 30
  max_retention_days = 30
}
"""


def _lines(findings: list[Finding]) -> dict[str, int | None]:
    return {one.name: one.span.line if one.span else None for one in findings if one.severity != "advice"}


def test_lines(lint: Lint) -> None:
    """A finding stands at the one item of a list, or line of a document, that it is about."""
    lines = _lines(lint(a_yaml=YAML.format(comment="")))
    assert lines == {"narrow-lock": 9, "wildcard-vault-action": 17, "undelivered-event": 26}


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("  # backstay: allow narrow-lock — agreed with everybody", True),
        ("  # backstay: allow VLT015 - agreed with everybody", True),
        ("  # backstay: allow narrow-lock", False),
        ("  # backstay: allow short-lock-grace — another rule", False),
    ],
)
def test_comments_in_yaml(comment: str, silent: bool, lint: Lint) -> None:
    """A comment with a reason silences its rule on its line; one without a reason does not."""
    assert ("narrow-lock" not in _lines(lint(a_yaml=YAML.format(comment=comment)))) is silent


def test_comments_in_terraform(lint: Lint, tmp_path: Path) -> None:
    """A comment above a block silences what is found of the block, and is counted."""
    assert not _lines(lint(a_tf=TERRAFORM))
    assert survey.survey([tmp_path / "a.tf"], now=NOW).suppressed == 1
    assert _lines(lint(b_tf=TERRAFORM.replace(" — agreed with everybody", ""))) == {"narrow-lock": 5}


def test_zone(lint: Lint) -> None:
    """A time zone has a line of its own in templates."""
    text = """\
{"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "v", "Lifecycle": {"DeleteAfterDays": 35},
  "ScheduleExpression": "cron(0 3 ? * * *)",
  "ScheduleExpressionTimezone": "Europe/Bonn"}]}
"""
    assert _lines(lint(a_json=text)) == {"unknown-time-zone": 3}


def test_parameter_of_a_control(lint: Lint) -> None:
    """A parameter of a control is pointed at, not the list of them."""
    text = """\
resource "aws_backup_framework" "f" {
  name = "f"

  control {
    name = "BACKUP_LAST_RECOVERY_POINT_CREATED"

    input_parameter {
      name  = "recoveryPointAgeUnit"
      value = "days"
    }

    input_parameter {
      name  = "recoveryPointAgeValue"
      value = "90"
    }
  }
}
"""
    assert _lines(lint(a_tf=text)) == {"control-parameter-out-of-range": 14}
