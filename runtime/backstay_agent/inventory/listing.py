"""The resources that each service lists of itself, tagged or not, with their sizes where the list says them.

One list operation a service and place, never a call a resource but for DynamoDB, which knows no other way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.paging import pages
from backstay_aws import arns

_GIB = 1 << 30
_MIB_IN_GIB = 1024
_OVER = frozenset({"terminated", "shutting-down", "deleting", "deleted", "DELETING"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A resource as its service lists it: `size_gb` in GiB, None where the list does not say; a database's engine."""

    arn: str
    size_gb: float | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An account in a Region, and the ways to ask there."""

    aws: Aws
    account: str
    region: str

    def call(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """One call; raises AwsProblem."""
        return self.aws.call(self.account, self.region, service, operation, **members)

    def pages(
        self, service: str, operation: str, member: str, answered: str, asked: str, **members: Any
    ) -> Iterator[dict[str, Any]]:
        """Every item of a list operation whose tokens are called so."""
        return pages(lambda **token: self.call(service, operation, **members, **token), member, answered, asked)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this place."""
        return str(arns.Arn(arns.partition_of(self.region), service, self.region, self.account, resource))


def listed(aws: Aws, account: str, region: str) -> tuple[dict[str, Listed], tuple[str, ...]]:
    """What the services list, by ARN, and in words which could not; raises AwsProblem where the account is closed."""
    place = Place(aws, account, region)
    found: dict[str, Listed] = {}
    unread: list[str] = []
    for name, way in WAYS.items():
        try:
            found |= {one.arn: one for one in way(place)}
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise
            unread.append(f"{name}: {problem.code} from {problem.operation}")
    return found, tuple(unread)


def _ec2(place: Place) -> Iterator[Listed]:
    """Volumes with their size, instances with that of their volumes."""
    attached: dict[str, float] = {}
    for volume in place.pages("ec2", "DescribeVolumes", "Volumes", "NextToken", "NextToken"):
        if volume.get("State") in _OVER:
            continue
        yield Listed(place.arn("ec2", f"volume/{volume['VolumeId']}"), float(volume["Size"]))
        for attachment in volume.get("Attachments", ()):
            instance = attachment.get("InstanceId", "")
            attached[instance] = attached.get(instance, 0.0) + volume["Size"]
    for reservation in place.pages("ec2", "DescribeInstances", "Reservations", "NextToken", "NextToken"):
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] not in _OVER:
                identity = instance["InstanceId"]
                yield Listed(place.arn("ec2", f"instance/{identity}"), attached.get(identity))


def _rds(place: Place) -> Iterator[Listed]:
    """Instances and clusters of RDS, Aurora, DocumentDB and Neptune. What clusters of the latter hold, metrics tell."""
    for item in place.pages("rds", "DescribeDBInstances", "DBInstances", "Marker", "Marker"):
        yield Listed(item["DBInstanceArn"], _number(item.get("AllocatedStorage")), item.get("Engine"))
    for item in place.pages("rds", "DescribeDBClusters", "DBClusters", "Marker", "Marker"):
        of_its_own = str(item.get("Engine", "")).startswith(("aurora", "docdb", "neptune"))
        size = None if of_its_own else _number(item.get("AllocatedStorage"))
        yield Listed(item["DBClusterArn"], size, item.get("Engine"))


def _dynamodb(place: Place) -> Iterator[Listed]:
    """Tables. Their size is up to six hours old, says AWS."""
    asked = "ExclusiveStartTableName"
    for name in place.pages("dynamodb", "ListTables", "TableNames", "LastEvaluatedTableName", asked):
        table = place.call("dynamodb", "DescribeTable", TableName=name)["Table"]
        yield Listed(table["TableArn"], table.get("TableSizeBytes", 0) / _GIB)


def _efs(place: Place) -> Iterator[Listed]:
    for item in place.pages("efs", "DescribeFileSystems", "FileSystems", "NextMarker", "Marker"):
        arn = item.get("FileSystemArn") or place.arn("elasticfilesystem", f"file-system/{item['FileSystemId']}")
        yield Listed(arn, item.get("SizeInBytes", {}).get("Value", 0) / _GIB)


def _fsx(place: Place) -> Iterator[Listed]:
    """File systems, and the volumes of NetApp ONTAP and OpenZFS."""
    with_volumes = False
    for item in place.pages("fsx", "DescribeFileSystems", "FileSystems", "NextToken", "NextToken"):
        yield Listed(item["ResourceARN"], _number(item.get("StorageCapacity")))
        with_volumes |= item.get("FileSystemType") in ("ONTAP", "OPENZFS")
    if not with_volumes:
        return
    for item in place.pages("fsx", "DescribeVolumes", "Volumes", "NextToken", "NextToken"):
        yield Listed(item["ResourceARN"], _fsx_volume(item))


def _fsx_volume(item: Mapping[str, Any]) -> float | None:
    ontap, zfs = item.get("OntapConfiguration", {}), item.get("OpenZFSConfiguration", {})
    if "SizeInMegabytes" in ontap:
        return float(ontap["SizeInMegabytes"]) / _MIB_IN_GIB
    quota = zfs.get("StorageCapacityQuotaGiB", -1)  # -1: none
    return float(quota) if quota >= 0 else None


def _redshift(place: Place) -> Iterator[Listed]:
    for item in place.pages("redshift", "DescribeClusters", "Clusters", "Marker", "Marker"):
        size = item.get("TotalStorageCapacityInMegaBytes")
        arn = place.arn("redshift", f"cluster:{item['ClusterIdentifier']}")
        yield Listed(arn, size / _MIB_IN_GIB if size is not None else None)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


# Service → how its resources are listed. Source of members and units: botocore's models, 2026-11.
WAYS: Mapping[str, Callable[[Place], Iterator[Listed]]] = {
    "EC2": _ec2,
    "RDS": _rds,
    "DynamoDB": _dynamodb,
    "EFS": _efs,
    "FSx": _fsx,
    "Redshift": _redshift,
}
