"""What a file leaves open: nothing is said that hangs by it, and nothing that was filled in is ever told."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backstay import survey
from backstay.importer.found import Reading, Unknown
from backstay_contract.findings import Finding

Judge = Callable[[Reading], tuple[Finding, ...]]
Changed = Callable[[Reading, int, tuple[Any, ...], Any], Reading]
Spots = Callable[[Reading], Iterator[tuple[int, tuple[Any, ...]]]]
Lint = Callable[..., list[Finding]]

NOW = datetime.date(2026, 11, 22)
FORMS = ("cloudformation", "terraform", "organizations", "plan")
OPEN = Unknown("${Open}", "the file does not say", "open")
FILLED = re.compile(
    r"_zq\d|filled-in|111122223333|444455556666|777788889999|o-unknown000|us-east-1|sa-east-1|\{\}|\$account"
)

VAULT = """\
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: acme
      EncryptionKeyArn: arn:aws:kms:eu-central-1:100000000010:key/11111111-2222-3333-4444-555555555555
"""
PLAN = """\
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: acme
        BackupPlanRule:
          - RuleName: daily
            TargetBackupVault: acme
            ScheduleExpression: cron(0 3 ? * * *)
            StartWindowMinutes: 60
            CompletionWindowMinutes: 480
            Lifecycle: {DeleteAfterDays: 35}
"""
LOCK = """\
resource "aws_backup_vault_lock_configuration" "lock" {
  backup_vault_name  = var.vault
  min_retention_days = %s
  max_retention_days = %s
}
"""


def names(findings: list[Finding]) -> set[str]:
    """The names of errors and warnings."""
    return {one.name for one in findings if one.severity != "advice"}


@pytest.mark.parametrize("form", FORMS)
def test_open_values(form: str, twins: Any, judge: Judge, changed: Changed, spots: Spots) -> None:
    """A file without a mistake has none either when any one of its values, lists or structures is left open."""
    for reading in twins(form):
        for number, at in spots(reading):
            findings = judge(changed(reading, number, at, OPEN))
            assert not names(list(findings)), (reading.found[number].place, at)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_filled_in_is_told(form: str, twins: Any, judge: Judge, changed: Changed, spots: Spots) -> None:
    """Of a file with mistakes and open values, no sentence has a word that is not the file's own."""
    for reading in twins(form):
        if "us-gov" in str(reading.found):
            continue
        places = list(spots(reading))
        numbers = [(number, at) for number, at in places if at[-1] in ("DeleteAfterDays", "StartWindowMinutes")]
        for number, at in numbers[:2]:
            wrong = changed(reading, number, at, 1)
            for other in places[:: max(1, len(places) // 8)]:
                for finding in judge(changed(wrong, *other, OPEN)) if other != (number, at) else ():
                    told = (finding.message, finding.label, finding.help or "", *finding.notes)
                    assert not [text for text in told if FILLED.search(text)]


def test_name_that_is_an_expression(lint: Lint) -> None:
    """What has no name but an expression is called by that."""
    text = PLAN.replace("RuleName: daily", "RuleName: !Ref Name").replace("480", "60")
    parameters = "Parameters:\n  Name: {Type: String}\n"
    (finding,) = [one for one in lint(a_yaml=parameters + text) if one.name == "completion-before-start"]
    assert "rule `${Name}` may start" in finding.message


def test_two_open_schedules(lint: Lint) -> None:
    """Two schedules that are not known do not start together; one that is used twice does."""
    rule = PLAN[PLAN.index("          - RuleName") :]
    parameters = "Parameters:\n  One: {Type: String}\n  Two: {Type: String}\n"
    first = PLAN.replace("cron(0 3 ? * * *)", "!Ref One")
    second = rule.replace("RuleName: daily", "RuleName: second")
    apart = parameters + first + second.replace("cron(0 3 ? * * *)", "!Ref Two")
    assert "always-swallowed" not in names(lint(a_yaml=apart))
    together = parameters + first + second.replace("cron(0 3 ? * * *)", "!Ref One")
    assert "always-swallowed" in names(lint(b_yaml=together))


def test_lone_parts(lint: Lint) -> None:
    """A lock, an access policy or a selection is judged too where its vault or plan is in another file."""
    assert "narrow-lock" in names(lint(a_tf=LOCK % (30, 30)))
    selection = '{"BackupSelection": {"SelectionName": "a", "IamRoleArn": "arn:aws:iam::100000000010:role/r"}}'
    assert names(lint(b_json=selection)) == {"empty-selection"}


def test_lone_parts_of_several_wholes(lint: Lint) -> None:
    """Selections that do not say of which plan they are are not taken to be of one, and no plan is made up in words."""
    one = '{"BackupSelection": {"SelectionName": "s%s", "IamRoleArn": "arn:aws:iam::100000000010:role/r", %s}}'
    tags = '"ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "b"}]'
    assert not names(lint(a_json=one % (1, tags), b_json=one % (2, tags)))


def test_condition_that_is_open(lint: Lint) -> None:
    """What is there only under a condition is judged by itself, and not held against what is there in any case."""
    lock = 'variable "on" {}\n' + LOCK.replace("{\n", "{\n  count = var.on ? 1 : 0\n", 1)
    plan = """\
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "daily"
    target_vault_name = var.vault
    schedule          = "cron(0 3 ? * * *)"
    completion_window = 600
    lifecycle {
      delete_after = 35
    }
  }
}
"""
    assert names(lint(a_tf=plan + lock % (90, 400))) == set()
    assert names(lint(b_tf=plan + lock % (30, 30))) == {"narrow-lock"}
    assert names(lint(c_tf=plan + LOCK % (90, 400))) == {"retention-outside-lock"}


def test_conditions_that_are_apart(lint: Lint) -> None:
    """Two things under two open conditions are not held against each other."""
    two = "".join(
        LOCK.replace('"lock" {', f'"{name}" {{\n  count = var.{name} ? 1 : 0', 1) % bounds
        for name, bounds in (("here", (7, 400)), ("there", (90, 500)))
    )
    assert not names(lint(a_tf='variable "here" {}\nvariable "there" {}\n' + two))


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        ("arn:aws:ec2:*:*:volume/*", {"foreign-partition"}),
        ("!Sub arn:${AWS::Partition}:ec2:*:*:volume/*", set()),
        ("arn:aws-us-gov:ec2:*:*:volume/*", set()),
    ],
)
def test_partition(arn: str, found: set[str], lint: Lint) -> None:
    """A file is of the partition that most of its ARNs are of; what leaves the partition open is of any."""
    selection = f"""\
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: all
        IamRoleArn: arn:aws-us-gov:iam::600000000100:role/backup
        Resources:
          - {arn}
"""
    assert names(lint(a_yaml=PLAN + selection)) == found


@pytest.mark.parametrize("role", ["arn:aws:iam::$account:role/backup", "arn:aws-us-gov:iam::$account:role/backup"])
def test_partition_of_a_backup_policy(role: str, lint: Lint) -> None:
    """A backup policy for GovCloud whose role is `arn:aws:` names a role that is not there."""
    text = """\
{"plans": {"p": {"regions": {"@@assign": ["us-gov-west-1"]},
  "rules": {"daily": {"schedule_expression": {"@@assign": "cron(0 3 ? * * *)"},
    "target_backup_vault_name": {"@@assign": "v"}, "lifecycle": {"delete_after_days": {"@@assign": "35"}}}},
  "selections": {"tags": {"s": {"iam_role_arn": {"@@assign": "ROLE"},
    "tag_key": {"@@assign": "backup"}, "tag_value": {"@@assign": ["daily"]}}}}}}}
"""
    expected = set() if "us-gov" in role else {"role-of-another-account"}
    assert names(lint(a_json=text.replace("ROLE", role))) == expected


def test_own_account_in_an_access_policy(lint: Lint) -> None:
    """What an access policy gives to the vault's own account is nothing that it gives to others."""
    access = """\
      AccessPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: backup:StartBackupJob
            Resource: "*"
"""
    assert not names(lint(a_yaml=VAULT + access))
    one = '!Sub "arn:aws:iam::${AWS::AccountId}:root"'
    strangers = access.replace(one, '["arn:aws:iam::100000000098:root", "arn:aws:iam::100000000099:root"]')
    assert names(lint(b_yaml=VAULT + strangers)) == {"ineffective-cross-account-action"}


def test_windows_of_terraform(lint: Lint) -> None:
    """Where windows are omitted, Terraform has those of its provider, and not those of AWS."""
    text = """\
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "often"
    target_vault_name = "acme"
    schedule          = "cron(0 0/6 ? * * *)"
    lifecycle {
      delete_after       = 35
      cold_storage_after = 0
    }
  }
}
"""
    assert not names(lint(a_tf=text))


def test_union(lint: Lint) -> None:
    """A selection of everything, or of what has a tag, takes everything: the tag adds nothing."""
    selection = """\
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: all
        IamRoleArn: arn:aws:iam::100000000010:role/backup
        Resources: ["*"]
        ListOfTags:
          - {ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: daily}
"""
    assert "redundant-selection" in names(lint(a_yaml=PLAN + selection))


def test_types_of_a_shared_form(lint: Lint) -> None:
    """A cluster of RDS may be Aurora: that AWS cannot do something with DocumentDB is not said of it."""
    selection = """\
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: all
        IamRoleArn: arn:aws:iam::100000000010:role/backup
        Resources: ["arn:aws:rds:*:*:cluster:ledger"]
"""
    continuous = PLAN.replace("Lifecycle:", "EnableContinuousBackup: true\n            Lifecycle:")
    assert "continuous-unsupported" not in names(lint(a_yaml=continuous + selection))


def test_role_without_a_name(lint: Lint) -> None:
    """A role that the template makes without a name is known by its reference."""
    role = """\
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: all
        IamRoleArn: !GetAtt Role.Arn
        ListOfTags:
          - {ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: daily}
"""
    (finding,) = [one for one in lint(a_yaml=PLAN + role) if one.severity != "advice"]
    assert (finding.name, finding.others[0].span.line) == ("role-not-for-backup", 18)
    assert not names(lint(b_yaml=PLAN + role.replace("ec2.", "backup.")))


def test_plans_of_several_folders(tmp_path: Path) -> None:
    """Plan JSON of two folders is of two things, which may be called alike."""
    plan = '{"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "v", "ScheduleExpression": '
    text = plan + '"cron(0 3 ? * * *)", "Lifecycle": {"DeleteAfterDays": %s}}]}'
    for name, days in (("one", 35), ("two", 60)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(text % days, "utf-8")
    surveyed = survey.survey([tmp_path], now=NOW)
    assert (names(list(surveyed.findings)), surveyed.plans) == (set(), 2)


OFF = """\
variable "on" { default = false }
resource "aws_backup_vault" "dr" {
  count = var.on ? 1 : 0
  name  = "%s"
}
"""
ON = """\
resource "aws_backup_vault" "vault" {
  name = "acme.vault"
}
"""


def test_what_a_default_leaves_out(lint: Lint) -> None:
    """What is not there only by a variable's default is judged; it takes nothing from what is there in any case."""
    assert names(lint(a_tf=OFF % "acme.dr")) == {"refused-vault-name"}
    assert not names(lint(b_tf=(OFF % "acme.dr").replace("var.on ? 1 : 0", "0")))
    told = [
        one.span.line for one in lint(c_tf=OFF % "acme.vault" + ON) if one.name == "refused-vault-name" and one.span
    ]
    assert told == [7]
