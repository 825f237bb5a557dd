"""What the recorded runs do with data: back up, copy, restore, test, look about."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from tests.runtime.permissions.recording import (
    BUCKET,
    CENTRAL,
    CENTRAL_VAULT,
    CHANNEL,
    CONTROL,
    MANAGEMENT,
    OTHER,
    PAYMENTS,
    PLAN,
    REGION,
    RISK,
    SELECTIONS,
    SETTING,
    SETTINGS,
    TESTING,
    Recording,
)

from backstay_agent.cli.apply import apply
from backstay_agent.cli.audit import audit
from backstay_agent.cli.backup import backup
from backstay_agent.cli.copy import copy
from backstay_agent.cli.doctor import doctor
from backstay_agent.cli.dump import dump
from backstay_agent.cli.inventory import inventory
from backstay_agent.cli.restore import restore
from backstay_agent.cli.restore_test import restore_test
from backstay_agent.jobs.look import Look
from backstay_agent.jobs.points import tags_of
from backstay_agent.jobs.route import Vault
from backstay_agent.jobs.work import Copy


def run_jobs(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Back up a bucket and a table, copy, restore, audit."""
    build = builds.write(folder / "build", with_copies, settings=SETTINGS)
    central_vault(cloud)
    assert CliRunner().invoke(apply, [str(build), "--yes"]).exit_code == 0
    make_data(cloud)
    with recording.of("backup"):
        assert CliRunner().invoke(backup, [str(build), "--resource", BUCKET]).exit_code == 1
    recording.run("backup", backup, build, "--no-copies")
    with recording.of("copy"):
        assert CliRunner().invoke(copy, [str(build)]).exit_code == 1
    let_in(cloud)
    cloud.local.advance(timedelta(seconds=2))  # AWS tells its time in seconds: what ended in this one counts as ours
    recording.run("backup", backup, build, "--resource", BUCKET)
    recording.run("copy", copy, build)
    over_a_stop(cloud, builds, recording, folder)
    with recording.of("copy"):
        volume = ("arn:aws:ec2:eu-central-1:100000000010:volume/vol-1", "arn:aws:ec2:eu-central-1::snapshot/snap-1")
        work = Copy(PAYMENTS, REGION, *volume, "primary", "gold", "daily", CENTRAL_VAULT, {}, "role", "EBS")
        Look(cloud.aws()).load(work, Vault(PAYMENTS, REGION, "primary"))
        tags_of(cloud.aws(), PAYMENTS, REGION, [f"arn:aws:rds:{REGION}:{PAYMENTS}:snapshot:awsbackup:job-1"])
    backed_up = cloud.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="primary")
    for point in backed_up["RecoveryPoints"]:
        if point["ResourceType"] != "EBS":
            recording.run("restore", restore, point["RecoveryPointArn"])
    run_tests(cloud, recording, build)
    with recording.of("audit"):
        CliRunner().invoke(audit, [str(build)])
    with recording.of("audit-submit"):
        CliRunner().invoke(audit, [str(build), "--submit-security-hub"])


def over_a_stop(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """A volume under AWS's key, whose copy goes to the central account over a vault with a customer's key; twice."""

    def stopping(body: dict[str, Any]) -> None:
        with_copies(body)
        body["vaults"].append({"BackupVaultName": "stop", "BackupVaultTags": {}})

    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    key = cloud.client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"]
    cloud.client("backup").create_backup_vault(BackupVaultName="stop", EncryptionKeyArn=key)
    build = builds.write(folder / "stopping", stopping)
    [volume] = cloud.client("ec2").describe_volumes(Filters=[{"Name": "encrypted", "Values": ["true"]}])["Volumes"]
    arn = f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/{volume['VolumeId']}"
    for _ in range(2):
        recording.run("backup", backup, build, "--resource", arn, "--account", PAYMENTS, "--token", "stop")


def run_tests(cloud: Any, recording: Recording, build: Path) -> None:
    """Restore tests of ours, and one of AWS's that waits for a verdict."""
    with recording.of("restore-test"):
        assert CliRunner().invoke(restore_test, [str(build)]).exit_code == 0
    cloud.local.advance(timedelta(hours=27))
    done = CliRunner()
    with recording.of("restore-test"):
        assert "passed" in done.invoke(restore_test, [str(build), "--scheduled"]).output


def look_about(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Read what there is, of every kind, and look for what would stop an apply."""
    furnish(cloud)
    chosen = ("--account", PAYMENTS)
    recording.run("dump", dump, "-o", folder / "live.json", *chosen)
    recording.run("dump", dump, "-o", folder / "live.json", "--regions", REGION, "--account", MANAGEMENT)
    recording.run("inventory-pull", inventory, "pull", "-o", folder / "inventory.jsonl", *chosen)
    elsewhere = f"arn:aws:backup:{REGION}:{RISK}:backup-vault:nowhere"

    def every(body: dict[str, Any]) -> None:
        key = f"arn:aws:kms:{REGION}:$account:alias/named"
        body["vaults"][0]["EncryptionKeyArn"] = key
        body["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [{"DestinationBackupVaultArn": elsewhere}]
        body["frameworks"] = [{"FrameworkName": "f", "FrameworkControls": [CONTROL]}]
        body["report_plans"] = [{"ReportPlanName": "r", "ReportDeliveryChannel": CHANNEL, "ReportSetting": SETTING}]
        body["restore_testing_plans"] = [{"RestoreTestingPlan": TESTING}]

    build = builds.write(folder / "build-looks", every)
    with recording.of("doctor"):
        assert CliRunner().invoke(doctor, [str(build)]).exit_code in (1, 3)
        assert CliRunner().invoke(doctor, ["--regions", "af-south-1"]).exit_code in (1, 3)


def furnish(cloud: Any) -> None:
    """One of each kind of thing that AWS Backup has in an account."""
    backup, kms = cloud.client("backup"), cloud.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/named", TargetKeyId=key)
    backup.create_backup_vault(BackupVaultName="named", EncryptionKeyArn=key)
    backup.create_framework(FrameworkName="f", FrameworkControls=[CONTROL])
    backup.create_report_plan(ReportPlanName="r", ReportDeliveryChannel=CHANNEL, ReportSetting=SETTING)
    backup.create_restore_testing_plan(RestoreTestingPlan=TESTING)
    role = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
    chosen = {
        "RestoreTestingSelectionName": "s",
        "ProtectedResourceType": "S3",
        "IamRoleArn": role,
        "ProtectedResourceArns": ["*"],
    }
    backup.create_restore_testing_selection(RestoreTestingPlanName="t", RestoreTestingSelection=chosen)
    backup.create_legal_hold(Title="h", Description="held")
    rows = [{"Resources": ["*"], "ResourceType": "S3", "TieringDownSettingsInDays": 60}]
    tier = {"TieringConfigurationName": "tiers", "BackupVaultName": "*", "ResourceSelection": rows}
    backup.create_tiering_configuration(TieringConfiguration=tier)


def with_copies(body: dict[str, Any]) -> None:
    """The rule copies into the central account, and restores are tested."""
    body["vault_access_policies"] = []
    body["region_settings"] = {"S3": True, "DynamoDB": True}
    body["restore_testing_plans"] = [{"RestoreTestingPlan": PLAN}]
    body["restore_testing_selections"] = [
        {"RestoreTestingPlanName": "often", "RestoreTestingSelection": selection} for selection in SELECTIONS
    ]
    body["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [{"DestinationBackupVaultArn": CENTRAL_VAULT}]


def central_vault(cloud: Any) -> None:
    """A vault that takes no copies yet."""
    key = cloud.client("kms", CENTRAL).create_key()["KeyMetadata"]["Arn"]
    cloud.client("backup", CENTRAL).create_backup_vault(BackupVaultName="central", EncryptionKeyArn=key)


def let_in(cloud: Any) -> None:
    """The central vault takes copies from now on."""
    into = {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [into]})
    cloud.client("backup", CENTRAL).put_backup_vault_access_policy(BackupVaultName="central", Policy=document)


def make_data(cloud: Any) -> None:
    """A bucket with an object whose ETag says nothing of its content, a table and a volume."""
    tag = {"Key": "backup", "Value": "gold"}
    tagged = [{"ResourceType": "volume", "Tags": [tag]}]
    cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1, Encrypted=True, TagSpecifications=tagged)
    rds, admin = cloud.client("rds"), {"MasterUsername": "root", "MasterUserPassword": "not-told-here", "Tags": [OTHER]}
    rds.create_db_instance(
        DBInstanceIdentifier="ledger", Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20, **admin
    )
    rds.create_db_cluster(DBClusterIdentifier="books", Engine="aurora-mysql", **admin)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="acme-ledger", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="acme-ledger", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="acme-ledger", Tagging={"TagSet": [tag]})
    s3.upload_fileobj(BytesIO(bytes(9 << 20)), "acme-ledger", "a")
    made = cloud.client("dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[tag],
    )
    assert made["TableDescription"]["TableStatus"]
