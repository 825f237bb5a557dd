"""Whether the policy changed or somebody changed AWS: asked of CloudTrail, told on each action."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

PAYMENTS, REGION = "100000000010", "eu-central-1"


@pytest.fixture
def eve(cloud: Any) -> Any:
    """A plain boto3 client of AWS Backup, with somebody else's role in an account."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{PAYMENTS}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    cloud.client("iam").create_role(RoleName="admin", AssumeRolePolicyDocument=document)
    taken = cloud.client("sts").assume_role(RoleArn=f"arn:aws:iam::{PAYMENTS}:role/admin", RoleSessionName="eve")
    keys = taken["Credentials"]
    return boto3.client(
        "backup",
        region_name=REGION,
        endpoint_url=cloud.url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


@pytest.fixture
def applied(cloud: Any, builds: Any, run: Any, tmp_path: Path) -> Path:
    """A build that was applied an hour ago."""
    build: Path = builds.write(tmp_path / "build", accounts=(PAYMENTS,))
    assert run("apply", build, "--yes").exit_code == 0
    cloud.local.advance(timedelta(hours=1))
    return build


def the_plan(backup: Any) -> tuple[str, dict[str, Any]]:
    """The id and the body of the only plan."""
    [listed] = backup.list_backup_plans()["BackupPlansList"]
    body = backup.get_backup_plan(BackupPlanId=listed["BackupPlanId"])["BackupPlan"]
    for rule in body["Rules"]:
        rule.pop("RuleId")
    return listed["BackupPlanId"], body


def drifts(run: Any, build: Path, *options: str) -> dict[str, dict[str, Any] | None]:
    """What a plan says of who changed things, by kind of action, in the account that was changed."""
    told = json.loads(run("plan", build, "--who", "--format", "json", *options).stdout)
    return {action["kind"]: action["drift"] for action in told["actions"]}


def test_whoever_changed_a_plan_is_named(cloud: Any, eve: Any, run: Any, applied: Path) -> None:
    """The caller's ARN, the time and the operation stand in the text, the Markdown and the saved plan."""
    identity, body = the_plan(eve)
    body["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 7
    eve.update_backup_plan(BackupPlanId=identity, BackupPlan=body)
    minute = cloud.local.clock.now().strftime("%Y-%m-%d %H:%M UTC")
    by = f"arn:aws:sts::{PAYMENTS}:assumed-role/admin/eve"
    text = run("plan", applied, "--who", "-o", "plan.json").stdout
    assert f"changed by {by} at {minute} (UpdateBackupPlan)" in text
    assert "changed by arn:aws:sts::" in run("plan", applied, "--who", "--format", "markdown").stdout
    [action] = json.loads(Path("plan.json").read_text())["actions"]
    assert (action["drift"]["cause"], action["drift"]["by"]) == ("aws", by)
    told = run("apply", "plan.json", "--yes")
    assert (told.exit_code, f"changed by {by}" in told.stdout) == (0, True)


def test_a_changed_policy_is_told_as_such(cloud: Any, builds: Any, run: Any, applied: Path, tmp_path: Path) -> None:
    """Where the agent itself was the last to write, the policy changed; nobody is accused."""

    def longer(shape: dict[str, Any]) -> None:
        shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 60
        shape["vault_locks"][0]["MaxRetentionDays"] = 500

    other = builds.write(tmp_path / "other", longer, accounts=(PAYMENTS,))
    found = drifts(run, other)
    assert {kind: drift and drift["cause"] for kind, drift in found.items()} == {
        "update-plan": "policy",
        "put-vault-lock": "policy",
    }
    assert "the policy changed: Backstay itself wrote it last, at" in run("plan", other, "--who").stdout
    asked = [{"AttributeKey": "EventName", "AttributeValue": "CreateBackupPlan"}]
    [event] = cloud.client("cloudtrail").lookup_events(LookupAttributes=asked)["Events"]
    assert " backstay/" in json.loads(event["CloudTrailEvent"])["userAgent"]


def test_what_was_removed_is_told_with_whoever_removed_it(eve: Any, run: Any, applied: Path) -> None:
    """Selections, policies, notifications, locks and whole plans that somebody took away."""
    identity, _ = the_plan(eve)
    [selection] = eve.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]
    eve.delete_backup_selection(BackupPlanId=identity, SelectionId=selection["SelectionId"])
    eve.delete_backup_vault_access_policy(BackupVaultName="primary")
    eve.delete_backup_vault_lock_configuration(BackupVaultName="primary")
    eve.delete_backup_vault_notifications(BackupVaultName="primary")
    found = drifts(run, applied)
    operations = {kind: drift and (drift["cause"], drift["operation"]) for kind, drift in found.items()}
    assert operations == {
        "create-selection": ("aws", "DeleteBackupSelection"),
        "put-vault-policy": ("aws", "DeleteBackupVaultAccessPolicy"),
        "put-vault-lock": ("aws", "DeleteBackupVaultLockConfiguration"),
        "put-vault-notifications": ("aws", "DeleteBackupVaultNotifications"),
    }
    eve.delete_backup_plan(BackupPlanId=identity)
    found = drifts(run, applied)
    assert (found["create-plan"] or {})["operation"] == "DeleteBackupPlan"
    assert found["create-selection"] is None


def test_a_selection_that_somebody_replaced_is_one_entry(eve: Any, run: Any, applied: Path) -> None:
    """It is replaced, never uncovered; both of what was done to it is told."""
    identity, _ = the_plan(eve)
    [selection] = eve.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]
    body = eve.get_backup_selection(BackupPlanId=identity, SelectionId=selection["SelectionId"])["BackupSelection"]
    eve.delete_backup_selection(BackupPlanId=identity, SelectionId=selection["SelectionId"])
    body["NotResources"] = ["arn:aws:s3:::ledger*"]
    eve.create_backup_selection(BackupPlanId=identity, BackupSelection=body)
    text = run("plan", applied, "--who").stdout
    assert "± replace     1 selection       tier-gold of plan gold in payments-prod" in text
    assert "so that all of it stays covered all the time" in text
    assert "(CreateBackupSelection)" in text
    assert "+ create" not in text
    assert "- remove" not in text
    comment = run("plan", applied, "--format", "markdown").stdout
    assert "1 to replace" in comment
    assert "0 to add, 0 to change" in comment


def test_without_who_nothing_is_asked(eve: Any, run: Any, applied: Path, recorded: Any) -> None:
    """The option costs calls; a plan without it makes none of them, has the same id, and saves no drift."""
    eve.delete_backup_vault_access_policy(BackupVaultName="primary")
    with recorded() as calls:
        plain = json.loads(run("plan", applied, "--format", "json").stdout)
    assert not {call for call in calls if call.startswith("cloudtrail:")}
    assert {action["drift"] for action in plain["actions"]} == {None}
    with recorded() as calls:
        asked = json.loads(run("plan", applied, "--who", "--format", "json").stdout)
    assert "cloudtrail:LookupEvents" in calls
    assert (plain["id"], [one["id"] for one in plain["actions"]]) == (
        asked["id"],
        [one["id"] for one in asked["actions"]],
    )


def test_what_is_older_than_the_history_is_not_known(cloud: Any, eve: Any, run: Any, applied: Path) -> None:
    """After 90 days CloudTrail has forgotten; the plan says so and blames nobody."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    eve.put_backup_vault_access_policy(BackupVaultName="primary", Policy=document)
    cloud.local.advance(timedelta(days=91))
    [drift] = drifts(run, applied).values()
    assert drift is not None
    assert (drift["cause"], drift["reason"]) == (
        "unknown",
        "CloudTrail tells of no change to it in the last 90 days",
    )
    cloud.local.faults.add("expired", "cloudtrail:LookupEvents")
    told = run("plan", applied, "--who")
    assert (told.exit_code, "who changed it is not known: ExpiredTokenException while asking" in told.stdout) == (
        0,
        True,
    )
