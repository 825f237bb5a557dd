"""EKS clusters: the cluster, its node groups and Fargate profiles; what runs in it is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, chosen, texts

_NETWORK = ("subnetIds", "securityGroupIds")
_NODES = (
    "amiType",
    "capacityType",
    "diskSize",
    "instanceTypes",
    "labels",
    "nodeRole",
    "nodegroupName",
    "scalingConfig",
    "subnets",
    "taints",
)


class EKS:
    """Clusters, as descriptions; nothing runs here that a backup could read."""

    type = "EKS"
    service = "eks"
    arns = "arn:*:eks:*:*:cluster/*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The clusters of an account and Region."""
        client = outside.client("eks", account, region)
        for page in client.get_paginator("list_clusters").paginate():
            for name in page["clusters"]:
                cluster = client.describe_cluster(name=name)["cluster"]
                yield Resource(cluster["arn"], "EKS", account, region, name, cluster.get("tags") or {})

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The cluster of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The state of the cluster: it, its node groups and its Fargate profiles."""
        client, name = outside.client("eks", resource.account, resource.region), resource.name
        groups = client.list_nodegroups(clusterName=name)["nodegroups"]
        profiles = client.list_fargate_profiles(clusterName=name)["fargateProfileNames"]
        state = {
            "Cluster": client.describe_cluster(name=name)["cluster"],
            "NodeGroups": [
                client.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"] for group in groups
            ],
            "FargateProfiles": [
                client.describe_fargate_profile(clusterName=name, fargateProfileName=profile)["fargateProfile"]
                for profile in profiles
            ],
        }
        return Capture(plain(state))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A cluster of the same name, version, role and network."""
        cluster = description["Cluster"]
        keys = [one.get("provider", {}).get("keyArn") for one in cluster.get("encryptionConfig") or ()]
        groups = [chosen(group, _NODES) for group in description["NodeGroups"]]
        return texts(
            {
                "clusterName": cluster["name"],
                "newCluster": False,
                "eksClusterVersion": cluster.get("version"),
                "clusterRole": cluster.get("roleArn"),
                "encryptionConfigProviderKeyArn": next(iter(keys), None),
                "clusterVpcConfig": json.dumps(chosen(cluster["resourcesVpcConfig"], _NETWORK), sort_keys=True),
                "nodeGroups": json.dumps(groups, sort_keys=True) if groups else None,
            }
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Restore into a cluster that is there (which changes nothing, for nothing runs in it), or into a new one."""
        client = outside.client("eks", wish.account, wish.region)
        name = wish.get("clusterName")
        if not name:
            raise DataError("The restore metadata need clusterName.")
        if not wish.flag("newCluster"):
            return str(client.describe_cluster(name=name)["cluster"]["arn"])
        made = client.create_cluster(name=name, **_members(held, wish))["cluster"]
        for group in _groups(held, wish):
            client.create_nodegroup(clusterName=name, **group)
        return str(made["arn"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the cluster with its node groups and Fargate profiles."""
        client, name = outside.client("eks", resource.account, resource.region), resource.name
        for group in client.list_nodegroups(clusterName=name)["nodegroups"]:
            client.delete_nodegroup(clusterName=name, nodegroupName=group)
        for profile in client.list_fargate_profiles(clusterName=name)["fargateProfileNames"]:
            client.delete_fargate_profile(clusterName=name, fargateProfileName=profile)
        client.delete_cluster(name=name)


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    """Members of CreateCluster; role and network of the original only at home."""
    was = held.description["Cluster"]
    home = chosen(was, ("roleArn",)) if at_home(held, wish) else {}
    network = chosen(was["resourcesVpcConfig"], _NETWORK) if home else {}
    role = wish.get("clusterRole") or home.get("roleArn")
    network |= json.loads(wish.get("clusterVpcConfig") or "{}")
    for needed, given in (("clusterRole", role), ("clusterVpcConfig", network)):
        if not given:
            raise DataError(f"The restore metadata need {needed} for a new cluster.")
    members: dict[str, Any] = {
        "roleArn": role,
        "resourcesVpcConfig": chosen(network, _NETWORK),
        "version": wish.get("eksClusterVersion") or was["version"],
    }
    if key := wish.get("encryptionConfigProviderKeyArn"):
        members["encryptionConfig"] = [{"resources": ["secrets"], "provider": {"keyArn": key}}]
    if wish.tags:
        members["tags"] = dict(wish.tags)
    return members


def _groups(held: Held, wish: Wish) -> list[dict[str, Any]]:
    """The node groups of a new cluster: those of the metadata, else at home those of the original."""
    asked = wish.get("nodeGroups")
    listed = json.loads(asked) if asked else held.description["NodeGroups"] if at_home(held, wish) else []
    return [chosen(group, _NODES) for group in listed]
