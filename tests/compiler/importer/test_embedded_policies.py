"""Backup policies inside templates and Terraform: they come back the same, and what is told stands in its line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.compiler.importer.backup_policies import ROLE, after, before, leaf, policy, rule, selection

from backstay.importer import cloudformation, terraform
from backstay.importer.found import Reading, Scope, Unknown
from backstay.importer.gather import gather
from backstay.importer.write.source import write

TEMPLATE = """\
Parameters:
  Days: {Type: Number, Default: 35}
  Far: {Type: String}
  Units: {Type: CommaDelimitedList}
Resources:
  Policy:
    Type: AWS::Organizations::Policy
    Properties:
      Name: org
      Type: BACKUP_POLICY
      TargetIds: TARGETS
      Content:
        Fn::ToJsonString:
          plans:
            daily:
              regions: {"@@assign": [eu-central-1]}
              rules:
                nightly:
                  schedule_expression: {"@@assign": "cron(0 3 ? * * *)"}
                  target_backup_vault_name: {"@@assign": main}
                  lifecycle:
                    delete_after_days: {"@@assign": !Ref Days}
                  COPY
              selections:
                tags:
                  gold:
                    iam_role_arn: {"@@assign": "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"}
                    tag_key: {"@@assign": backup}
                    tag_value: {"@@assign": [gold]}
"""
COPY = "copy_actions: {far: {target_backup_vault_arn: {'@@assign': !Ref Far}}}"
CONFIGURATION = """\
provider "aws" {
  allowed_account_ids = ["200000000009"]
}
data "aws_caller_identity" "me" {}
data "aws_organizations_organization" "all" {}
resource "aws_organizations_policy" "p" {
  name = "org"
  type = "BACKUP_POLICY"
  content = jsonencode({
    plans = { daily = {
      regions = { "@@assign" = ["eu-central-1"] }
      rules = { nightly = {
        schedule_expression      = { "@@assign" = "cron(0 3 ? * * *)" }
        target_backup_vault_name = { "@@assign" = "main" }
        lifecycle                = { delete_after_days = { "@@assign" = 35 } }
        copy_actions = {
          COPIES
        }
      } }
      selections = { tags = { gold = {
        iam_role_arn = { "@@assign" = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole" }
        tag_key      = { "@@assign" = "backup" }
        tag_value    = { "@@assign" = ["gold"] }
      } } }
    } }
  })
}
resource "aws_organizations_policy_attachment" "a" {
  policy_id = aws_organizations_policy.p.id
  target_id = data.aws_organizations_organization.all.roots[0].id
}
"""


def template(*, targets: str = "[r-abcd]", copy: str = "") -> Reading:
    """The reading of the template."""
    text = TEMPLATE.replace("TARGETS", targets).replace("                  COPY\n", f"                  {copy}\n")
    return cloudformation.read("t.yaml", text.encode())


def configuration(*arns: str) -> Reading:
    """The reading of the configuration, with copies to ARNs."""
    copies = "\n".join(f'"{arn}" = {{ target_backup_vault_arn = {{ "@@assign" = "{arn}" }} }}' for arn in arns)
    return terraform.read("main.tf", CONFIGURATION.replace("          COPIES", copies).encode())


def test_a_policy_in_a_template(tmp_path: Path) -> None:
    """A document that a function turns into text comes back as what it says."""
    reading = template()
    assert not reading.findings
    assert after(write(gather([reading]), ["t"]).source, tmp_path) == before([(policy(), {"root": True})])


def test_a_policy_in_terraform(tmp_path: Path) -> None:
    """So does one in `jsonencode`, with the account of its provider, at the root that Terraform looks up."""
    arn = "arn:aws:backup:eu-west-1:200000000009:backup-vault:far"
    reading = configuration(arn.replace("200000000009", "${data.aws_caller_identity.me.account_id}"))
    assert not reading.findings
    copied = rule(copy_actions={arn: {"target_backup_vault_arn": leaf(arn)}})
    wanted = before([(policy(rules={"nightly": copied}), {"root": True})])
    assert after(write(gather([reading]), ["t"]).source, tmp_path) == wanted


def lines(reading: Reading) -> list[tuple[str, int]]:
    """Names and lines of the findings, once settled."""
    return [(one.name, one.span.line if one.span is not None else 0) for one in gather([reading]).findings]


def test_findings_stand_inside() -> None:
    """What is told of a part of a document stands in its own line, not where the document begins."""
    line = TEMPLATE.splitlines().index("                  COPY") + 1
    assert lines(template(copy=COPY)) == [("left-out", line)]
    line = CONFIGURATION.splitlines().index("          COPIES") + 1
    assert lines(configuration("arn:aws:backup:${var.r}:200000000009:backup-vault:far")) == [("left-out", line)]


def test_open_names_do_not_meet() -> None:
    """Two copies whose targets are open are two, also where what is known of them is alike."""
    reading = configuration(*(f"arn:aws:backup:${{var.{one}}}:200000000009:backup-vault:far" for one in ("a", "b")))
    (plan,) = [one for one in reading.found if one.kind == "plan"]
    assert len(plan.body["BackupPlan"]["Rules"][0]["CopyActions"]) == 2


@pytest.mark.parametrize(
    ("targets", "where", "said"),
    [
        ('["100000000010"]', Scope(target='account("100000000010")'), 'attach=account("100000000010")'),
        ("[ou-ab12-12345678]", Scope(aim="ou-ab12-12345678"), "# the source attaches this to ou-ab12-12345678"),
        ("!Ref Units", Scope(aim="${Units}"), "# the source attaches this to ${Units}"),
    ],
)
def test_where_it_is_attached(targets: str, where: Scope, said: str) -> None:
    """Ids that tell no account are told beside `attach=`."""
    reading = template(targets=targets)
    assert {(one.where.target, one.where.aim) for one in reading.found} == {(where.target, where.aim)}
    assert said in write(gather([reading]), ["t"]).source


def test_a_type_that_is_open() -> None:
    """A policy of an open type is a backup policy if it has plans."""
    text = TEMPLATE.replace("TARGETS", "[]").replace("BACKUP_POLICY", "!Ref Far").replace("COPY", "")
    assert [one.kind for one in cloudformation.read("t.yaml", text.encode()).found] == ["plan", "selection"]
    other = TEMPLATE.replace("TARGETS", "[]").replace("BACKUP_POLICY", "TAG_POLICY").replace("COPY", "")
    assert not cloudformation.read("t.yaml", other.encode()).found


LOCKED: Mapping[str, str] = {
    "a part": "LockConfiguration: !If [Locked, {MinRetentionDays: 7}, !Ref AWS::NoValue]",
    "the whole": "LockConfiguration: {MinRetentionDays: 7}",
}


@pytest.mark.parametrize("name", LOCKED)
def test_what_decides_about_a_lock(name: str) -> None:
    """A lock under a condition that only the deployment decides says so; one without is sure."""
    text = f"""\
Parameters: {{Lock: {{Type: String}}}}
Conditions: {{Locked: !Equals [!Ref Lock, "yes"]}}
Resources:
  V:
    Type: AWS::Backup::BackupVault
    {"Condition: Locked" if name == "the whole" else ""}
    Properties:
      BackupVaultName: v
      {LOCKED[name]}
"""
    reading = cloudformation.read("t.yaml", text.encode())
    (lock,) = [one for one in reading.found if one.kind == "lock"]
    assert isinstance(lock.maybe, Unknown)


LOCK = """\
resource "aws_backup_vault_lock_configuration" "l" {
  backup_vault_name  = "v"
  min_retention_days = 7
  NUMBER
}
"""


@pytest.mark.parametrize(
    ("number", "open_"),
    [("count = var.on ? 1 : 0", True), ("for_each = var.on ? { a = 1 } : {}", True), ("count = 1", False)],
)
def test_locks_of_open_number(number: str, open_: bool) -> None:
    """So does one in Terraform of which nobody knows how often it is there."""
    (found,) = terraform.read("main.tf", LOCK.replace("NUMBER", number).encode()).found
    assert (found.maybe is not None) is open_


SELECTION = """\
resource "aws_backup_selection" "s" {
  plan_id      = "x"
  name         = "${var.app}-production-nightly-backups-of-all"
  iam_role_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/Backup"
  resources    = ["*"]
}
"""


def test_open_values_have_the_names_of_all_their_parts() -> None:
    """The name of a text that is put together is made of all of it, that of an ARN of what it names."""
    (found,) = terraform.read("main.tf", SELECTION.encode()).found
    chosen = found.body["BackupSelection"]
    assert chosen["SelectionName"].name == "app_production_nightly_backups_of_all"
    assert chosen["IamRoleArn"].name == "role_backup"


def test_json_text() -> None:
    """A document that is text already is read too, at the place of the text."""
    chosen = {"gold": {**selection()["tags"]["gold"], "iam_role_arn": leaf(ROLE)}}
    content = json.dumps(policy(selections={"tags": chosen}, regions=leaf([])))
    properties = {"Name": "p", "Type": "BACKUP_POLICY", "Content": content}
    resource = {"Type": "AWS::Organizations::Policy", "Properties": properties}
    reading = cloudformation.read("t.json", json.dumps({"Resources": {"P": resource}}, indent=1).encode())
    assert [one.kind for one in reading.found] == ["plan", "selection"]
    assert [(one.name, one.span and one.span.line) for one in reading.findings] == [("approximated", 8)]
