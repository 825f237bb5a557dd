"""Templates as wholes: every type of AWS Backup, conditions, places, and what stands inside a template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backstay.importer import cloudformation
from backstay.importer.found import Found, Reading, Unknown

VAULT = "    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: v}\n"
EXAMPLE = Path(__file__).parent / "examples" / "backups.yaml"


def example() -> Reading:
    """The example template's reading."""
    return cloudformation.read("backups.yaml", EXAMPLE.read_bytes())


def one(reading: Reading, kind: str) -> Found:
    """The only thing of a kind."""
    (found,) = [found for found in reading.found if found.kind == kind]
    return found


BODIES: list[tuple[str, dict[str, Any]]] = [
    (
        "vault",
        {
            "BackupVaultName": "primary",
            "EncryptionKeyArn": "arn:aws:kms:$region:$account:alias/backups",
            "BackupVaultTags": {"team": "storage"},
        },
    ),
    ("lock", {"BackupVaultName": "primary", "MinRetentionDays": 7, "MaxRetentionDays": 365}),
    (
        "notifications",
        {
            "BackupVaultName": "primary",
            "SNSTopicArn": "arn:aws:sns:$region:$account:backup-alarms",
            "BackupVaultEvents": ["BACKUP_JOB_FAILED"],
        },
    ),
    (
        "access",
        {
            "BackupVaultName": "primary",
            "Policy": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
                ],
            },
        },
    ),
    ("air_gapped_vault", {"BackupVaultName": "gapped", "MinRetentionDays": 7, "MaxRetentionDays": 90}),
    (
        "selection",
        {
            "BackupPlanName": "daily",
            "BackupSelection": {
                "SelectionName": "tagged",
                "IamRoleArn": "arn:aws:iam::$account:role/Backups",
                "Resources": ["arn:aws:rds:*:$account:db:*"],
                "Conditions": {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"}]},
            },
        },
    ),
    (
        "restore_testing_plan",
        {
            "RestoreTestingPlan": {
                "RestoreTestingPlanName": "weekly",
                "ScheduleExpression": "cron(0 6 ? * SUN *)",
                "RecoveryPointSelection": {
                    "Algorithm": "LATEST_WITHIN_WINDOW",
                    "IncludeVaults": ["*"],
                    "RecoveryPointTypes": ["SNAPSHOT"],
                },
            },
            "Tags": {"team": "storage"},
        },
    ),
    (
        "restore_testing_selection",
        {
            "RestoreTestingPlanName": "weekly",
            "RestoreTestingSelection": {
                "RestoreTestingSelectionName": "rds",
                "ProtectedResourceType": "RDS",
                "IamRoleArn": "arn:aws:iam::$account:role/Backups",
                "ProtectedResourceArns": ["*"],
            },
        },
    ),
    (
        "tiering",
        {
            "TieringConfiguration": {
                "TieringConfigurationName": "cheap",
                "BackupVaultName": "*",
                "ResourceSelection": [{"ResourceType": "S3", "Resources": ["*"], "TieringDownSettingsInDays": 60}],
            },
            "TieringConfigurationTags": {"team": "storage"},
        },
    ),
    (
        "legal_hold",
        {
            "Title": "case 7",
            "Description": "kept",
            "RecoveryPointSelection": {"VaultNames": ["primary"]},
            "Tags": {"team": "legal"},
        },
    ),
    (
        "key",
        {
            "AliasName": "alias/backups",
            "Description": "Key of the backups",
            "Policy": {"Version": "2012-10-17", "Statement": []},
        },
    ),
]


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=[kind for kind, _ in BODIES])
def test_a_resource_becomes_the_body_of_its_operation(kind: str, body: dict[str, Any]) -> None:
    """Each type of resource has the members that AWS's create operation takes."""
    assert one(example(), kind).body == body


def test_a_plan_has_numbers_flags_and_what_is_open() -> None:
    """Numbers and flags in quotes are read as such; the parameter without a default stays open in its place."""
    (rule,) = one(example(), "plan").body["BackupPlan"]["Rules"]
    central, gapped = rule.pop("CopyActions")
    assert rule == {
        "RuleName": "daily",
        "TargetBackupVaultName": "primary",
        "ScheduleExpression": "cron(0 3 ? * * *)",
        "StartWindowMinutes": 60,
        "EnableContinuousBackup": True,
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    why = "the parameter `CentralVaultArn` has no default"
    assert central["DestinationBackupVaultArn"] == Unknown("${CentralVaultArn}", why, "central_vault_arn")
    assert gapped["DestinationBackupVaultArn"] == "arn:aws:backup:$region:$account:backup-vault:gapped"


def test_nothing_in_the_example_is_complained_of() -> None:
    """A template that AWS takes has no findings, and what it leaves open is told once."""
    reading = example()
    assert reading.findings == ()
    assert [one.name for one in reading.params] == ["central_vault_arn", "framework"]


def test_a_report_names_the_frameworks_of_its_own_template() -> None:
    """Where AWS wants a framework's ARN stands its name, open if CloudFormation makes it up."""
    reading = example()
    framework = one(reading, "framework")
    assert one(reading, "report_plan").body["ReportSetting"]["FrameworkNames"] == [framework.body["FrameworkName"]]
    assert framework.name == framework.body["FrameworkName"].name == "framework"


def test_every_value_has_its_place() -> None:
    """Places inside a body lead to the line and column in the template."""
    plan = one(example(), "plan")
    line = EXAMPLE.read_text().split("\n").index("            Lifecycle: {DeleteAfterDays: !Ref Retention}") + 1
    span = plan.places["/BackupPlan/Rules/0/Lifecycle/DeleteAfterDays"]
    assert (span.line, span.column) == (line, 42)
    assert "with the default of the parameter `Retention`" in plan.notes


def test_yaml_and_json_say_the_same() -> None:
    """The long forms in JSON are read like the short forms in YAML."""
    template = {
        "Resources": {
            "V": {
                "Type": "AWS::Backup::BackupVault",
                "Properties": {"BackupVaultName": {"Fn::Join": ["-", ["a", {"Ref": "AWS::AccountId"}]]}},
            }
        }
    }
    yaml = "Resources:\n  V:\n" + VAULT.replace("v}", '!Sub "a-${AWS::AccountId}"}')
    bodies = [
        [one.body for one in cloudformation.read(path, data).found]
        for path, data in (("t.json", json.dumps(template).encode()), ("t.yaml", yaml.encode()))
    ]
    assert bodies == [[{"BackupVaultName": "a-$account"}]] * 2


@pytest.mark.parametrize(
    ("condition", "kept", "said"),
    [
        ('!Equals ["a", "a"]', True, ()),
        (
            '!Equals ["a", "b"]',
            False,
            ("`V` is left out: with the parameters' defaults the condition `C` does not hold",),
        ),
        ("!Equals [!Ref P, b]", True, ()),
    ],
)
def test_a_condition_keeps_a_resource_unless_it_surely_fails(condition: str, kept: bool, said: tuple[str, ...]) -> None:
    """Only a condition that does not hold leaves a resource out, and that is told; an open one is noted."""
    conditions = f"Parameters: {{P: {{Type: String}}}}\nConditions:\n  C: {condition}\n"
    source = f"{conditions}Resources:\n  V:\n    Condition: C\n{VAULT}"
    reading = cloudformation.read("t.yaml", source.encode())
    assert ([one.name for one in reading.found] == ["v"]) is kept
    assert tuple(one.message for one in reading.findings) == said
    if "Ref P" in condition:
        assert "only where the condition `C` holds" in reading.found[0].notes[0]


def test_a_stack_set_is_read_where_it_deploys_to() -> None:
    """The template inside a stack set is read with its parameters, for its Regions."""
    inner = "Parameters: {N: {Type: String}}\nResources:\n  V:\n" + VAULT.replace("v}", "!Ref N}")
    properties = {
        "TemplateBody": inner,
        "Parameters": [{"ParameterKey": "N", "ParameterValue": "everywhere"}],
        "StackInstancesGroup": [{"Regions": ["eu-west-1", "eu-central-1"]}],
    }
    template = {"Resources": {"S": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}}
    (found,) = cloudformation.read("t.json", json.dumps(template).encode()).found
    assert (found.body, found.where.region) == ({"BackupVaultName": "everywhere"}, "eu-central-1,eu-west-1")


def test_a_backup_policy_of_organizations_goes_to_its_own_reader() -> None:
    """Its document is read with what is open in it, and where ids tell what it is attached to."""
    source = """
Parameters: {Vault: {Type: String}}
Resources:
  P:
    Type: AWS::Organizations::Policy
    Properties:
      Name: org
      Type: BACKUP_POLICY
      TargetIds: ["123456789012"]
      Content:
        plans:
          daily:
            regions: {"@@assign": [eu-west-1]}
            rules:
              night:
                schedule_expression: {"@@assign": "cron(0 3 ? * * *)"}
                target_backup_vault_name: {"@@assign": !Ref Vault}
            selections:
              tags:
                t:
                  iam_role_arn: {"@@assign": "arn:aws:iam::$account:role/Backups"}
                  tag_key: {"@@assign": backup}
                  tag_value: {"@@assign": [daily]}
"""
    reading = cloudformation.read("t.yaml", source.encode())
    plan = one(reading, "plan")
    (rule,) = plan.body["BackupPlan"]["Rules"]
    assert rule["TargetBackupVaultName"] == Unknown("${Vault}", "the parameter `Vault` has no default", "vault")
    assert (plan.where.target, plan.where.region) == ('account("123456789012")', "eu-west-1")
    assert (plan.where.target, plan.where.aim) == ('account("123456789012")', None)


def test_a_template_of_something_else_says_so() -> None:
    """A template without AWS Backup is not silently nothing."""
    reading = cloudformation.read("t.yaml", b"Resources:\n  B: {Type: 'AWS::S3::Bucket'}\n")
    assert [(one.name, one.severity) for one in reading.findings] == [("nothing-to-import", "advice")]


def test_members_that_aws_does_not_know_are_told_at_their_place() -> None:
    """A misspelt property is left out, with its line and column."""
    source = "Resources:\n  V:\n" + VAULT.replace("v}", "v, Nope: 1}")
    reading = cloudformation.read("t.yaml", source.encode())
    (finding,) = reading.findings
    assert finding.span is not None
    assert (finding.name, finding.span.line, finding.span.column) == ("unknown-member", 4, 38)


@pytest.mark.parametrize(
    ("path", "data", "wanted"),
    [
        ("t.yaml", b"Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n", True),
        ("t.json", b'{"Resources": {"V": {"Type": "AWS::S3::Bucket"}}}', True),
        ("t.yaml", b"Resources: none\n", False),
        ("t.json", b'{"plans": {}}', False),
        ("main.tf", b'resource "x" "AWS::" {}', False),
    ],
)
def test_templates_are_recognised(path: str, data: bytes, wanted: bool) -> None:
    """By their resources, whatever the suffix for YAML or JSON is."""
    assert cloudformation.recognises(path, data) is wanted


def test_parts_of_a_vault_have_places_of_their_own() -> None:
    """A lock, notifications and an access policy stand where the template has them, and so do the policy's parts."""
    text = b"""\
Resources:
  V:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: vault
      LockConfiguration:
        MinRetentionDays: 7
      Notifications:
        SNSTopicArn: arn:aws:sns:eu-west-1:100000000010:t
        BackupVaultEvents: [COPY_JOB_FAILED]
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Deny, Principal: "*", Action: backup:DeleteRecoveryPoint, Resource: "*"}
          - {Effect: Deny, Principal: "*", Action: backup:StartCopyJob, Resource: "*"}
"""
    reading = cloudformation.read("t.yaml", text)
    assert {found.kind: found.place.line for found in reading.found} == {
        "vault": 2,
        "lock": 6,
        "notifications": 8,
        "access": 11,
    }
    access = {at: place.line for at, place in one(reading, "access").places.items()}
    assert access == {"/Policy": 12, "/Policy/Statement": 14, "/Policy/Statement/0": 14, "/Policy/Statement/1": 15}
    assert {at: place.line for at, place in one(reading, "lock").places.items()} == {"/MinRetentionDays": 7}
    assert not [at for at in one(reading, "vault").places if at != "/BackupVaultName"]
