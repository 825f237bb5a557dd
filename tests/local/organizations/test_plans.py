"""Backup policies become plans in member accounts: made, changed, taken away, run, and nobody's to change there."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws

Refused = Callable[[str], AbstractContextManager[None]]
BACKUP, HERE = "BACKUP_POLICY", "eu-central-1"
MANAGER, DELEGATE, PROD, DEV = "100000000001", "100000000002", "100000000010", "100000000011"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def attach(client: Any, plans: dict[str, Any], target: str | None = None, name: str = "policy") -> str:
    """Make a policy of these plans and attach it (to the root, unless told); gives its id."""
    content = json.dumps({"plans": plans})
    made = client.create_policy(Content=content, Description="d", Name=name, Type=BACKUP)["Policy"]
    policy = str(made["PolicySummary"]["Id"])
    client.attach_policy(PolicyId=policy, TargetId=target or client.list_roots()["Roots"][0]["Id"])
    return policy


def backup(aws: LocalAws, account: str = PROD, region: str = HERE) -> Any:
    """The Backup client of an account."""
    return aws.client("backup", account, region)


def plan_ids(aws: LocalAws, account: str = PROD, region: str = HERE) -> list[str]:
    """The plans that an account has in a Region."""
    found = backup(aws, account, region).list_backup_plans()["BackupPlansList"]
    return [one["BackupPlanId"] for one in found]


def furnish(aws: LocalAws, account: str = PROD, *, role: bool = True) -> None:
    """The vault and the role that the plan needs, and a table that it takes."""
    backup(aws, account).create_backup_vault(BackupVaultName="safe")
    if role:
        trust = json.dumps(TRUST)
        aws.client("iam", account).create_role(RoleName="backup", AssumeRolePolicyDocument=trust)
    aws.client("dynamodb", account, HERE).create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "backup", "Value": "daily"}],
    )


def jobs(aws: LocalAws, account: str = PROD) -> list[dict[str, Any]]:
    """The backup jobs of an account."""
    return list(backup(aws, account).list_backup_jobs()["BackupJobs"])


def test_a_policy_becomes_plans_in_every_account_and_region(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """Each member has the plan in each Region that it names, and nowhere else."""
    plan["regions"]["@@assign"] = [HERE, "eu-west-1"]
    attach(enabled, {"gold": plan})
    for account in (MANAGER, DELEGATE, PROD, DEV):
        assert [len(plan_ids(acme, account, region)) for region in (HERE, "eu-west-1", "us-east-1")] == [1, 1, 0]
    ids = {plan_ids(acme, account, region)[0] for account in (PROD, DEV) for region in (HERE, "eu-west-1")}
    assert len(ids) == 4
    assert all(one.startswith("orgs/") for one in ids)


def test_everything_that_a_document_can_say_arrives(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """Rules, copies, tags, settings and selections stand in the plan, the account and the Region filled in."""
    rule = plan["rules"]["nightly"]
    vault = "arn:aws:backup:eu-west-1:$account:backup-vault:far"
    gapped = "arn:aws:backup:$region:$account:backup-vault:gap"
    rule["start_backup_window_minutes"] = {"@@assign": "120"}
    rule["complete_backup_window_minutes"] = {"@@assign": "600"}
    rule["target_logically_air_gapped_backup_vault_arn"] = {"@@assign": gapped}
    rule["recovery_point_tags"] = {"env": {"tag_key": {"@@assign": "Env"}, "tag_value": {"@@assign": "prod"}}}
    rule["copy_actions"] = {
        vault: {
            "target_backup_vault_arn": {"@@assign": vault},
            "lifecycle": {
                "move_to_cold_storage_after_days": {"@@assign": "10"},
                "delete_after_days": {"@@assign": "100"},
            },
        }
    }
    plan["advanced_backup_settings"] = {
        "ec2": {"windows_vss": {"@@assign": "enabled"}},
        "s3": {"backup_acls": {"@@assign": "disabled"}},
    }
    plan["backup_plan_tags"] = {"team": {"tag_key": {"@@assign": "Team"}, "tag_value": {"@@assign": "core"}}}
    plan["selections"]["tags"]["pick"]["tag_value"]["@@assign"] = ["daily", "hourly"]
    plan["selections"]["resources"] = {
        "tables": {
            "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/backup"},
            "resource_types": {"@@assign": ["arn:aws:dynamodb:*:*:table/*"]},
            "not_resource_types": {"@@assign": ["arn:aws:ec2:*:*:volume/*"]},
            "conditions": {
                "string_equals": {
                    "tier": {
                        "condition_key": {"@@assign": "aws:ResourceTag/tier"},
                        "condition_value": {"@@assign": "1"},
                    }
                }
            },
        }
    }
    attach(enabled, {"gold": plan})
    [plan_id] = plan_ids(acme)
    client = backup(acme)
    found = client.get_backup_plan(BackupPlanId=plan_id)
    assert found["BackupPlanArn"] == f"arn:aws:backup:{HERE}:{PROD}:backup-plan:{plan_id}"
    [made] = found["BackupPlan"]["Rules"]
    rule_id = made.pop("RuleId")
    assert made == {
        "RuleName": "nightly",
        "TargetBackupVaultName": "safe",
        "TargetLogicallyAirGappedBackupVaultArn": f"arn:aws:backup:{HERE}:{PROD}:backup-vault:gap",
        "ScheduleExpression": "cron(0 3 ? * * *)",
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowMinutes": 120,
        "CompletionWindowMinutes": 600,
        "Lifecycle": {"DeleteAfterDays": 35},
        "EnableContinuousBackup": False,
        "RecoveryPointTags": {"Env": "prod"},
        "CopyActions": [
            {
                "DestinationBackupVaultArn": f"arn:aws:backup:eu-west-1:{PROD}:backup-vault:far",
                "Lifecycle": {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100},
            }
        ],
    }
    assert rule_id
    assert found["BackupPlan"]["AdvancedBackupSettings"] == [
        {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}},
        {"ResourceType": "S3", "BackupOptions": {"BackupACLs": "disabled"}},
    ]
    assert client.list_tags(ResourceArn=found["BackupPlanArn"])["Tags"] == {"Team": "core"}
    listed = client.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    bodies = {
        one["SelectionName"]: client.get_backup_selection(BackupPlanId=plan_id, SelectionId=one["SelectionId"])
        for one in listed
    }
    role = f"arn:aws:iam::{PROD}:role/backup"
    assert bodies["pick"]["BackupSelection"]["ListOfTags"] == [
        {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": value}
        for value in ("daily", "hourly")
    ]
    assert bodies["tables"]["BackupSelection"] == {
        "SelectionName": "tables",
        "IamRoleArn": role,
        "Resources": ["arn:aws:dynamodb:*:*:table/*"],
        "NotResources": ["arn:aws:ec2:*:*:volume/*"],
        "Conditions": {"StringEquals": [{"ConditionKey": "aws:ResourceTag/tier", "ConditionValue": "1"}]},
    }


def test_in_the_member_the_plan_is_to_be_read_only(
    acme: LocalAws, enabled: Any, plan: dict[str, Any], refused: Refused
) -> None:
    """Whoever changes a plan of the organization, its selections among it, is refused; the plan stays as it is."""
    attach(enabled, {"gold": plan})
    [plan_id], client = plan_ids(acme), backup(acme)
    body = client.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"]
    rules = [{"RuleName": "own", "TargetBackupVaultName": "safe"}]
    [selection] = client.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    picked = {"SelectionName": "mine", "IamRoleArn": f"arn:aws:iam::{PROD}:role/backup", "Resources": ["*"]}
    for attempt in (
        lambda: client.update_backup_plan(BackupPlanId=plan_id, BackupPlan={"BackupPlanName": "x", "Rules": rules}),
        lambda: client.delete_backup_plan(BackupPlanId=plan_id),
        lambda: client.create_backup_selection(BackupPlanId=plan_id, BackupSelection=picked),
        lambda: client.delete_backup_selection(BackupPlanId=plan_id, SelectionId=selection["SelectionId"]),
    ):
        with refused("InvalidParameterValueException"):
            attempt()
    assert client.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"] == body


def test_the_same_stays_and_what_changes_is_a_new_version(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """A policy that says the same leaves the plan alone; a change keeps id and rule id, and makes a version."""
    policy = attach(enabled, {"gold": plan})
    [plan_id], client = plan_ids(acme), backup(acme)
    first = client.get_backup_plan(BackupPlanId=plan_id)
    enabled.update_policy(PolicyId=policy, Content=json.dumps({"plans": {"gold": plan}}, indent=1))
    assert client.get_backup_plan(BackupPlanId=plan_id)["VersionId"] == first["VersionId"]
    changed = copy.deepcopy(plan)
    changed["rules"]["nightly"]["lifecycle"]["delete_after_days"] = {"@@assign": "70"}
    enabled.update_policy(PolicyId=policy, Content=json.dumps({"plans": {"gold": changed}}))
    assert plan_ids(acme) == [plan_id]
    second = client.get_backup_plan(BackupPlanId=plan_id)
    assert second["VersionId"] != first["VersionId"]
    [old], [new] = (one["BackupPlan"]["Rules"] for one in (first, second))
    assert (old["RuleId"], new["Lifecycle"]) == (new["RuleId"], {"DeleteAfterDays": 70})
    versions = client.list_backup_plan_versions(BackupPlanId=plan_id)["BackupPlanVersionsList"]
    assert [one["VersionId"] for one in versions] == [second["VersionId"], first["VersionId"]]


def test_a_plan_runs_and_its_backups_outlive_it(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """The scheduler runs it like others; when the policy goes, the plan goes, and the recovery point stays."""
    furnish(acme)
    policy = attach(enabled, {"gold": plan})
    [plan_id] = plan_ids(acme)
    acme.advance(timedelta(days=1))
    [job] = jobs(acme)
    assert (job["State"], job["CreatedBy"]["BackupPlanId"], job["CreatedBy"]["BackupPlanName"]) == (
        "COMPLETED",
        plan_id,
        "gold",
    )
    enabled.detach_policy(PolicyId=policy, TargetId=enabled.list_roots()["Roots"][0]["Id"])
    assert plan_ids(acme) == []
    acme.advance(timedelta(days=2))
    assert len(jobs(acme)) == 1
    points = backup(acme).list_recovery_points_by_backup_vault(BackupVaultName="safe")["RecoveryPoints"]
    assert [one["CreatedBy"]["BackupPlanId"] for one in points] == [plan_id]
    gone = backup(acme).list_backup_plans(IncludeDeleted=True)["BackupPlansList"]
    assert [(one["BackupPlanId"], "DeletionDate" in one) for one in gone] == [(plan_id, True)]


def test_what_the_member_lacks_fails_later_not_now(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """Without the vault no job is made; without the role jobs fail; the plan is there all the same."""
    furnish(acme, DEV, role=False)
    attach(enabled, {"gold": plan})
    acme.advance(timedelta(days=1))
    assert len(plan_ids(acme, PROD)) == len(plan_ids(acme, DEV)) == 1
    assert jobs(acme, PROD) == []
    [job] = jobs(acme, DEV)
    assert (job["State"], job["StatusMessage"]) == (
        "FAILED",
        f"IAM Role arn:aws:iam::{DEV}:role/backup cannot be assumed by AWS Backup",
    )


def test_the_management_account_says_what_is_opted_in(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """For these plans the member's own opt-ins do not count, the management account's do."""
    furnish(acme)
    attach(enabled, {"gold": plan})
    backup(acme, PROD).update_region_settings(ResourceTypeOptInPreference={"DynamoDB": False})
    acme.advance(timedelta(days=1))
    assert len(jobs(acme)) == 1
    backup(acme, MANAGER).update_region_settings(ResourceTypeOptInPreference={"DynamoDB": False})
    backup(acme, PROD).update_region_settings(ResourceTypeOptInPreference={"DynamoDB": True})
    acme.advance(timedelta(days=1))
    assert len(jobs(acme)) == 1


def test_a_bad_merge_leaves_the_last_good_plan(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """While the effective policy is invalid the plan stays as it was, though its own part changed."""
    policy = attach(enabled, {"gold": plan})
    before = backup(acme).get_backup_plan(BackupPlanId=plan_ids(acme)[0])
    attach(enabled, {"half": {"regions": {"@@assign": [HERE]}}}, PROD, "half")
    plan["rules"]["nightly"]["lifecycle"]["delete_after_days"] = {"@@assign": "70"}
    enabled.update_policy(PolicyId=policy, Content=json.dumps({"plans": {"gold": plan}}))
    after = backup(acme).get_backup_plan(BackupPlanId=before["BackupPlanId"])
    assert after["VersionId"] == before["VersionId"]
    dev = backup(acme, DEV).get_backup_plan(BackupPlanId=plan_ids(acme, DEV)[0])
    assert dev["BackupPlan"]["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 70}


def test_what_only_aws_backup_refuses_is_told_to_the_member(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """A lifecycle that Organizations lets pass and AWS Backup does not take: no plan, and an event in the trail."""
    lifecycle = plan["rules"]["nightly"]["lifecycle"]
    lifecycle["move_to_cold_storage_after_days"] = {"@@assign": "30"}
    attach(enabled, {"gold": plan})
    assert plan_ids(acme) == []
    asked = [{"AttributeKey": "EventName", "AttributeValue": "InvalidOrganizationBackupPlan"}]
    [event] = acme.client("cloudtrail", PROD, HERE).lookup_events(LookupAttributes=asked)["Events"]
    details = json.loads(event["CloudTrailEvent"])["serviceEventDetails"]
    assert details["backupPlanName"] == "gold"
    assert "90 days" in details["errorMessage"]


def test_moves_and_departures(acme: LocalAws, enabled: Any, plan: dict[str, Any], refused: Refused) -> None:
    """Accounts lose the plans when they move away, leave, are removed or are closed; delegates cannot leave before."""
    unit = enabled.list_parents(ChildId=PROD)["Parents"][0]["Id"]
    root = enabled.list_roots()["Roots"][0]["Id"]
    attach(enabled, {"gold": plan}, unit)
    assert (len(plan_ids(acme, PROD)), plan_ids(acme, DEV)) == (1, [])
    enabled.move_account(AccountId=PROD, SourceParentId=unit, DestinationParentId=root)
    assert plan_ids(acme, PROD) == []
    fourth = enabled.create_account(AccountName="four", Email="4@x.example")["CreateAccountStatus"]["AccountId"]
    for account in (PROD, DEV, fourth):
        source = enabled.list_parents(ChildId=account)["Parents"][0]["Id"]
        enabled.move_account(AccountId=account, SourceParentId=source, DestinationParentId=unit)
        assert len(plan_ids(acme, account)) == 1
    acme.client("organizations", PROD).leave_organization()
    enabled.remove_account_from_organization(AccountId=DEV)
    enabled.close_account(AccountId=fourth)
    assert [plan_ids(acme, account) for account in (PROD, DEV, fourth)] == [[], [], []]
    with refused("AWSOrganizationsNotInUseException"):
        acme.client("organizations", PROD).leave_organization()
    with refused("MasterCannotLeaveOrganizationException"):
        enabled.leave_organization()
    with refused("AccountNotFoundException"):
        enabled.remove_account_from_organization(AccountId=DEV)
    for leave in (enabled.remove_account_from_organization, enabled.close_account):
        with pytest.raises(ClientError) as caught:
            leave(AccountId=DELEGATE)
        assert caught.value.response["Reason"] == "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG"  # type: ignore[typeddict-item]
    enabled.deregister_delegated_administrator(AccountId=DELEGATE, ServicePrincipal="backup.amazonaws.com")
    enabled.remove_account_from_organization(AccountId=DELEGATE)
    assert len(enabled.list_accounts()["Accounts"]) == 2


def test_without_the_type_there_are_no_plans(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """Disabling the type takes all plans; attaching again brings them back, under their old ids."""
    policy = attach(enabled, {"gold": plan})
    before, root = plan_ids(acme), enabled.list_roots()["Roots"][0]["Id"]
    enabled.disable_policy_type(RootId=root, PolicyType=BACKUP)
    assert plan_ids(acme) == []
    enabled.enable_policy_type(RootId=root, PolicyType=BACKUP)
    enabled.attach_policy(PolicyId=policy, TargetId=root)
    assert plan_ids(acme) == before


def test_plans_and_policies_survive_a_restart_together(tmp_path: Path, org_file: Path, plan: dict[str, Any]) -> None:
    """After a restart the plan is the same; a policy detached then still takes it."""
    with LocalAws(tmp_path / "data") as aws:
        aws.seed(org_file)
        client = aws.client("organizations")
        client.enable_policy_type(RootId=client.list_roots()["Roots"][0]["Id"], PolicyType=BACKUP)
        policy = attach(client, {"gold": plan}, PROD)
        before = backup(aws).get_backup_plan(BackupPlanId=plan_ids(aws)[0])
    with LocalAws(tmp_path / "data") as aws:
        after = backup(aws).get_backup_plan(BackupPlanId=plan_ids(aws)[0])
        assert (after["BackupPlanId"], after["VersionId"]) == (before["BackupPlanId"], before["VersionId"])
        aws.client("organizations").detach_policy(PolicyId=policy, TargetId=PROD)
        assert plan_ids(aws) == []


def test_every_step_is_in_the_members_trail(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """Create, Update and DeleteOrganizationalBackupPlan, in order, with the plan's id."""
    policy = attach(enabled, {"gold": plan}, PROD)
    [plan_id] = plan_ids(acme)
    acme.advance(timedelta(minutes=1))
    plan["rules"]["nightly"]["lifecycle"]["delete_after_days"] = {"@@assign": "70"}
    enabled.update_policy(PolicyId=policy, Content=json.dumps({"plans": {"gold": plan}}))
    acme.advance(timedelta(minutes=1))
    enabled.detach_policy(PolicyId=policy, TargetId=PROD)
    events = acme.client("cloudtrail", PROD, HERE).lookup_events()["Events"]
    told = [one for one in events if "OrganizationalBackupPlan" in one["EventName"]]
    assert [one["EventName"].removesuffix("OrganizationalBackupPlan") for one in told] == ["Delete", "Update", "Create"]
    assert {json.loads(one["CloudTrailEvent"])["serviceEventDetails"]["backupPlanId"] for one in told} == {plan_id}
    assert told[0]["EventTime"] - told[2]["EventTime"] >= timedelta(minutes=2)


def test_a_call_does_not_go_through_all_accounts_again(tmp_path: Path, plan: dict[str, Any]) -> None:
    """With a thousand accounts a policy for one of them touches one: calls stay in milliseconds."""
    accounts = "".join(f'    - {{id: "{200000000000 + one}", name: a{one}}}\n' for one in range(1000))
    file = tmp_path / "org.yaml"
    head = 'id: o-many0001\nmanagement_account: "200000000000"\nregions: [eu-central-1]\nroot:\n  accounts:\n'
    file.write_text(head + accounts, encoding="utf-8")
    with LocalAws() as aws:
        aws.seed(file)
        client = aws.client("organizations")
        root = client.list_roots()["Roots"][0]["Id"]
        client.enable_policy_type(RootId=root, PolicyType=BACKUP)
        attach(client, {"base": plan}, root, "base")
        began = time.process_time()
        for one in range(10):
            attach(client, {f"own{one}": plan}, str(200000000001 + one), f"own{one}")
        spent = time.process_time() - began
        assert [len(plan_ids(aws, account)) for account in ("200000000001", "200000000500")] == [2, 1]
        assert spent < 3


def test_the_next_run_is_at_the_policys_time(acme: LocalAws, enabled: Any, plan: dict[str, Any]) -> None:
    """A plan of a policy previews its runs like any other."""
    attach(enabled, {"gold": plan})
    found = backup(acme).get_backup_plan(BackupPlanId=plan_ids(acme)[0], MaxScheduledRunsPreview=2)
    hours = [one["ExecutionTime"].astimezone(UTC) for one in found["ScheduledRunsPreview"]]
    assert [one.hour for one in hours] == [3, 3]
    assert all(isinstance(one, datetime) for one in hours)
