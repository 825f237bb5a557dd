"""RDS instances: engine, class, storage and settings; the database is not kept."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, chosen, encryption, key_of, tag_list, tags_of, texts

_ANYWHERE = (
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "DBName",
    "DeletionProtection",
    "Engine",
    "EngineVersion",
    "Iops",
    "LicenseModel",
    "MasterUsername",
    "MultiAZ",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "PubliclyAccessible",
    "StorageEncrypted",
    "StorageType",
)
"""Members of DescribeDBInstances that CreateDBInstance takes under the same name, in whatever account and Region."""


class RDS:
    """Database instances that belong to no cluster."""

    type = "RDS"
    service = "rds"
    arns = "arn:*:rds:*:*:db:*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The instances of an account and Region; members of a cluster are backed up with their cluster."""
        client = outside.client("rds", account, region)
        for page in client.get_paginator("describe_db_instances").paginate():
            for instance in page["DBInstances"]:
                if not instance.get("DBClusterIdentifier"):
                    tags = tags_of(instance.get("TagList"))
                    name = instance["DBInstanceIdentifier"]
                    yield Resource(instance["DBInstanceArn"], "RDS", account, region, name, tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The instance of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The instance's description; its size counts as 0, which is what AWS Backup reports for RDS."""
        client = outside.client("rds", resource.account, resource.region)
        [instance] = client.describe_db_instances(DBInstanceIdentifier=resource.name)["DBInstances"]
        return Capture(plain(instance))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """An instance of the same name, class and engine."""
        subnets = (description.get("DBSubnetGroup") or {}).get("DBSubnetGroupName")
        named = ("DBInstanceIdentifier", "DBInstanceClass", "Engine", "MultiAZ", "AvailabilityZone", "StorageType")
        more = ("DBName", "Iops", "LicenseModel", "PubliclyAccessible", "DeletionProtection", "AllocatedStorage")
        port = description.get("Endpoint", {}).get("Port")
        facts = {**chosen(description, named + more), "DBSubnetGroupName": subnets, "Port": port}
        return texts(facts | encryption(description))

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty instance of that description, with a new random master password."""
        client = outside.client("rds", wish.account, wish.region)
        instance = client.create_db_instance(**_members(held, wish))["DBInstance"]
        return str(instance["DBInstanceArn"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the instance, unless it is protected from that, without a last snapshot."""
        client = outside.client("rds", resource.account, resource.region)
        client.delete_db_instance(DBInstanceIdentifier=resource.name, SkipFinalSnapshot=True)


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    """Members of CreateDBInstance."""
    was = held.description
    name = wish.get("DBInstanceIdentifier")
    if not name:
        raise DataError("The restore metadata need DBInstanceIdentifier.")
    members = chosen(was, _ANYWHERE) | {"DBInstanceIdentifier": name, "MasterUserPassword": secrets.token_hex(16)}
    members |= wish.given(("DBInstanceClass", "DBName", "Engine", "LicenseModel", "StorageType"))
    members |= {key: int(value) for key, value in wish.given(("AllocatedStorage", "Iops", "Port")).items()}
    for key in ("DeletionProtection", "MultiAZ", "PubliclyAccessible"):
        members[key] = wish.flag(key, bool(was.get(key)))
    if groups := wish.get("VpcSecurityGroupIds"):
        members["VpcSecurityGroupIds"] = json.loads(groups)
    if wish.tags:
        members["Tags"] = tag_list(wish.tags)
    members |= _place(held, wish)
    if members["MultiAZ"]:
        members.pop("AvailabilityZone", None)
    return members


def _place(held: Held, wish: Wish) -> dict[str, Any]:
    """Subnets, zone and key: those of the wish, else those of the original where they exist, at home."""
    was = held.description
    home = at_home(held, wish)
    place: dict[str, Any] = {}
    if home:
        place = chosen(was, ("AvailabilityZone",)) | chosen(was.get("DBSubnetGroup") or {}, ("DBSubnetGroupName",))
    return place | wish.given(("AvailabilityZone", "DBSubnetGroupName")) | key_of(was, wish, home=home)
