"""Aurora DSQL clusters: encryption and protection; the database is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, texts


class DSQL:
    """Clusters in one Region; a cluster of several Regions has one backup in each."""

    type = "DSQL"
    service = "dsql"
    arns = "arn:*:dsql:*:*:cluster/*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The clusters of an account and Region."""
        client = outside.client("dsql", account, region)
        for page in client.get_paginator("list_clusters").paginate():
            for cluster in page["clusters"]:
                try:
                    tags = client.list_tags_for_resource(resourceArn=cluster["arn"]).get("tags", {})
                except client.exceptions.ResourceNotFoundException:  # it was being deleted, and now it is
                    continue
                yield Resource(cluster["arn"], "DSQL", account, region, cluster["identifier"], tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The cluster of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The cluster's description."""
        client = outside.client("dsql", resource.account, resource.region)
        return Capture({"Region": resource.region, "Cluster": plain(client.get_cluster(identifier=resource.name))})

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """`regionalConfig` with one Region: a cluster there, protected and encrypted as the original."""
        cluster = description["Cluster"]
        key = cluster.get("encryptionDetails", {}).get("kmsKeyArn")
        here = {"region": description["Region"], "isDeletionProtectionEnabled": cluster["deletionProtectionEnabled"]}
        return texts({"regionalConfig": json.dumps([here | ({"kmsKeyId": key} if key else {})], sort_keys=True)})

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty cluster; one of several Regions is refused, which this embedded AWS does not have."""
        asked = json.loads(wish.get("regionalConfig") or "[]")
        if len(asked) > 1:
            raise DataError("This embedded AWS restores Aurora DSQL clusters of one Region only.")
        here: dict[str, Any] = next((one for one in asked if one.get("region") == wish.region), {})
        if asked and not here:
            raise DataError(f"regionalConfig does not name {wish.region}, where the recovery point is.")
        was = held.description["Cluster"]
        own = was.get("encryptionDetails", {}).get("kmsKeyArn") if at_home(held, wish) else None
        key = here.get("kmsKeyId") or own
        protected = bool(here.get("isDeletionProtectionEnabled", was["deletionProtectionEnabled"]))
        client = outside.client("dsql", wish.account, wish.region)
        made = client.create_cluster(
            deletionProtectionEnabled=protected,
            tags=dict(wish.tags),
            **({"kmsEncryptionKey": key} if key else {}),
        )
        return str(made["arn"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the cluster; its protection goes first."""
        client = outside.client("dsql", resource.account, resource.region)
        client.update_cluster(identifier=resource.name, deletionProtectionEnabled=False)
        client.delete_cluster(identifier=resource.name)
