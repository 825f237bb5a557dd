"""Database clusters of RDS, a type for each family of engines: engine and settings; the database is not kept."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, chosen, encryption, key_of, tag_list, tags_of, texts
from .ebs import GIB

_ANYWHERE = (
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DatabaseName",
    "Engine",
    "EngineMode",
    "EngineVersion",
    "MasterUsername",
    "Port",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "StorageEncrypted",
)
"""Members of DescribeDBClusters that CreateDBCluster takes under the same name, in whatever account and Region."""


class Clusters:
    """Clusters of some engines; as in AWS Backup, instances are not part of a restore."""

    service = "rds"
    arns = "arn:*:rds:*:*:cluster:*"
    holds_bytes = False

    def __init__(self, kind: str, takes: Callable[[str], bool]) -> None:
        """`takes` answers whether an engine belongs to the type: all of them share one form of ARN."""
        self.type = kind
        self._takes = takes

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The clusters of these engines in an account and Region."""
        client = outside.client("rds", account, region)
        for page in client.get_paginator("describe_db_clusters").paginate():
            for cluster in page["DBClusters"]:
                if self._takes(cluster["Engine"]):
                    tags = tags_of(cluster.get("TagList"))
                    name = cluster["DBClusterIdentifier"]
                    yield Resource(cluster["DBClusterArn"], self.type, account, region, name, tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The cluster of that ARN, if it exists and is of these engines."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The cluster's description."""
        client = outside.client("rds", resource.account, resource.region)
        [cluster] = client.describe_db_clusters(DBClusterIdentifier=resource.name)["DBClusters"]
        return Capture(plain(cluster), size=(cluster.get("AllocatedStorage") or 0) * GIB)

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A cluster of the same name and engine."""
        named = ("DBClusterIdentifier", "Engine", "EngineVersion", "EngineMode", "DatabaseName", "Port")
        subnets = description.get("DBSubnetGroup")
        return texts({**chosen(description, named), "DBSubnetGroupName": subnets, **encryption(description)})

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty cluster of that description, with a new random master password."""
        client = outside.client("rds", wish.account, wish.region)
        cluster = client.create_db_cluster(**_members(held, wish))["DBCluster"]
        return str(cluster["DBClusterArn"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the cluster, which must have no instances, without a last snapshot."""
        client = outside.client("rds", resource.account, resource.region)
        client.delete_db_cluster(DBClusterIdentifier=resource.name, SkipFinalSnapshot=True)


CLUSTERS = (
    Clusters("Aurora", lambda engine: engine.startswith("aurora")),
    Clusters("Neptune", lambda engine: engine == "neptune"),
)


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    """Members of CreateDBCluster."""
    name = wish.get("DBClusterIdentifier")
    if not name:
        raise DataError("The restore metadata need DBClusterIdentifier.")
    members = chosen(held.description, _ANYWHERE) | {"DBClusterIdentifier": name}
    if held.description.get("MasterUsername"):
        members["MasterUserPassword"] = secrets.token_hex(16)
    members |= wish.given(("DatabaseName", "Engine", "EngineMode", "EngineVersion"))
    members |= {key: int(value) for key, value in wish.given(("Port",)).items()}
    members["DeletionProtection"] = wish.flag("DeletionProtection")
    if groups := wish.get("VpcSecurityGroupIds"):
        members["VpcSecurityGroupIds"] = json.loads(groups)
    if wish.tags:
        members["Tags"] = tag_list(wish.tags)
    return members | _place(held, wish)


def _place(held: Held, wish: Wish) -> dict[str, Any]:
    """Subnets and key: those of the wish, else those of the original where they exist, at home."""
    was = held.description
    home = at_home(held, wish)
    place: dict[str, Any] = {"DBSubnetGroupName": was["DBSubnetGroup"]} if home and was.get("DBSubnetGroup") else {}
    return place | wish.given(("DBSubnetGroupName",)) | key_of(was, wish, home=home)
