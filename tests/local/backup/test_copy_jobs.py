"""Copies: what each precondition of AWS refuses, in its words, and what a copy is once it is made."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

HOME, FAR = "us-east-1", "eu-west-1"
NO_ORGANIZATION = "Both source and destination account must be a member of the same organization"
NOT_ENABLED = "Cross-account copy feature is not enabled for the current organization."
NO_ACCESS = "Access Denied trying to call AWS Backup service"
DEFAULT_KEY = (
    "Copy job failed because the destination Backup vault is encrypted with the default Backup service managed key."
)
OUTSIDE = (
    "Copy job failed. The retention specified in the job is not within the range specified for the target Backup Vault."
)


def copied(site: Any, point: str, target: str, **members: Any) -> dict[str, Any]:
    """Copy a recovery point of v1, and give the job at its end."""
    started = site.backup.start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=target,
        IamRoleArn=site.role(),
        **members,
    )
    site.settle()
    return dict(site.backup.describe_copy_job(CopyJobId=started["CopyJobId"])["CopyJob"])


def admit(site: Any, vault: str, account: str, **statement: Any) -> None:
    """Let the management account copy into another account's vault, unless the statement says otherwise."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{site.account}:root"},
                "Action": "backup:CopyIntoBackupVault",
                "Resource": "*",
                **statement,
            }
        ],
    }
    client = site.client("backup", account)
    client.put_backup_vault_access_policy(BackupVaultName=vault, Policy=json.dumps(policy))


def enable(site: Any) -> None:
    """Turn copies between accounts on."""
    site.backup.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})


@pytest.fixture
def abroad(site: Any) -> str:
    """Another account of the organization, with a vault of its own key that admits copies; the setting is on."""
    site.vault()
    other = str(site.member())
    enable(site)
    site.vault("target", other, EncryptionKeyArn=site.key(other))
    admit(site, "target", other)
    return other


def target(account: str, name: str = "target", region: str = HOME) -> str:
    """The ARN of a vault."""
    return f"arn:aws:backup:{region}:{account}:backup-vault:{name}"


def test_copy_to_another_region(site: Any) -> None:
    """A copy has bytes of its own: its source, and the resource, may go; it is as old as its source."""
    site.vault()
    site.vault("far", region=FAR)
    point = site.take(site.bucket("bucket-one", {"team": "a"}), Lifecycle={"DeleteAfterDays": 20})
    site.advance(days=5)
    job = copied(site, point, target(site.account, "far", FAR))
    assert (job["State"], job["MessageCategory"]) == ("COMPLETED", "SUCCESS")
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    site.settle()
    [copy] = site.points("far", region=FAR)
    assert copy["RecoveryPointArn"] == job["DestinationRecoveryPointArn"] != point
    assert copy["SourceBackupVaultArn"] == target(site.account, "v1")
    assert copy["Lifecycle"] == {"DeleteAfterDays": 20}
    assert (copy["CalculatedLifecycle"]["DeleteAt"] - copy["CreationDate"]).days == 20
    far = site.client("backup", region=FAR)
    assert far.list_tags(ResourceArn=copy["RecoveryPointArn"])["Tags"] == {"team": "a"}
    site.advance(days=14, hours=23)
    assert len(site.points("far", region=FAR)) == 1
    site.advance(hours=2)
    assert site.points("far", region=FAR) == []


def test_own_lifecycle_of_a_copy(site: Any) -> None:
    """A copy may live longer than its source; -1, and a lifecycle without an end, mean as long as the source."""
    site.vault()
    site.vault("far", region=FAR)
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 20})
    for given, kept in (({"DeleteAfterDays": 400}, 400), ({"DeleteAfterDays": -1}, 20), ({}, 20)):
        job = copied(site, point, target(site.account, "far", FAR), Lifecycle=given)
        assert job["DestinationRecoveryPointLifecycle"] == {"DeleteAfterDays": kept}


def test_copy_into_another_account(site: Any, abroad: str) -> None:
    """With all preconditions met a copy arrives in the other account, under that vault's key."""
    point = site.take(site.bucket("bucket-one"))
    job = copied(site, point, target(abroad))
    assert job["State"] == "COMPLETED", job
    [copy] = site.points("target", abroad)
    assert f":{abroad}:recovery-point:" in copy["RecoveryPointArn"]
    key = site.client("backup", abroad).describe_backup_vault(BackupVaultName="target")["EncryptionKeyArn"]
    assert copy["EncryptionKeyArn"] == key


def test_copies_in_another_account_expire_there(site: Any, abroad: str) -> None:
    """A copy in another account ends on its day, though the role of the source means nothing there."""
    point = site.take(site.bucket("bucket-one"))
    copied(site, point, target(abroad), Lifecycle={"DeleteAfterDays": 3})
    site.advance(days=2, hours=23)
    assert len(site.points("target", abroad)) == 1
    site.advance(hours=2)
    assert site.points("target", abroad) == []


def test_not_one_organization(site: Any) -> None:
    """Without an organization no copy leaves an account."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    job = copied(site, point, target("999999999999"))
    assert (job["State"], job["StatusMessage"]) == ("FAILED", NO_ORGANIZATION)


def test_setting_is_off(site: Any, abroad: str) -> None:
    """The organization's setting must be on."""
    site.backup.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "false"})
    job = copied(site, site.take(site.bucket("bucket-one")), target(abroad))
    assert (job["State"], job["StatusMessage"]) == ("FAILED", NOT_ENABLED)


def test_vault_does_not_admit(site: Any, abroad: str) -> None:
    """The destination's policy must allow CopyIntoBackupVault to the source; none, another account, a deny: refused."""
    point = site.take(site.bucket("bucket-one"))
    client = site.client("backup", abroad)
    client.delete_backup_vault_access_policy(BackupVaultName="target")
    assert copied(site, point, target(abroad))["StatusMessage"] == NO_ACCESS
    admit(site, "target", abroad, Principal={"AWS": "arn:aws:iam::999999999999:root"})
    assert copied(site, point, target(abroad))["StatusMessage"] == NO_ACCESS
    admit(site, "target", abroad, Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-other"}})
    assert copied(site, point, target(abroad))["StatusMessage"] == NO_ACCESS
    organization = site.client("organizations").describe_organization()["Organization"]["Id"]
    admit(site, "target", abroad, Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": organization}})
    assert copied(site, point, target(abroad))["State"] == "COMPLETED"
    assert copied(site, point, target(abroad, "missing"))["StatusMessage"] == NO_ACCESS


def test_default_vault_is_no_destination(site: Any, abroad: str) -> None:
    """The vault called Default takes no copies from other accounts."""
    site.vault("Default", abroad, EncryptionKeyArn=site.key(abroad))
    admit(site, "Default", abroad)
    job = copied(site, site.take(site.bucket("bucket-one")), target(abroad, "Default"))
    assert job["State"] == "FAILED"
    assert "Default" in job["StatusMessage"]


def test_default_key_only_for_fully_managed_types(site: Any, abroad: str) -> None:
    """A vault on aws/backup takes copies of fully managed types, and fails all others."""
    site.vault("plain", abroad)
    admit(site, "plain", abroad)
    assert copied(site, site.take(site.bucket("bucket-one")), target(abroad, "plain"))["State"] == "COMPLETED"
    job = copied(site, site.take(site.volume()), target(abroad, "plain"))
    assert (job["State"], job["StatusMessage"]) == ("FAILED", DEFAULT_KEY)


def test_key_of_the_source(site: Any, abroad: str) -> None:
    """A snapshot crosses accounts under a customer key that is shared, not under an AWS key or a closed one."""
    closed, shared = site.key(), site.key(shared_with=(abroad,))
    by_aws = site.take(site.volume(Encrypted=True))
    job = copied(site, by_aws, target(abroad))
    assert job["State"] == "FAILED"
    assert "AWS managed key" in job["StatusMessage"]
    job = copied(site, site.take(site.volume(Encrypted=True, KmsKeyId=closed)), target(abroad))
    assert job["State"] == "FAILED"
    assert closed in job["StatusMessage"]
    assert copied(site, site.take(site.volume(Encrypted=True, KmsKeyId=shared)), target(abroad))["State"] == "COMPLETED"


def test_retention_outside_the_destinations_lock(site: Any, abroad: str) -> None:
    """A locked destination fails copies outside its range; the source backup is not touched by it."""
    client = site.client("backup", abroad)
    client.put_backup_vault_lock_configuration(BackupVaultName="target", MinRetentionDays=30, MaxRetentionDays=90)
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 10})
    assert copied(site, point, target(abroad))["StatusMessage"] == OUTSIDE
    assert copied(site, point, target(abroad), Lifecycle={"DeleteAfterDays": 91})["StatusMessage"] == OUTSIDE
    job = copied(site, point, target(abroad), Lifecycle={"DeleteAfterDays": 90})
    assert (job["State"], job["DestinationVaultLockState"]) == ("COMPLETED", "LOCKED")
    assert len(site.points()) == 1


def test_types_without_copies(site: Any, open_site: Any) -> None:
    """Without advanced features a DynamoDB backup cannot be copied, not even in its own Region."""
    site.vault()
    site.vault("second", EncryptionKeyArn=site.key())
    site.backup.update_region_settings(ResourceTypeManagementPreference={"DynamoDB": False})
    table = site.client("dynamodb").create_table(
        TableName="t1",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    point = site.take(table)
    assert point.startswith(f"{table}/backup/")
    job = copied(site, point, target(site.account, "second"))
    assert job["State"] == "FAILED"
    assert "DynamoDB" in job["StatusMessage"]


def test_continuous_points_are_not_copied_on_demand(site: Any, rule: Any, refusal: Any) -> None:
    """A rule's copy action copies a state of a stream; a person cannot."""
    site.vault()
    site.vault("second")
    site.bucket("bucket-one")
    action = {"DestinationBackupVaultArn": target(site.account, "second")}
    site.plan(rule(keep=35, EnableContinuousBackup=True, CopyActions=[action]))
    site.advance(hours=6)
    [stream] = site.points()
    [copy] = site.points("second")
    assert (stream["Status"], copy["Status"]) == ("AVAILABLE", "COMPLETED")
    code, _ = refusal(lambda: copied(site, stream["RecoveryPointArn"], target(site.account, "second")))
    assert code == "InvalidRequestException"


def test_rule_copies_follow_the_backup(site: Any, rule: Any) -> None:
    """A rule's copies start when the backup is complete, and name the plan as their maker."""
    site.vault()
    site.vault("second")
    site.bucket("bucket-one")
    action = {"DestinationBackupVaultArn": target(site.account, "second"), "Lifecycle": {"DeleteAfterDays": 100}}
    plan_id = site.plan(rule(CopyActions=[action]))
    site.advance(hours=6)
    [backup] = site.jobs()
    [copy] = site.backup.list_copy_jobs()["CopyJobs"]
    assert copy["CreationDate"] == backup["CompletionDate"]
    assert copy["CreatedBy"]["BackupPlanId"] == plan_id == backup["CreatedBy"]["BackupPlanId"]
    assert [one["Lifecycle"] for one in site.points("second")] == [{"DeleteAfterDays": 100}]


def test_token_repeats_the_first_answer(site: Any, refusal: Any) -> None:
    """The same IdempotencyToken starts one copy; with other parameters it is refused."""
    site.vault()
    site.vault("second")
    point = site.take(site.bucket("bucket-one"))
    first = copied(site, point, target(site.account, "second"), IdempotencyToken="t-1")
    again = copied(site, point, target(site.account, "second"), IdempotencyToken="t-1")
    assert first["CopyJobId"] == again["CopyJobId"]
    assert len(site.points("second")) == 1
    code, _ = refusal(lambda: copied(site, point, target(site.account, "v1"), IdempotencyToken="t-1"))
    assert code == "InvalidParameterValueException"


@pytest.mark.long
def test_room_for_copies(open_site: Any) -> None:
    """Of 102 copies into one Region 100 run at once; the others wait, and all arrive."""
    site = open_site(settings=Settings(run_time=timedelta(hours=1)))
    site.vault()
    site.vault("far", region=FAR)
    arns = [site.bucket(f"bucket-{number}") for number in range(102)]
    for arn in arns:
        site.start(arn)
    site.advance(hours=2)
    for point in site.points():
        site.backup.start_copy_job(
            RecoveryPointArn=point["RecoveryPointArn"],
            SourceBackupVaultName="v1",
            DestinationBackupVaultArn=target(site.account, "far", FAR),
            IamRoleArn=site.role(),
        )
    site.advance(minutes=5)
    states = [job["State"] for job in site.backup.list_copy_jobs()["CopyJobs"]]
    assert (states.count("RUNNING"), states.count("CREATED")) == (100, 2)
    site.advance(hours=3)
    assert len(site.points("far", region=FAR)) == 102


def test_a_copy_of_the_same_content_costs_nothing(site: Any, rule: Any) -> None:
    """A second backup of an unchanged resource is copied without new bytes; each copy goes without the other."""
    site.vault()
    far = site.vault("far", region=FAR)
    site.bucket("bucket-one", objects={"file": b"body"})
    site.plan(rule("hourly", "cron(0 * ? * * *)", CopyActions=[{"DestinationBackupVaultArn": far}]))
    site.advance(hours=3)
    copies = [point["RecoveryPointArn"] for point in site.points("far", region=FAR)]
    assert (len(copies), len(site.aws.data.manifests())) == (3, 2)
    for gone in copies[1:]:
        site.client("backup", region=FAR).delete_recovery_point(BackupVaultName="far", RecoveryPointArn=gone)
    site.settle()
    assert [point["RecoveryPointArn"] for point in site.points("far", region=FAR)] == copies[:1]
    assert (len(site.aws.data.manifests()), site.aws.check()) == (2, [])
    site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=b"changed")
    site.advance(hours=1)
    assert len(site.aws.data.manifests()) == 4


def test_a_copy_needs_both_keys_every_time(site: Any) -> None:
    """What was copied before stands in for nothing while the key of the source, or of the destination, is off."""
    keys = {"v1": site.key(), "other": site.key()}
    for name, key in keys.items():
        site.vault(name, EncryptionKeyArn=key)
    point = site.take(site.bucket("bucket-one"))
    there = target(site.account, "other")
    assert copied(site, point, there)["State"] == "COMPLETED"
    for key in keys.values():
        site.client("kms").disable_key(KeyId=key)
        job = copied(site, point, there)
        assert job["State"] == "FAILED"
        assert "is disabled" in job["StatusMessage"]
        site.client("kms").enable_key(KeyId=key)
    assert copied(site, point, there)["State"] == "COMPLETED"


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_databases_under_awss_own_key_stay_in_their_account(site: Any, abroad: str, kind: str) -> None:
    """An encrypted database for which nobody chose a key is under alias/aws/rds, which no other account can use."""
    rds = site.client("rds")
    common = {"MasterUsername": "chief", "MasterUserPassword": "0123456789", "StorageEncrypted": True}
    if kind == "instance":
        facts = {"DBInstanceClass": "db.t3.medium", "AllocatedStorage": 20, "Engine": "postgres"}
        made = rds.create_db_instance(DBInstanceIdentifier="ledger", **facts, **common)["DBInstance"]["DBInstanceArn"]
    else:
        facts = {"DBClusterIdentifier": "ledger", "Engine": "aurora-postgresql"}
        made = rds.create_db_cluster(**facts, **common)["DBCluster"]["DBClusterArn"]
    point = site.take(made)
    own = site.client("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]["Arn"]
    [listed] = site.points()
    assert (listed["EncryptionKeyArn"], listed["IsEncrypted"]) == (own, True)
    job = copied(site, point, target(abroad))
    assert job["State"] == "FAILED"
    assert "encrypted with an AWS managed key cannot be copied" in job["StatusMessage"]
