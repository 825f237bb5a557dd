"""Types of which a backup holds the description: a restore makes a new resource of the same description."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from backstay_local.data import DataError

TAGS = {"env": "prod"}


def _volume(yard: Any) -> str:
    volume = yard.client("ec2").create_volume(
        AvailabilityZone="us-east-1b",
        Size=8,
        VolumeType="gp3",
        Iops=4000,
        TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "env", "Value": "prod"}]}],
    )
    return f"arn:aws:ec2:us-east-1:{yard.account}:volume/{volume['VolumeId']}"


def _instance(yard: Any) -> str:
    image = yard.client("ec2").describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    [instance] = yard.client("ec2").run_instances(
        ImageId=image,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "env", "Value": "prod"}]}],
    )["Instances"]
    return f"arn:aws:ec2:us-east-1:{yard.account}:instance/{instance['InstanceId']}"


def _database(yard: Any, name: str = "orders", **more: Any) -> str:
    members = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "AllocatedStorage": 30,
        "MasterUsername": "chief",
        "MasterUserPassword": "0123456789",
        "Tags": [{"Key": "env", "Value": "prod"}],
        **more,
    }
    return str(yard.client("rds").create_db_instance(**members)["DBInstance"]["DBInstanceArn"])


def _cluster(yard: Any, name: str = "ledger", engine: str = "aurora-postgresql") -> str:
    cluster = yard.client("rds").create_db_cluster(
        DBClusterIdentifier=name,
        Engine=engine,
        MasterUsername="chief",
        MasterUserPassword="0123456789",
        DatabaseName="books",
        Tags=[{"Key": "env", "Value": "prod"}],
    )
    return str(cluster["DBCluster"]["DBClusterArn"])


def _file_system(yard: Any) -> str:
    system = yard.client("efs").create_file_system(
        CreationToken="one", PerformanceMode="maxIO", Encrypted=True, Tags=[{"Key": "env", "Value": "prod"}]
    )
    yard.client("efs").put_lifecycle_configuration(
        FileSystemId=system["FileSystemId"], LifecyclePolicies=[{"TransitionToIA": "AFTER_30_DAYS"}]
    )
    return str(system["FileSystemArn"])


def _shared_files(yard: Any) -> str:
    system = yard.client("fsx").create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=["subnet-00000000000000000"],
        LustreConfiguration={"DeploymentType": "PERSISTENT_2"},
        Tags=[{"Key": "env", "Value": "prod"}],
    )
    return str(system["FileSystem"]["ResourceARN"])


def _warehouse(yard: Any) -> str:
    yard.client("redshift").create_cluster(
        ClusterIdentifier="wares",
        ClusterType="multi-node",
        NumberOfNodes=2,
        NodeType="ra3.xlplus",
        MasterUsername="chief",
        MasterUserPassword="Abcdef0123456789",
        Tags=[{"Key": "env", "Value": "prod"}],
    )
    return f"arn:aws:redshift:us-east-1:{yard.account}:cluster:wares"


def _series(yard: Any) -> str:
    client = yard.client("timestream-write")
    client.create_database(DatabaseName="meters")
    table = client.create_table(
        DatabaseName="meters",
        TableName="power",
        RetentionProperties={"MemoryStoreRetentionPeriodInHours": 9, "MagneticStoreRetentionPeriodInDays": 90},
        Tags=[{"Key": "env", "Value": "prod"}],
    )
    return str(table["Table"]["Arn"])


def _distributed(yard: Any) -> str:
    return str(yard.client("dsql").create_cluster(deletionProtectionEnabled=False, tags=TAGS)["arn"])


def _kubernetes(yard: Any) -> str:
    client = yard.client("eks")
    network = {"subnetIds": ["subnet-00000000000000000"]}
    role = f"arn:aws:iam::{yard.account}:role/nodes"
    made = client.create_cluster(name="fleet", roleArn=role, resourcesVpcConfig=network, tags=TAGS)
    client.create_nodegroup(clusterName="fleet", nodegroupName="small", nodeRole=role, subnets=network["subnetIds"])
    return str(made["cluster"]["arn"])


CASES = {
    "EBS": (_volume, {}, 8 * 1024**3),
    "Neptune": (partial(_cluster, engine="neptune"), {"DBClusterIdentifier": "again"}, None),
    "FSx": (_shared_files, {}, 1200 * 1024**3),
    "Redshift": (_warehouse, {"ClusterIdentifier": "again"}, 0),
    "Timestream": (_series, {"TableName": "again"}, 0),
    "DSQL": (_distributed, {}, 0),
    "EKS": (_kubernetes, {"clusterName": "again", "newCluster": "true"}, 0),
    "EC2": (_instance, {}, None),
    "RDS": (_database, {"DBInstanceIdentifier": "again"}, 0),
    "Aurora": (_cluster, {"DBClusterIdentifier": "again"}, None),
    "EFS": (_file_system, {}, 0),
}
SAME = {
    "Neptune": ("Engine", "EngineVersion", "Port"),
    "FSx": ("FileSystemType", "StorageCapacity", "SubnetIds", "lustreConfiguration"),
    "Redshift": ("NodeType", "NumberOfNodes", "Port", "AvailabilityZone"),
    "Timestream": ("DatabaseName", "MemoryStoreRetentionPeriodInHours", "MagneticStoreRetentionPeriodInDays"),
    "DSQL": ("regionalConfig",),
    "EKS": ("clusterRole", "clusterVpcConfig", "eksClusterVersion", "nodeGroups"),
    "EBS": ("availabilityZone", "volumeSize", "volumeType", "iops"),
    "EC2": ("InstanceType", "SubnetId", "SecurityGroupIds"),
    "RDS": ("DBInstanceClass", "Engine", "AllocatedStorage", "MultiAZ", "StorageType"),
    "Aurora": ("Engine", "EngineVersion", "DatabaseName", "Port"),
    "EFS": ("Encrypted", "PerformanceMode"),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_new_resource_of_the_same_description_comes_back(yard: Any, kind: str) -> None:
    """Discovered with its tags, described, and created anew beside the original with the same settings."""
    create, wish, size = CASES[kind]
    arn = create(yard)
    resource = yard.found(arn)
    assert (resource.type, resource.tags) == (kind, TAGS)
    assert resource in yard.data.resources(yard.account, yard.region)
    stored = yard.backup(arn)
    assert stored.holds_bytes is (kind == "EBS")
    assert size is None or stored.size == size
    metadata = yard.data.restore_metadata(stored.manifest)
    restored = yard.restore(stored, metadata | wish, {"restored": "yes"})
    assert restored != arn
    assert yard.found(restored).tags == {"restored": "yes"}
    now = yard.data.restore_metadata(yard.backup(restored).manifest)
    assert {key: now[key] for key in SAME[kind]} == {key: metadata[key] for key in SAME[kind]}
    yard.data.delete_resource(yard.found(restored))
    assert yard.data.resource(restored, yard.account, yard.region) is None
    assert resource in yard.data.resources(yard.account, yard.region)


@pytest.mark.parametrize("kind", sorted(set(CASES) - {"EBS"}))
def test_the_backup_says_that_it_holds_no_content(yard: Any, kind: str) -> None:
    """The restore note names the type and says that none of the data came back."""
    note = yard.data.restore_note(yard.backup(CASES[kind][0](yard)).manifest)
    assert kind in note
    assert "none of its data" in note


def test_a_type_that_holds_bytes_has_no_note(yard: Any) -> None:
    """A bucket's backup needs no excuse."""
    assert yard.data.restore_note(yard.backup(yard.bucket("bucket", {})).manifest) is None


def test_a_terminated_instance_is_not_there(yard: Any) -> None:
    """It is not discovered, and a stopped one still is."""
    first, second = _instance(yard), _instance(yard)
    yard.client("ec2").terminate_instances(InstanceIds=[first.rpartition("/")[2]])
    yard.client("ec2").stop_instances(InstanceIds=[second.rpartition("/")[2]])
    assert yard.data.resource(first, yard.account, yard.region) is None
    assert yard.backup(second).holds_bytes is False


def test_a_smaller_volume_is_refused(yard: Any) -> None:
    """A volume cannot be restored smaller than it was."""
    with pytest.raises(DataError, match="smaller than the 8 GiB"):
        yard.restore(yard.backup(_volume(yard)), {"volumeSize": "4"})


def test_members_of_a_cluster_are_backed_up_with_their_cluster(yard: Any) -> None:
    """The instance of an Aurora cluster is no resource of its own."""
    cluster = _cluster(yard)
    _database(yard, "member", Engine="aurora-postgresql", DBClusterIdentifier="ledger")
    arns = [found.arn for found in yard.data.resources(yard.account, yard.region)]
    assert arns == [cluster]


@pytest.mark.parametrize(("create", "key"), [(_database, "DBInstanceIdentifier"), (_cluster, "DBClusterIdentifier")])
def test_a_database_needs_a_free_name(yard: Any, create: Any, key: str) -> None:
    """The name must be given, and an existing one is refused in the service's words."""
    stored = yard.backup(create(yard))
    with pytest.raises(DataError, match=f"need {key}"):
        yard.restore(stored, {})
    with pytest.raises(DataError, match="AlreadyExists"):
        yard.restore(stored, yard.data.restore_metadata(stored.manifest))


def test_files_cannot_be_restored_into_an_existing_file_system(yard: Any) -> None:
    """Nothing pretends: without files there is nothing to put into an existing file system."""
    with pytest.raises(DataError, match="keeps no files"):
        yard.restore(yard.backup(_file_system(yard)), {"newFileSystem": "false"})


def test_a_restore_in_another_region_takes_that_regions_defaults(yard: Any) -> None:
    """Zones, subnets and groups of the source's Region do not follow a copy elsewhere."""
    for create in (_volume, _instance):
        stored = yard.backup(create(yard))
        arn = yard.data.restore(stored.manifest, {}, yard.account, "eu-west-1", {})
        assert yard.data.resource(arn, yard.account, "eu-west-1") is not None
