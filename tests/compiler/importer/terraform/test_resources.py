"""Resources of Terraform: their bodies and places, providers, policy documents, roles, keys, backup policies."""

from __future__ import annotations

from typing import Any

import pytest

from backstay.importer import terraform
from backstay.importer.found import Reading, Scope, Unknown


def read(text: str) -> Reading:
    """The reading of one file."""
    return terraform.read("main.tf", text.encode())


def bodies(reading: Reading, kind: str) -> list[Any]:
    """The bodies of a kind."""
    return [found.body for found in reading.found if found.kind == kind]


PLAN = """
resource "aws_backup_plan" "p" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = "v"
    schedule          = "cron(0 3 ? * * *)"
    start_window      = 60
    lifecycle {
      cold_storage_after = 30
      delete_after       = "120"
    }
    copy_action {
      destination_vault_arn = "arn:aws:backup:eu-west-1:123456789012:backup-vault:dr"
    }
  }
  advanced_backup_setting {
    resource_type  = "EC2"
    backup_options = { WindowsVSS = "enabled" }
  }
  tags = { team = "storage" }
  lifecycle { prevent_destroy = true }
}
resource "aws_backup_selection" "s" {
  name         = "tagged"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::123456789012:role/b"
  resources    = ["*"]
  condition {
    string_equals {
      key   = "aws:ResourceTag/backup"
      value = "daily"
    }
    string_like {
      key   = "aws:ResourceTag/env"
      value = "p*"
    }
  }
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "a"
    value = "b"
  }
}
"""


def test_a_plan_and_its_selection_become_their_bodies() -> None:
    """Arguments have AWS's names, blocks are lists, and the selection names its plan instead of the id."""
    reading = read(PLAN)
    (plan,), (selection,) = bodies(reading, "plan"), bodies(reading, "selection")
    assert plan == {
        "BackupPlan": {
            "BackupPlanName": "daily",
            "Rules": [
                {
                    "RuleName": "daily",
                    "TargetBackupVaultName": "v",
                    "ScheduleExpression": "cron(0 3 ? * * *)",
                    "StartWindowMinutes": 60,
                    "CompletionWindowMinutes": 180,
                    "Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 120},
                    "CopyActions": [
                        {"DestinationBackupVaultArn": "arn:aws:backup:eu-west-1:123456789012:backup-vault:dr"}
                    ],
                }
            ],
            "AdvancedBackupSettings": [{"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}],
        },
        "BackupPlanTags": {"team": "storage"},
    }
    assert selection["BackupPlanName"] == "daily"
    assert selection["BackupSelection"] == {
        "SelectionName": "tagged",
        "IamRoleArn": "arn:aws:iam::123456789012:role/b",
        "Resources": ["*"],
        "Conditions": {
            "StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"}],
            "StringLike": [{"ConditionKey": "aws:ResourceTag/env", "ConditionValue": "p*"}],
        },
        "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "b"}],
    }
    assert reading.findings == ()


def test_every_value_has_its_place() -> None:
    """Places inside a body lead to the line and column of the argument's value."""
    plan = next(one for one in read(PLAN).found if one.kind == "plan")
    assert (plan.place.line, plan.place.column) == (2, 1)
    span = plan.places["/BackupPlan/Rules/0/Lifecycle/DeleteAfterDays"]
    assert (span.line, span.column, span.end_column) == (11, 28, 33)


OTHERS = [
    (
        'resource "aws_backup_vault_lock_configuration" "x" {\n backup_vault_name = "v"\n min_retention_days = 7\n'
        " changeable_for_days = 3\n}\n",
        "lock",
        {"BackupVaultName": "v", "MinRetentionDays": 7, "ChangeableForDays": 3},
    ),
    (
        'resource "aws_backup_vault_notifications" "x" {\n backup_vault_name = "v"\n'
        ' sns_topic_arn = "arn:aws:sns:a:1:t"\n backup_vault_events = ["BACKUP_JOB_FAILED"]\n}\n',
        "notifications",
        {"BackupVaultName": "v", "SNSTopicArn": "arn:aws:sns:a:1:t", "BackupVaultEvents": ["BACKUP_JOB_FAILED"]},
    ),
    (
        'resource "aws_backup_logically_air_gapped_vault" "x" {\n name = "g"\n min_retention_days = 7\n'
        " max_retention_days = 9\n}\n",
        "air_gapped_vault",
        {"BackupVaultName": "g", "MinRetentionDays": 7, "MaxRetentionDays": 9},
    ),
    (
        'resource "aws_backup_framework" "x" {\n name = "f"\n control {\n  name = "C"\n'
        '  input_parameter {\n   name = "p"\n   value = 1\n  }\n  scope {\n   tags = { a = "b" }\n  }\n }\n}\n',
        "framework",
        {
            "FrameworkName": "f",
            "FrameworkControls": [
                {
                    "ControlName": "C",
                    "ControlInputParameters": [{"ParameterName": "p", "ParameterValue": "1"}],
                    "ControlScope": {"Tags": {"a": "b"}},
                }
            ],
        },
    ),
    (
        'resource "aws_backup_region_settings" "x" {\n'
        ' resource_type_opt_in_preference = { EBS = true, "S3" = "false" }\n}\n',
        "region_settings",
        {"EBS": True, "S3": False},
    ),
    (
        'resource "aws_backup_global_settings" "x" {\n global_settings = { isCrossAccountBackupEnabled = true }\n}\n',
        "global_settings",
        {"isCrossAccountBackupEnabled": "true"},
    ),
    (
        'resource "awscc_backup_backup_vault" "x" {\n backup_vault_name = "v"\n'
        " lock_configuration = { min_retention_days = 7 }\n}\n",
        "lock",
        {"BackupVaultName": "v", "MinRetentionDays": 7},
    ),
    (
        'resource "aws_backup_restore_testing_plan" "x" {\n name = "t"\n schedule_expression = "cron(0 1 * * ? *)"\n'
        ' recovery_point_selection {\n  algorithm = "LATEST_WITHIN_WINDOW"\n  include_vaults = ["*"]\n'
        '  recovery_point_types = ["SNAPSHOT"]\n }\n tags = { a = "b" }\n}\n',
        "restore_testing_plan",
        {
            "RestoreTestingPlan": {
                "RestoreTestingPlanName": "t",
                "ScheduleExpression": "cron(0 1 * * ? *)",
                "RecoveryPointSelection": {
                    "Algorithm": "LATEST_WITHIN_WINDOW",
                    "IncludeVaults": ["*"],
                    "RecoveryPointTypes": ["SNAPSHOT"],
                },
            },
            "Tags": {"a": "b"},
        },
    ),
]


@pytest.mark.parametrize(("text", "kind", "body"), OTHERS, ids=[kind for _, kind, _ in OTHERS])
def test_a_resource_becomes_the_body_of_its_operation(text: str, kind: str, body: dict[str, Any]) -> None:
    """Each type of resource has the members that AWS's operation takes."""
    reading = read(text)
    assert bodies(reading, kind) == [body]
    assert reading.findings == ()


def test_providers_say_account_and_region() -> None:
    """A resource is where its provider is; ARNs of another provider's resources name its account and Region."""
    text = """
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "dr"
  region = "eu-central-1"
  assume_role { role_arn = "arn:aws:iam::123456789012:role/deploy" }
}
resource "aws_backup_vault" "dr" {
  provider = aws.dr
  name     = "dr"
}
resource "aws_backup_vault" "own" {
  name        = "own-${data.aws_region.here.region}"
  kms_key_arn = aws_backup_vault.dr.arn
}
data "aws_region" "here" {}
"""
    dr, own = read(text).found
    assert (dr.where, own.where) == (Scope("123456789012", "eu-central-1"), Scope(None, "eu-west-1"))
    assert own.body == {
        "BackupVaultName": "own-eu-west-1",
        "EncryptionKeyArn": "arn:aws:backup:eu-central-1:123456789012:backup-vault:dr",
    }


def test_a_policy_document_becomes_the_access_policy() -> None:
    """The data source is worked out, dynamic statements too, with what is open left in its place."""
    text = """
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Copies"
    actions   = ["backup:CopyIntoBackupVault"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.source}:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-1"]
    }
  }
  dynamic "statement" {
    for_each = ["backup:DeleteRecoveryPoint"]
    content {
      effect    = "Deny"
      actions   = [statement.value, "backup:Put*"]
      resources = ["*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
    }
  }
}
resource "aws_backup_vault_policy" "p" {
  backup_vault_name = "v"
  policy            = data.aws_iam_policy_document.d.json
}
"""
    (access,) = bodies(read(text), "access")
    copies, deletes = access["Policy"]["Statement"]
    assert isinstance(copies["Principal"]["AWS"], Unknown)
    assert copies["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert deletes == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["backup:DeleteRecoveryPoint", "backup:Put*"],
        "Resource": "*",
    }


def test_roles_and_keys_come_along_where_they_are_used() -> None:
    """A role with its policies and a key with its alias are found if AWS Backup's resources refer to them."""
    text = """
resource "aws_iam_role" "used" {
  name               = "Backups"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role" "unused" { name = "Other" }
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.used.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = aws_backup_plan.elsewhere.id
  iam_role_arn = aws_iam_role.used.arn
  resources    = ["*"]
}
"""
    assert bodies(read(text), "role") == [
        {
            "RoleName": "Backups",
            "Path": "/",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"],
        }
    ]


def test_a_backup_policy_of_organizations_goes_to_its_own_reader() -> None:
    """Its document is read with what is open in it; the deployer's own account is none of the members'."""
    text = """
data "aws_caller_identity" "me" {}
resource "aws_organizations_policy" "p" {
  name = "org"
  type = "BACKUP_POLICY"
  content = jsonencode({ plans = { "${var.name}-plan" = {
    regions = { "@@assign" = ["eu-west-1"] }
    rules = { night = {
      schedule_expression      = { "@@assign" = "cron(0 3 ? * * *)" }
      target_backup_vault_name = { "@@assign" = var.vault }
      copy_actions = { "x" = { target_backup_vault_arn = {
        "@@assign" = "arn:aws:backup:eu-west-1:${data.aws_caller_identity.me.account_id}:backup-vault:dr"
      } } }
    } }
    selections = { tags = { t = {
      iam_role_arn = { "@@assign" = "arn:aws:iam::$account:role/Backups" }
      tag_key      = { "@@assign" = "backup" }
      tag_value    = { "@@assign" = ["daily"] }
    } } }
  } } })
}
resource "aws_organizations_policy_attachment" "a" {
  policy_id = aws_organizations_policy.p.id
  target_id = "r-abcd"
}
"""
    plan = next(one for one in read(text).found if one.kind == "plan")
    (rule,) = plan.body["BackupPlan"]["Rules"]
    assert isinstance(plan.body["BackupPlan"]["BackupPlanName"], Unknown)
    assert rule["TargetBackupVaultName"].expression == "var.vault"
    assert isinstance(rule["CopyActions"][0]["DestinationBackupVaultArn"], Unknown)
    assert (plan.where.target, plan.where.aim) == ("root()", None)
