"""Makes the resources of an inventory, one small function a type; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from backstay_local.data.drivers import declared as declare
from backstay_local.data.drivers.ebs import GIB
from backstay_local.world import rekey

from . import content
from .inventory import Item

if TYPE_CHECKING:
    from backstay_local.world.world import World

    from .report import Report

_AMI = "ami-12c6146b"  # of moto's own catalogue; nothing boots
_SUBNET = "subnet-00000000000000000"  # moto asks for one and does not look it up


def make(world: World, items: tuple[Item, ...], report: Report) -> None:
    """Every resource of an inventory; those of a type that cannot be made are told with the reason."""
    for item in items:
        maker = MAKERS.get(item.type)
        if maker is None:
            report.skipped[item.arn] = f"resources of type {item.type} cannot be made here"
            continue
        made = maker(world, item)
        report.count(item.type, new=made is not None)
        if made is not None and made != item.arn:
            report.renamed[item.arn] = made


def _pairs(item: Item) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(item.tags.items())]


def _exists(ask: Callable[[], Any], *codes: str) -> bool:
    """Whether a describe call finds what it asks for."""
    from botocore.exceptions import ClientError

    try:
        return bool(ask())
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return False
        raise


def bucket(world: World, item: Item) -> str | None:
    """A versioned bucket with a few objects."""
    client = world.client("s3", item.account, item.region)
    if _exists(lambda: client.head_bucket(Bucket=item.name), "404", "NoSuchBucket"):
        return None
    place = {} if item.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": item.region}}
    client.create_bucket(Bucket=item.name, **place)
    client.put_bucket_versioning(Bucket=item.name, VersioningConfiguration={"Status": "Enabled"})
    if item.tags:
        client.put_bucket_tagging(Bucket=item.name, Tagging={"TagSet": _pairs(item)})
    for key, body in content.objects(item.name):
        client.put_object(Bucket=item.name, Key=key, Body=body)
    return item.arn


def table(world: World, item: Item) -> str | None:
    """A table with the key `id` and a few items."""
    client = world.client("dynamodb", item.account, item.region)
    if _exists(lambda: client.describe_table(TableName=item.name), "ResourceNotFoundException"):
        return None
    client.create_table(
        TableName=item.name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=_pairs(item),
    )
    puts = [{"PutRequest": {"Item": one}} for one in content.items(item.name)]
    client.batch_write_item(RequestItems={item.name: puts})
    return item.arn


def database(world: World, item: Item) -> str | None:
    """An RDS instance."""
    client = world.client("rds", item.account, item.region)
    found = _exists(
        lambda: client.describe_db_instances(DBInstanceIdentifier=item.name),
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
    )
    if found:
        return None
    client.create_db_instance(
        DBInstanceIdentifier=item.name,
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=max(20, ceil(item.size_gb)),
        MasterUsername="postgres",
        MasterUserPassword="a-seeded-password",
        Tags=_pairs(item),
    )
    return item.arn


def cluster(engine: str) -> Callable[[World, Item], str | None]:
    """A maker of database clusters of one engine."""

    def make_cluster(world: World, item: Item) -> str | None:
        client = world.client("rds", item.account, item.region)
        codes = ("DBClusterNotFoundFault", "DBClusterNotFound")
        if _exists(lambda: client.describe_db_clusters(DBClusterIdentifier=item.name), *codes):
            return None
        extra = {} if engine == "neptune" else {"MasterUsername": "admin1", "MasterUserPassword": "a-seeded-password"}
        client.create_db_cluster(DBClusterIdentifier=item.name, Engine=engine, Tags=_pairs(item), **extra)
        return item.arn

    return make_cluster


def volume(world: World, item: Item) -> str | None:
    """An EBS volume under the id of its ARN."""
    if rekey.volume_exists(world.substrate, item.account, item.region, item.name):
        return None
    client = world.client("ec2", item.account, item.region)
    made = client.create_volume(
        AvailabilityZone=f"{item.region}a",
        Size=max(1, ceil(item.size_gb)),
        VolumeType="gp3",
        **_specified(item, "volume"),
    )
    rekey.volume(world.substrate, item.account, item.region, made["VolumeId"], item.name)
    return item.arn


def instance(world: World, item: Item) -> str | None:
    """An EC2 instance under the id of its ARN."""
    if rekey.instance_exists(world.substrate, item.account, item.region, item.name):
        return None
    client = world.client("ec2", item.account, item.region)
    made = client.run_instances(
        ImageId=_AMI, MinCount=1, MaxCount=1, InstanceType="t3.micro", **_specified(item, "instance")
    )
    rekey.instance(world.substrate, item.account, item.region, made["Instances"][0]["InstanceId"], item.name)
    return item.arn


def file_system(world: World, item: Item) -> str | None:
    """An EFS file system under the id of its ARN."""
    if rekey.file_system_exists(world.substrate, item.account, item.region, item.name):
        return None
    client = world.client("efs", item.account, item.region)
    made = client.create_file_system(CreationToken=item.name, Encrypted=True, Tags=_pairs(item))
    rekey.file_system(world.substrate, item.account, item.region, made["FileSystemId"], item.name)
    return item.arn


def _specified(item: Item, kind: str) -> dict[str, Any]:
    """EC2's way of giving tags in the create call."""
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": _pairs(item)}]} if item.tags else {}


def shared_files(world: World, item: Item) -> str | None:
    """An FSx for Lustre file system under the id of its ARN; a volume (of ONTAP) is declared."""
    if ":volume/" in item.arn:
        return declared(world, item)
    if rekey.exists(world.substrate, "fsx", "file_systems", item.account, item.region, item.name):
        return None
    made = world.client("fsx", item.account, item.region).create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=max(1200, ceil(item.size_gb)),
        SubnetIds=[_SUBNET],
        LustreConfiguration={"DeploymentType": "PERSISTENT_2"},
        **({"Tags": _pairs(item)} if item.tags else {}),
    )["FileSystem"]
    rekey.shared_files(world.substrate, item.account, item.region, made["FileSystemId"], item.name)
    return item.arn


def distributed(world: World, item: Item) -> str | None:
    """An Aurora DSQL cluster under the id of its ARN."""
    if rekey.exists(world.substrate, "dsql", "clusters", item.account, item.region, item.name):
        return None
    client = world.client("dsql", item.account, item.region)
    made = client.create_cluster(deletionProtectionEnabled=False, tags=dict(item.tags))
    rekey.distributed(world.substrate, item.account, item.region, made["identifier"], item.name)
    return item.arn


def warehouse(world: World, item: Item) -> str | None:
    """A Redshift cluster of one node."""
    client = world.client("redshift", item.account, item.region)
    if _exists(lambda: client.describe_clusters(ClusterIdentifier=item.name), "ClusterNotFound"):
        return None
    client.create_cluster(
        ClusterIdentifier=item.name,
        ClusterType="single-node",
        NodeType="ra3.xlplus",
        MasterUsername="admin1",
        MasterUserPassword="A-seeded-passw0rd",
        Tags=_pairs(item),
    )
    return item.arn


def series(world: World, item: Item) -> str | None:
    """A Timestream table, and its database if that is not there."""
    client = world.client("timestream-write", item.account, item.region)
    database = item.arn.partition(":database/")[2].partition("/")[0]
    absent = "ResourceNotFoundException"
    if not _exists(lambda: client.describe_database(DatabaseName=database), absent):
        client.create_database(DatabaseName=database)
    if _exists(lambda: client.describe_table(DatabaseName=database, TableName=item.name), absent):
        return None
    client.create_table(DatabaseName=database, TableName=item.name, Tags=_pairs(item))
    return item.arn


def kubernetes(world: World, item: Item) -> str | None:
    """An EKS cluster."""
    client = world.client("eks", item.account, item.region)
    if _exists(lambda: client.describe_cluster(name=item.name), "ResourceNotFoundException"):
        return None
    role = f"arn:{world.partition}:iam::{item.account}:role/eks-{item.name}"
    network = {"subnetIds": [_SUBNET]}
    client.create_cluster(name=item.name, roleArn=role, resourcesVpcConfig=network, tags=dict(item.tags))
    return item.arn


def declared(world: World, item: Item) -> str | None:
    """A resource that no service here has: declared, with its size and tags."""
    if world.declared.get(item.arn) is not None:
        return None
    world.declared.put(declare.declared(item.arn, item.type, item.tags, {}, ceil(item.size_gb * GIB)))
    return item.arn


MAKERS: Mapping[str, Callable[[World, Item], str | None]] = {
    "S3": bucket,
    "DynamoDB": table,
    "RDS": database,
    "Aurora": cluster("aurora-postgresql"),
    "Neptune": cluster("neptune"),
    "EBS": volume,
    "EC2": instance,
    "EFS": file_system,
    "FSx": shared_files,
    "DSQL": distributed,
    "Redshift": warehouse,
    "Timestream": series,
    "EKS": kubernetes,
    **{kind: declared for kind in declare.KINDS if kind != "FSx"},
}
