"""What is found in an account, and of which type."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.aws import AwsProblem
from backstay_agent.describe import can_describe, describe, present
from backstay_agent.discover import find, surroundings, types_of

PAYMENTS, REGION, FAR = "100000000010", "eu-central-1", "eu-west-1"
TAGS = [{"Key": "backup", "Value": "gold"}]
SECRET = {"MasterUsername": "admin1", "MasterUserPassword": "a-seeded-password"}


def _bucket(cloud: Any, name: str, region: str, *, tagged: bool) -> None:
    client = cloud.client("s3", PAYMENTS, region)
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    if tagged:
        client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": TAGS})


def _table(cloud: Any, name: str, *, tagged: bool) -> str:
    made = cloud.client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=TAGS if tagged else [],
    )
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def test_buckets_of_the_region_only(cloud: Any) -> None:
    """Buckets are found in their own Region, with tags or without; their ARNs alone would not say where they are."""
    _bucket(cloud, "here-tagged", REGION, tagged=True)
    _bucket(cloud, "here-bare", REGION, tagged=False)
    _bucket(cloud, "far-tagged", FAR, tagged=True)
    found = {one.arn.rpartition(":")[2]: one for one in find(cloud.aws(), PAYMENTS, REGION)}
    assert set(found) == {"here-tagged", "here-bare"}
    assert (dict(found["here-tagged"].tags), found["here-tagged"].known_by) == ({"backup": "gold"}, "tags")
    assert (dict(found["here-bare"].tags), found["here-bare"].known_by) == ({}, "list")


def test_databases_by_their_engines(cloud: Any) -> None:
    """Clusters of one ARN form are told apart by their engines."""
    rds = cloud.client("rds")
    for name, engine in (("aurora-1", "aurora-postgresql"), ("neptune-1", "neptune")):
        rds.create_db_cluster(DBClusterIdentifier=name, Engine=engine, Tags=TAGS, **SECRET)
    rds.create_db_instance(
        DBInstanceIdentifier="plain-1",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        Tags=TAGS,
        **SECRET,
    )
    found = {one.arn.rpartition(":")[2]: one.types for one in find(cloud.aws(), PAYMENTS, REGION)}
    assert found == {"aurora-1": ("Aurora",), "neptune-1": ("Neptune",), "plain-1": ("RDS",)}


def test_what_only_backups_tell_of(cloud: Any) -> None:
    """A resource without tags is known once it was backed up, as long as it is there."""
    kept, lost = _table(cloud, "kept", tagged=False), _table(cloud, "lost", tagged=False)
    backup = cloud.client("backup")
    backup.create_backup_vault(BackupVaultName="primary")
    role = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
    assert surroundings(cloud.aws(), PAYMENTS, REGION).found == ()
    for arn in (kept, lost):
        backup.start_backup_job(BackupVaultName="primary", ResourceArn=arn, IamRoleArn=role)
    cloud.local.advance(timedelta(minutes=1))
    assert {one.arn for one in surroundings(cloud.aws(), PAYMENTS, REGION).found} == {kept, lost}
    cloud.client("dynamodb").delete_table(TableName="lost")
    [found] = surroundings(cloud.aws(), PAYMENTS, REGION).found
    assert (found.arn, found.types, found.known_by) == (kept, ("DynamoDB",), "recovery points")


def test_opt_ins(cloud: Any) -> None:
    """The opt-ins of the Region are those that AWS has now."""
    cloud.client("backup").update_region_settings(ResourceTypeOptInPreference={"EBS": False})
    opt_ins = surroundings(cloud.aws(), PAYMENTS, REGION).opt_ins
    assert (opt_ins["EBS"], opt_ins["S3"]) == (False, True)


def test_an_account_that_cannot_be_entered(cloud: Any) -> None:
    """Where the agent has no role, that is said, and not that nothing was found."""
    with pytest.raises(AwsProblem, match="AssumeRole"):
        find(cloud.aws(), "100000000099", REGION)


@pytest.mark.parametrize(
    ("arn", "types"),
    [
        ("arn:aws:s3:::b", ("S3",)),
        ("arn:aws-cn:dynamodb:cn-north-1:1:table/t", ("DynamoDB",)),
        ("arn:aws:fsx:r:1:volume/fs-1/fsvol-1", ("FSx",)),
        ("arn:aws:rds:r:1:db:d", ("RDS",)),
        ("arn:aws:rds:r:1:cluster:c", ("RDS", "Aurora", "DocumentDB", "Neptune")),
        ("arn:aws:sns:r:1:topic", ()),
        ("not-an-arn", ()),
    ],
)
def test_types_by_arn(arn: str, types: tuple[str, ...]) -> None:
    """An ARN tells the type, or the types that it can be."""
    assert types_of(arn) == types


def test_engines_settle_types() -> None:
    """With the engine a cluster has one type, and an instance of an Aurora cluster is nothing to back up."""
    cluster, instance = "arn:aws:rds:r:1:cluster:c", "arn:aws:rds:r:1:db:d"
    assert types_of(cluster, {cluster: "aurora-mysql"}) == ("Aurora",)
    assert types_of(cluster, {cluster: "mysql"}) == ("RDS",)
    assert types_of(instance, {instance: "aurora-mysql"}) == ()


def test_describing(cloud: Any) -> None:
    """A resource is there, is not there, or cannot be looked up: three different answers."""
    aws, arn = cloud.aws(), _table(cloud, "t", tagged=False)
    volume = cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    volume_arn = f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/{volume}"
    states = [one and one.state for one in (describe(aws, PAYMENTS, REGION, each) for each in (arn, volume_arn))]
    assert states == ["ACTIVE", "available"]
    for gone in (f"{arn}x", "arn:aws:s3:::nobody-has-this", f"{volume_arn[:-4]}0000", f"arn:aws:rds:r:{PAYMENTS}:db:x"):
        assert describe(aws, PAYMENTS, REGION, gone) is None
    unknown = "arn:aws:ssm-sap:r:1:HANA/x"
    assert (can_describe(unknown), present(aws, PAYMENTS, REGION, unknown)) == (False, None)


def test_an_instance_that_is_over(cloud: Any) -> None:
    """A terminated instance is still described by EC2, and counts as gone."""
    ec2 = cloud.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    arn = f"arn:aws:ec2:{REGION}:{PAYMENTS}:instance/{instance}"
    assert present(cloud.aws(), PAYMENTS, REGION, arn) is True
    ec2.terminate_instances(InstanceIds=[instance])
    assert present(cloud.aws(), PAYMENTS, REGION, arn) is False
