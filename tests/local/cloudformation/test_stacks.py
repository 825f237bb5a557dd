"""Stacks by plain boto3: what they make is in AWS Backup, what fails is undone, and what is retained stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws
from backstay_local.cloudformation.book import Book
from backstay_local.cloudformation.records import Stack

Template = Callable[[Callable[[dict[str, Any]], None]], str]
REGION = "eu-central-1"


def _nothing(resources: dict[str, Any]) -> None:
    assert resources


def _without(*names: str) -> Callable[[dict[str, Any]], None]:
    return lambda resources: [resources.pop(name) for name in names] and None


def _framework(resources: dict[str, Any]) -> None:
    """Something that the engine refuses, after everything else."""
    controls = [{"ControlName": "NO_SUCH_CONTROL"}]
    resources["Framework"] = {
        "Type": "AWS::Backup::Framework",
        "DependsOn": ["Selection"],
        "Properties": {"FrameworkName": "acme", "FrameworkControls": controls, "NoSuch": {"Ref": "AWS::NoValue"}},
    }


def test_a_stack_makes_what_it_says(stacks: Any, template: Template) -> None:
    """Vault with key, tags, policy, notifications and lock, plan, selection and role: all are there, by any client."""
    stack = stacks.create(template(_nothing))
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    vault = stacks.backup.describe_backup_vault(BackupVaultName="main")
    assert (vault["Locked"], vault["MinRetentionDays"], vault["MaxRetentionDays"]) == (True, 7, 400)
    assert vault["EncryptionKeyArn"].endswith(f":key/{stacks.ids()['Key']}")
    assert stacks.backup.list_tags(ResourceArn=vault["BackupVaultArn"])["Tags"] == {"team": "platform"}
    told = stacks.backup.get_backup_vault_notifications(BackupVaultName="main")
    assert told["SNSTopicArn"] == f"arn:aws:sns:{REGION}:123456789012:alarms"
    assert "CopyIntoBackupVault" in stacks.backup.get_backup_vault_access_policy(BackupVaultName="main")["Policy"]
    plan = stacks.backup.get_backup_plan(BackupPlanId=stacks.ids()["Plan"])["BackupPlan"]
    assert plan["Rules"][0]["TargetBackupVaultName"] == "main"
    assert plan["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 35}
    (selection,) = stacks.backup.list_backup_selections(BackupPlanId=stacks.ids()["Plan"])["BackupSelectionsList"]
    assert selection["IamRoleArn"] == "arn:aws:iam::123456789012:role/ops/Backups"
    assert stack["Outputs"] == [{"OutputKey": "VaultArn", "OutputValue": vault["BackupVaultArn"]}]


def test_ref_and_getatt_are_those_of_aws(stacks: Any) -> None:
    """`Ref` of a vault is its name, of a plan its id; the attributes are those of the template reference."""
    outputs = {
        "VaultName": {"Ref": "Vault"},
        "PlanId": {"Ref": "Plan"},
        "PlanArn": {"Fn::GetAtt": ["Plan", "BackupPlanArn"]},
        "Version": {"Fn::GetAtt": "Plan.VersionId"},
        "Joined": {"Fn::Join": ["/", [{"Ref": "Vault"}, {"Fn::Sub": ["${x}-${!y}-${Vault}", {"x": "a"}]}]]},
    }
    body = {
        "Resources": {
            "Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "main"}},
            "Plan": {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": {
                    "BackupPlan": {
                        "BackupPlanName": "p",
                        "BackupPlanRule": [{"RuleName": "r", "TargetBackupVault": {"Ref": "Vault"}}],
                    }
                },
            },
        },
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    stack = stacks.create(json.dumps(body))
    told = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    row = stacks.backup.list_backup_plans()["BackupPlansList"][0]
    assert told == {
        "VaultName": "main",
        "PlanId": row["BackupPlanId"],
        "PlanArn": row["BackupPlanArn"],
        "Version": row["VersionId"],
        "Joined": "main/a-${y}-main",
    }


def test_what_the_engine_refuses_fails_the_stack(stacks: Any, template: Template) -> None:
    """What AWS Backup does not take is no silent success: the stack tells its sentence, and is undone."""
    stack = stacks.create(template(_framework))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.cloudformation.describe_stack_events(StackName="backups")["StackEvents"]
    failed = [
        one for one in events if one["ResourceStatus"] == "CREATE_FAILED" and one["LogicalResourceId"] != "backups"
    ]
    assert [one["LogicalResourceId"] for one in failed] == ["Framework"]
    assert failed[0]["ResourceStatusReason"] in stack["StackStatusReason"]
    assert stacks.plans() == []
    assert stacks.vaults() == ["main"], "DeletionPolicy: Retain holds in a rollback, too"
    with pytest.raises(ClientError, match="NoSuchEntity"):
        stacks.aws.client("iam").get_role(RoleName="Backups")


def test_a_call_after_the_creation_can_fail_it(stacks: Any, template: Template) -> None:
    """The lock is a call of its own: when AWS refuses it, the vault is there, and the rollback finds it."""

    def wrong(resources: dict[str, Any]) -> None:
        resources["Vault"]["Properties"]["LockConfiguration"] = {"MinRetentionDays": 90, "MaxRetentionDays": 30}
        del resources["Vault"]["DeletionPolicy"]

    stack = stacks.create(template(wrong))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "[Vault]" in stack["StackStatusReason"]
    assert stacks.vaults() == []


def test_a_failed_stack_is_kept_when_it_was_asked_for(stacks: Any, template: Template) -> None:
    """OnFailure=DO_NOTHING: what was made stays, to be looked at."""
    stack = stacks.create(template(_framework), OnFailure="DO_NOTHING")
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert len(stacks.plans()) == 1


def test_deleting_a_stack_keeps_what_is_to_be_retained(stacks: Any, template: Template) -> None:
    """Plan, selection and role go; the vault stays with its lock, and a key that nobody retained awaits deletion."""
    made = stacks.create(template(_nothing))["StackId"]
    key = stacks.ids()["Key"]
    stacks.cloudformation.delete_stack(StackName="backups")
    assert stacks.stack(made)["StackStatus"] == "DELETE_COMPLETE"
    assert (stacks.vaults(), stacks.plans()) == (["main"], [])
    assert stacks.backup.describe_backup_vault(BackupVaultName="main")["Locked"] is True
    state = stacks.aws.client("kms", None, REGION).describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"
    with pytest.raises(ClientError, match="does not exist"):
        stacks.stack()


def test_an_update_changes_what_differs(stacks: Any, template: Template) -> None:
    """A rule in place, the plan's id staying; a selection anew; a dropped policy is gone; the rest is not touched."""
    stacks.create(template(_nothing))
    before = stacks.ids()

    def change(resources: dict[str, Any]) -> None:
        resources["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"][0]["Lifecycle"]["DeleteAfterDays"] = 40
        resources["Selection"]["Properties"]["BackupSelection"]["Resources"] = ["arn:aws:s3:::acme"]
        del resources["Vault"]["Properties"]["AccessPolicy"]
        resources["Vault"]["Properties"]["BackupVaultTags"] = {"owner": "x"}

    stack = stacks.update(template(change))
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    after = stacks.ids()
    assert {name for name in before if before[name] != after[name]} == {"Selection"}
    plan = stacks.backup.get_backup_plan(BackupPlanId=after["Plan"])["BackupPlan"]
    assert plan["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 40}
    listed = stacks.backup.list_backup_selections(BackupPlanId=after["Plan"])["BackupSelectionsList"]
    assert [one["SelectionId"] for one in listed] == [after["Selection"]]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stacks.backup.get_backup_vault_access_policy(BackupVaultName="main")
    arn = stacks.backup.describe_backup_vault(BackupVaultName="main")["BackupVaultArn"]
    assert stacks.backup.list_tags(ResourceArn=arn)["Tags"] == {"owner": "x"}


def test_a_failed_update_is_undone(stacks: Any, template: Template) -> None:
    """What had been changed before the failure is as it was; the old template stays in force."""
    stacks.create(template(_nothing))
    before = (stacks.plans(), stacks.vaults())

    def change(resources: dict[str, Any]) -> None:
        _framework(resources)
        resources["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"][0]["Lifecycle"]["DeleteAfterDays"] = 40

    stack = stacks.update(template(change))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "[Framework]" in stack["StackStatusReason"]
    plan = stacks.backup.get_backup_plan(BackupPlanId=stacks.ids()["Plan"])["BackupPlan"]
    assert plan["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 35}
    assert (stacks.plans(), stacks.vaults()) == before
    assert "Framework" not in stacks.ids()
    assert stacks.update(template(_without("Selection")))["StackStatus"] == "UPDATE_COMPLETE"


def test_a_replaced_vault_is_retained(stacks: Any, template: Template) -> None:
    """Another name is another vault; UpdateReplacePolicy keeps the old one, and what refers to it moves on."""
    stacks.create(template(_nothing))
    renamed = template(lambda resources: resources["Vault"]["Properties"].update(BackupVaultName="other"))
    assert stacks.update(renamed)["StackStatus"] == "UPDATE_COMPLETE"
    assert sorted(stacks.vaults()) == ["main", "other"]
    plan = stacks.backup.get_backup_plan(BackupPlanId=stacks.ids()["Plan"])["BackupPlan"]
    assert plan["Rules"][0]["TargetBackupVaultName"] == "other"


def test_what_leaves_the_template_is_deleted(stacks: Any, template: Template) -> None:
    """A plan without its selection: one is gone, the other stays."""
    stacks.create(template(_nothing))
    stacks.update(template(_without("Selection")))
    assert stacks.backup.list_backup_selections(BackupPlanId=stacks.ids()["Plan"])["BackupSelectionsList"] == []


REFUSED = [
    ("{", "ValidationError"),
    ("{}", "ValidationError"),
    ('{"Resources": {}}', "ValidationError"),
    ('{"Resources": {"A-b": {"Type": "AWS::KMS::Key"}}}', "ValidationError"),
    ('{"Resources": {"A": {"Typ": "AWS::KMS::Key"}}}', "ValidationError"),
    ('{"Resources": {"A": {"Type": "AWS::KMS::Key", "Properties": {"Description": {"Ref": "B"}}}}}', "ValidationError"),
    ('{"Resources": {"A": {"Type": "AWS::KMS::Key", "DependsOn": "A"}}}', "ValidationError"),
    ('{"Resources": {"A": {"Type": "AWS::KMS::Key"}}, "Parameters": {"P": {"Type": "String"}}}', "ValidationError"),
    ('{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}', "NotImplementedException"),
    ('{"Resources": {"A": {"Type": "AWS::KMS::Key"}}, "Description": "' + "x" * 52_000 + '"}', "ValidationError"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED)
def test_what_is_no_template_makes_no_stack(body: str, code: str, stacks: Any) -> None:
    """What CloudFormation refuses, and what is not made here, is refused before anything is made."""
    with pytest.raises(ClientError) as refused:
        stacks.create(body)
    assert refused.value.response["Error"]["Code"] == code
    assert stacks.cloudformation.list_stacks()["StackSummaries"] == []


def test_parameters_are_checked(stacks: Any, template: Template) -> None:
    """Unknown ones and those that do not fit are refused; a given one is used, and an update may keep it."""
    for name, value in (("Nobody", "x"), ("Team", "UPPER")):
        with pytest.raises(ClientError, match="ValidationError"):
            stacks.create(template(_nothing), Parameters=[{"ParameterKey": name, "ParameterValue": value}])
    stacks.create(template(_nothing), Parameters=[{"ParameterKey": "Team", "ParameterValue": "shop"}])
    assert stacks.stack()["Parameters"] == [{"ParameterKey": "Team", "ParameterValue": "shop"}]
    kept = [{"ParameterKey": "Team", "UsePreviousValue": True}]
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update(template(_nothing), Parameters=kept)


def test_roles_want_to_be_acknowledged(stacks: Any, template: Template) -> None:
    """A template with a named role needs CAPABILITY_NAMED_IAM."""
    with pytest.raises(ClientError, match="Requires capabilities"):
        stacks.cloudformation.create_stack(StackName="backups", TemplateBody=template(_nothing))


def test_a_stack_exists_once(stacks: Any, template: Template) -> None:
    """A second of the same name is refused; a protected one is not deleted."""
    stacks.create(template(_nothing), EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        stacks.create(template(_nothing))
    with pytest.raises(ClientError, match="TerminationProtection"):
        stacks.cloudformation.delete_stack(StackName="backups")


def test_a_template_may_be_yaml(stacks: Any) -> None:
    """Short functions, and a date that stays a text."""
    text = """
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: !Sub "main-${AWS::Region}"
Outputs:
  Arn:
    Value: !GetAtt Vault.BackupVaultArn
"""
    assert stacks.create(text)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.vaults() == [f"main-{REGION}"]


def test_a_template_may_come_from_a_bucket(stacks: Any, template: Template) -> None:
    """Larger templates have to: by the bucket's address, in either form."""
    s3 = stacks.aws.client("s3", None, REGION)
    s3.create_bucket(Bucket="acme-templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="acme-templates", Key="a/backups.json", Body=template(_nothing).encode())
    for number, url in enumerate(
        (
            f"https://acme-templates.s3.{REGION}.amazonaws.com/a/backups.json",
            f"https://s3.{REGION}.amazonaws.com/acme-templates/a/backups.json",
        )
    ):
        done = stacks.cloudformation.validate_template(TemplateURL=url)
        assert done["Capabilities"] == ["CAPABILITY_NAMED_IAM"], number
    with pytest.raises(ClientError, match="TemplateURL must be a supported URL"):
        stacks.cloudformation.validate_template(TemplateURL="https://example.org/x.json")


def test_stacks_outlive_the_process(tmp_path: Path, template: Template) -> None:
    """Closed and opened again: the stack is known, and deleting it deletes what it made."""
    with LocalAws(tmp_path / "aws") as aws:
        client = aws.client("cloudformation", None, REGION)
        client.create_stack(StackName="backups", TemplateBody=template(_plain), Capabilities=["CAPABILITY_NAMED_IAM"])
    with LocalAws(tmp_path / "aws") as aws:
        client, backup = aws.client("cloudformation", None, REGION), aws.client("backup", None, REGION)
        assert client.describe_stacks()["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
        assert len(backup.list_backup_plans()["BackupPlansList"]) == 1
        client.delete_stack(StackName="backups")
        assert backup.list_backup_plans()["BackupPlansList"] == []


def _plain(resources: dict[str, Any]) -> None:
    """Only what needs no topic, and the vault under AWS's own key."""
    del resources["Vault"]["Properties"]["Notifications"], resources["Vault"]["Properties"]["EncryptionKeyArn"]
    del resources["Key"]


def test_other_operations_are_refused_by_name(stacks: Any) -> None:
    """No false success: what there is no behaviour for is answered with 501."""
    with pytest.raises(ClientError) as refused:
        stacks.cloudformation.list_types()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_stacks_belong_to_their_account(stacks: Any, template: Template) -> None:
    """What one account made, another one does not see."""
    stacks.create(template(_nothing))
    other = stacks.aws.client("cloudformation", "100000000099", REGION)
    assert other.describe_stacks()["Stacks"] == []
    assert stacks.aws.client("backup", "100000000099", REGION).list_backup_vaults()["BackupVaultList"] == []


@pytest.mark.parametrize(
    ("found", "becomes"),
    [
        ("CREATE_IN_PROGRESS", "CREATE_FAILED"),
        ("ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED"),
        ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"),
        ("DELETE_IN_PROGRESS", "DELETE_FAILED"),
        ("CREATE_COMPLETE", "CREATE_COMPLETE"),
    ],
)
def test_what_was_cut_short_has_failed(found: str, becomes: str, tmp_path: Path) -> None:
    """A process that died in the middle of a stack leaves it failed, not in progress for ever."""
    stack = Stack("id", "backups", "100000000010", REGION, "{}", {}, "2026-11-24T00:00:00+00:00", found)
    first = Book(tmp_path / "book.sqlite3")
    first.keep(stack)
    first.close()
    again = Book(tmp_path / "book.sqlite3")
    (known,) = again.stacks("100000000010", REGION)
    again.close()
    assert known.status == becomes
