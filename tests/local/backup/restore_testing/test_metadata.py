"""What a restore test restores with: inferred from the recovery point, overridden by the selection, and usable."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

TABLE = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
MASTER = {"MasterUsername": "chief", "MasterUserPassword": "0123456789"}
FRESH = "awsbackup-restore-test-"
ZONE = "us-east-1"


def bucket(site: Any) -> str:
    """A bucket with one object."""
    return str(site.bucket("bucket-one", objects={"file": b"body"}))


def table(site: Any) -> str:
    """An empty table."""
    return str(site.client("dynamodb").create_table(**TABLE)["TableDescription"]["TableArn"])


def volume(site: Any) -> str:
    """A volume."""
    return str(site.volume(VolumeType="gp3"))


def instance(site: Any) -> str:
    """An instance, with the volume that it boots from."""
    wanted = {"ImageId": "ami-12c6146b", "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
    [made] = site.client("ec2").run_instances(**wanted)["Instances"]
    return f"arn:aws:ec2:us-east-1:{site.account}:instance/{made['InstanceId']}"


def file_system(site: Any) -> str:
    """A file system."""
    return str(site.client("efs").create_file_system(CreationToken="one")["FileSystemArn"])


def database(site: Any) -> str:
    """A database that is protected from deletion."""
    made = site.client("rds").create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.t3.medium",
        Engine="postgres",
        AllocatedStorage=30,
        MultiAZ=True,
        DeletionProtection=True,
        **MASTER,
    )
    return str(made["DBInstance"]["DBInstanceArn"])


def cluster(site: Any) -> str:
    """A cluster that is protected from deletion."""
    made = site.client("rds").create_db_cluster(
        DBClusterIdentifier="ledger", Engine="aurora-postgresql", DeletionProtection=True, **MASTER
    )
    return str(made["DBCluster"]["DBClusterArn"])


KINDS: dict[str, tuple[Callable[[Any], str], dict[str, str]]] = {
    "S3": (
        bucket,
        {"destinationBucketName": FRESH, "encrypted": "true", "encryptionType": "SSE-S3", "newBucket": "true"},
    ),
    "DynamoDB": (table, {"deletionProtection": "false", "encryptionType": "Default", "targetTableName": FRESH}),
    "EBS": (volume, {"availabilityZone": ZONE, "encrypted": "true"}),
    "EC2": (instance, {"disableApiTermination": "false", "instanceType": "t3.small", "requireImdsV2": "true"}),
    "EFS": (
        file_system,
        {
            "encrypted": "true",
            "file-system-id": "fs-",
            "kmsKeyId": "alias/aws/elasticfilesystem",
            "newFileSystem": "true",
            "performanceMode": "generalPurpose",
        },
    ),
    "RDS": (
        database,
        {
            "dbInstanceIdentifier": FRESH,
            "deletionProtection": "false",
            "multiAz": "false",
            "publiclyAccessible": "false",
        },
    ),
    "Aurora": (
        cluster,
        {"availabilityZones": f'["{ZONE}', "dbClusterIdentifier": FRESH, "engine": "aurora-postgresql"},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_is_tested_and_cleaned_up(tester: Any, kind: str) -> None:
    """What is inferred for a type restores, on request and in a test; what the test made is marked, and then gone."""
    make, expected = KINDS[kind]
    site = tester.site
    point = site.take(make(site))
    asked = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    inferred = tester.backup.get_restore_testing_inferred_metadata(**asked)["InferredMetadata"]
    assert inferred.keys() == expected.keys()
    assert all(inferred[name].startswith(value) for name, value in expected.items()), inferred
    tester.backup.start_restore_job(RecoveryPointArn=point, Metadata=inferred, IamRoleArn=site.role())
    tester.plan()
    tester.select(kind, ValidationWindowHours=1)
    site.advance(hours=5)
    asked_for, tested = tester.jobs()
    assert (asked_for["Status"], tested["Status"]) == ("COMPLETED", "COMPLETED"), (asked_for, tested)
    assert tester.metadata(tested).keys() == expected.keys()
    made = tested["CreatedResourceArn"]
    assert made not in (asked_for["CreatedResourceArn"], tested["SourceResourceArn"])
    tagged = {one.arn: one.tags for one in site.aws.data.resources(site.account, "us-east-1")}
    assert tagged[made]["awsbackup-restore-test"] == tested["RestoreJobId"]
    site.advance(hours=1)
    assert (tester.jobs()[1]["DeletionStatus"], tester.jobs()[1].get("DeletionStatusMessage")) == ("SUCCESSFUL", None)
    gone = tagged.keys() - {one.arn for one in site.aws.data.resources(site.account, "us-east-1")}
    assert made in gone
    assert all(tagged[arn]["awsbackup-restore-test"] == tested["RestoreJobId"] for arn in gone), "and nothing else"


def test_names_differ(tester: Any) -> None:
    """Each time the metadata are inferred the name is a new one."""
    asked = {"BackupVaultName": "v1", "RecoveryPointArn": tester.site.take(bucket(tester.site))}
    names = {
        tester.backup.get_restore_testing_inferred_metadata(**asked)["InferredMetadata"]["destinationBucketName"]
        for _ in range(3)
    }
    assert len(names) == 3


def test_inferred_of_nothing(tester: Any, refusal: Any) -> None:
    """A recovery point that is not in the vault is not found; a vault that is not there answers as other reads do."""
    asked = {"RecoveryPointArn": "arn:aws:backup:us-east-1:000000000000:recovery-point:none"}
    infer = tester.backup.get_restore_testing_inferred_metadata
    assert refusal(lambda: infer(BackupVaultName="v1", **asked))[0] == "ResourceNotFoundException"
    assert refusal(lambda: infer(BackupVaultName="v2", **asked))[0] == "AccessDeniedException"


def test_overrides(tester: Any) -> None:
    """Overrides in any case take the place of what is inferred."""
    site = tester.site
    site.take(volume(site))
    tester.plan()
    overrides = {"AvailabilityZone": "us-east-1f", "volumesize": "3"}
    tester.select("EBS", RestoreMetadataOverrides=overrides, ValidationWindowHours=1)
    site.advance(hours=5)
    metadata = tester.metadata(tester.job())
    assert metadata == {"availabilityZone": "us-east-1f", "encrypted": "true", "volumeSize": "3"}
    made = tester.job()["CreatedResourceArn"].rpartition("/")[2]
    [found] = site.client("ec2").describe_volumes(VolumeIds=[made])["Volumes"]
    assert (found["AvailabilityZone"], found["Size"], found["Encrypted"]) == ("us-east-1f", 3, True)


def test_source_tags_come_along(tester: Any) -> None:
    """Where a type supports tags on restore, a test applies those of the recovery point."""
    site = tester.site
    made = site.client("ec2").create_volume(
        AvailabilityZone="us-east-1a",
        Size=1,
        TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "env", "Value": "prod"}]}],
    )
    site.take(f"arn:aws:ec2:us-east-1:{site.account}:volume/{made['VolumeId']}")
    tester.plan()
    tester.select("EBS", ValidationWindowHours=1)
    site.advance(hours=5)
    volumes = site.client("ec2").describe_volumes(Filters=[{"Name": "tag-key", "Values": ["awsbackup-restore-test"]}])
    [restored] = volumes["Volumes"]
    assert {"Key": "env", "Value": "prod"} in restored["Tags"]


def test_key_is_off(tester: Any) -> None:
    """A recovery point whose key is off fails its test with the reason of the key."""
    site = tester.site
    key = site.key()
    site.vault("v2", EncryptionKeyArn=key)
    site.take(bucket(site), vault="v2")
    site.client("kms").disable_key(KeyId=key)
    tester.plan()
    tester.select()
    site.advance(hours=5)
    job = tester.job()
    assert job["Status"] == "FAILED"
    assert key.rpartition("/")[2] in job["StatusMessage"]
    assert json.dumps(tester.metadata(job)) == "{}"
