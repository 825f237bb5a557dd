"""Redshift clusters: nodes, network and settings; the database is not kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_aws.arns import partition_of
from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, chosen, tag_list, tags_of, texts

_SETTINGS = (
    "AllowVersionUpgrade",
    "AutomatedSnapshotRetentionPeriod",
    "ClusterVersion",
    "DBName",
    "Encrypted",
    "MasterUsername",
    "NodeType",
    "PreferredMaintenanceWindow",
    "PubliclyAccessible",
)
"""Members of DescribeClusters that CreateCluster takes under the same name."""


class Redshift:
    """Provisioned clusters."""

    type = "Redshift"
    service = "redshift"
    arns = "arn:*:redshift:*:*:cluster:*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The clusters of an account and Region."""
        client = outside.client("redshift", account, region)
        for page in client.get_paginator("describe_clusters").paginate():
            for cluster in page["Clusters"]:
                name = cluster["ClusterIdentifier"]
                tags = tags_of(cluster.get("Tags"))
                yield Resource(_arn(name, account, region), "Redshift", account, region, name, tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The cluster of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The cluster's description."""
        client = outside.client("redshift", resource.account, resource.region)
        [cluster] = client.describe_clusters(ClusterIdentifier=resource.name)["Clusters"]
        return Capture(plain(cluster))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A cluster of the same name and nodes."""
        named = ("ClusterIdentifier", "NodeType", "NumberOfNodes", "AvailabilityZone", "ClusterSubnetGroupName")
        more = ("PubliclyAccessible", "Encrypted", "KmsKeyId")
        port = (description.get("Endpoint") or {}).get("Port")
        return texts({**chosen(description, named + more), "Port": port})

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty cluster of that description, with a new random master password."""
        client = outside.client("redshift", wish.account, wish.region)
        cluster = client.create_cluster(**_members(held, wish))["Cluster"]
        return _arn(cluster["ClusterIdentifier"], wish.account, wish.region)

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the cluster, without a last snapshot."""
        client = outside.client("redshift", resource.account, resource.region)
        client.delete_cluster(ClusterIdentifier=resource.name, SkipFinalClusterSnapshot=True)


def _arn(name: str, account: str, region: str) -> str:
    return f"arn:{partition_of(region)}:redshift:{region}:{account}:cluster:{name}"


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    """Members of CreateCluster; zone, subnets and key of the original only at home."""
    was, name = held.description, wish.get("ClusterIdentifier")
    if not name:
        raise DataError("The restore metadata need ClusterIdentifier.")
    members = chosen(was, _SETTINGS) | {"ClusterIdentifier": name, "MasterUserPassword": f"Aa1{secrets.token_hex(16)}"}
    place = ("AvailabilityZone", "ClusterSubnetGroupName", "KmsKeyId")
    members |= (chosen(was, place) if at_home(held, wish) else {}) | wish.given((*place, "NodeType"))
    nodes = int(wish.get("NumberOfNodes") or was.get("NumberOfNodes") or 1)
    members |= {"ClusterType": "multi-node", "NumberOfNodes": nodes} if nodes > 1 else {"ClusterType": "single-node"}
    port = wish.get("Port") or (was.get("Endpoint") or {}).get("Port")
    if port:
        members["Port"] = int(port)
    if wish.tags:
        members["Tags"] = tag_list(wish.tags)
    return members
