"""`backstay inventory pull`: every resource with tags and size, place by place, in a file that others read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay_agent.cli.inventory import inventory
from backstay_agent.inventory.listing import Place
from backstay_agent.inventory.metrics import sizes
from backstay_agent.inventory.pull import changes
from backstay_contract.inventory import InventoryResource

MANAGEMENT, PAYMENTS, RISK, REGION = "100000000001", "100000000010", "100000000011", "eu-central-1"
GIB = 1 << 30
SECRET = {"MasterUsername": "admin1", "MasterUserPassword": "a-seeded-password"}


@pytest.fixture
def pull(run: Callable[..., Result]) -> Callable[..., Result]:
    """Runs `backstay inventory pull`."""
    assert inventory.name == "inventory"

    def invoke(*arguments: str) -> Result:
        return run("inventory", "pull", *arguments)

    return invoke


def rows(path: str = "inventory.jsonl") -> dict[str, InventoryResource]:
    """The resources of a file by ARN; every line follows the contract."""
    lines = Path(path).read_text().splitlines()
    return {row.arn: row for row in map(InventoryResource.model_validate_json, lines)}


def _furnish(cloud: Any) -> dict[str, tuple[str, float]]:
    """One resource of several types; gives type and size by ARN."""
    ec2, rds = cloud.client("ec2"), cloud.client("rds")
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=12)["VolumeId"]
    database = rds.create_db_instance(
        DBInstanceIdentifier="shop", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=40, **SECRET
    )["DBInstance"]["DBInstanceArn"]
    cluster = rds.create_db_cluster(DBClusterIdentifier="ledger", Engine="aurora-postgresql", **SECRET)
    table = cloud.client("dynamodb").create_table(
        TableName="carts",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "backup", "Value": "gold"}],
    )["TableDescription"]["TableArn"]
    cloud.client("efs").create_file_system(CreationToken="x")
    fsx = cloud.client("fsx").create_file_system(
        FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=["subnet-00000000000000000"]
    )
    redshift = cloud.client("redshift")
    redshift.create_cluster(ClusterIdentifier="dwh", NodeType="ra3.large", **SECRET)
    return {
        f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/{volume}": ("EBS", 12.0),
        database: ("RDS", 40.0),
        cluster["DBCluster"]["DBClusterArn"]: ("Aurora", 0.0),
        table: ("DynamoDB", 0.0),
        fsx["FileSystem"]["ResourceARN"]: ("FSx", 1200.0),
    }


def test_resources_are_found_tagged_or_not_with_their_sizes(cloud: Any, pull: Callable[..., Result]) -> None:
    """Each service's own list counts, the tagging service's tags are added, and what has no size is told."""
    expected = _furnish(cloud)
    result = pull("--account", PAYMENTS, "--regions", REGION)
    assert result.exit_code == 0, result.stderr
    found = rows()
    for arn, (type_, size) in expected.items():
        assert (found[arn].type, found[arn].size_gb) == (type_, size)
    assert {row.type for row in found.values()} >= {"EFS", "Redshift"}
    assert next(row.tags for row in found.values() if row.type == "DynamoDB") == {"backup": "gold"}
    assert "no size is known of 1 Aurora" in result.stderr
    assert list(found) == sorted(found)


def test_an_instance_is_as_large_as_its_volumes(cloud: Any, pull: Callable[..., Result]) -> None:
    """The volumes are resources of their own, and the instance has their sum."""
    ec2 = cloud.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=30)["VolumeId"]
    ec2.attach_volume(InstanceId=instance, VolumeId=volume, Device="/dev/sdf")
    gone = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[gone])
    pull("--account", PAYMENTS, "--regions", REGION)
    found = rows()
    volumes = sum(row.size_gb for row in found.values() if row.type == "EBS")
    (one,) = (row for row in found.values() if row.type == "EC2")
    assert one.arn.endswith(instance)
    assert one.size_gb == volumes >= 30


def _metric(cloud: Any, metric: tuple[str, str], gib: int, moment: datetime, **dimensions: str) -> None:
    datum = {
        "MetricName": metric[1],
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Timestamp": moment,
        "Value": float(gib * GIB),
    }
    cloud.client("cloudwatch").put_metric_data(Namespace=metric[0], MetricData=[datum])


def test_the_newest_metric_of_a_cluster_counts(cloud: Any) -> None:
    """What has other dimensions, or is of another cluster, does not."""
    now, volume = datetime.now(UTC), ("AWS/RDS", "VolumeBytesUsed")
    _metric(cloud, volume, 7, now - timedelta(hours=47), DBClusterIdentifier="ledger")
    _metric(cloud, volume, 9, now - timedelta(hours=2), DBClusterIdentifier="ledger")
    _metric(cloud, volume, 100, now - timedelta(hours=2), DBClusterIdentifier="ledger", EngineName="aurora")
    _metric(cloud, volume, 5, now - timedelta(hours=2), DBClusterIdentifier="other")
    place = Place(cloud.aws(), PAYMENTS, REGION)
    assert sizes(place, "Aurora", ["ledger", "unknown"], now) == {"ledger": 9.0}


def test_a_bucket_is_the_sum_of_its_storage_classes(cloud: Any) -> None:
    """S3 tells the size of a bucket class by class."""
    now, bucket = datetime.now(UTC), ("AWS/S3", "BucketSizeBytes")
    for class_, gib in (("StandardStorage", 3), ("GlacierStorage", 2)):
        _metric(cloud, bucket, gib, now - timedelta(hours=30), BucketName="acme", StorageType=class_)
    assert sizes(Place(cloud.aws(), PAYMENTS, REGION), "S3", ["acme"], now) == {"acme": 5.0}


def test_buckets_are_measured_by_cloudwatch(cloud: Any, pull: Callable[..., Result]) -> None:
    """A bucket has no size in S3's own list; with a metric, none is missed."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="acme-large", CreateBucketConfiguration={"LocationConstraint": REGION})
    result = pull("--account", PAYMENTS, "--regions", REGION)
    assert list(rows()) == ["arn:aws:s3:::acme-large"]
    assert "no size" not in result.stderr


def test_what_cannot_be_read_is_named_and_the_rest_is_written(cloud: Any, pull: Callable[..., Result]) -> None:
    """A closed account, and one service that refuses: each is told once, and the exit code is 3."""
    _furnish(cloud)
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    cloud.local.faults.add("expired", "efs:*")
    result = pull("--regions", f"{REGION},eu-west-1")
    assert result.exit_code == 3
    assert f"risk-prod ({RISK}): not read: AccessDenied while assuming" in result.stderr
    assert result.stderr.count("assuming the agent's role") == 1
    assert f"payments-prod ({PAYMENTS}): not read: {REGION}: EFS: ExpiredToken" in result.stderr
    assert {row.account for row in rows().values()} == {PAYMENTS}


def test_the_daily_change_that_a_person_wrote_stays(cloud: Any, pull: Callable[..., Result]) -> None:
    """AWS does not know how much changes in a day; a later pull keeps what stands in the file."""
    arn = next(iter(_furnish(cloud)))
    pull("--account", PAYMENTS, "--regions", REGION)
    lines = [json.loads(line) for line in Path("inventory.jsonl").read_text().splitlines()]
    for line in lines:
        line["daily_change"] = 0.05 if line["arn"] == arn else 0.0
    Path("inventory.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines) + "not json\n")
    pull("--account", PAYMENTS, "--regions", REGION)
    assert {row.daily_change for row in rows().values()} == {0.05, 0.0}
    assert rows()[arn].daily_change == 0.05
    assert changes(b'[]\n{"arn": 1}\n{"daily_change": 2}\n') == {}


def test_the_same_organization_gives_the_same_bytes(cloud: Any, pull: Callable[..., Result]) -> None:
    """Printed or written, now or again."""
    _furnish(cloud)
    pull("--regions", REGION)
    printed = pull("--regions", REGION, "-o", "-")
    assert printed.stdout_bytes == Path("inventory.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-o", "x.parquet"), "as JSON Lines only"),
        (("--account", "nobody"), "no account nobody"),
        (("--org", "gone.yaml"), "gone.yaml cannot be read"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(
    cloud: Any, pull: Callable[..., Result], arguments: tuple[str, ...], sentence: str
) -> None:
    """Exit 2, a sentence, and no file."""
    result = pull(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not list(Path().iterdir())


def test_a_pull_that_is_stopped_leaves_the_old_file(tmp_path: Path) -> None:
    """The file is replaced in one step, when all is read."""
    from backstay_agent.cli.writing import write_file

    def pieces() -> Any:
        yield b"new"
        raise KeyboardInterrupt

    target = tmp_path / "inventory.jsonl"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_file(target, pieces())
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
