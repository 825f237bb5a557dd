"""EFS file systems: modes, encryption and lifecycle; the files are not kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, chosen, tag_list, tags_of, texts

_MODES = ("AvailabilityZoneName", "ProvisionedThroughputInMibps", "ThroughputMode")


class EFS:
    """File systems."""

    type = "EFS"
    service = "efs"
    arns = "arn:*:elasticfilesystem:*:*:file-system/*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The file systems of an account and Region."""
        client = outside.client("efs", account, region)
        for page in client.get_paginator("describe_file_systems").paginate():
            for system in page["FileSystems"]:
                tags = tags_of(system.get("Tags"))
                yield Resource(system["FileSystemArn"], "EFS", account, region, system["FileSystemId"], tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The file system of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The file system's description and lifecycle; its size is what it reports."""
        client = outside.client("efs", resource.account, resource.region)
        [system] = client.describe_file_systems(FileSystemId=resource.name)["FileSystems"]
        lifecycle = client.describe_lifecycle_configuration(FileSystemId=resource.name)
        description = {"FileSystem": plain(system), "LifecyclePolicies": plain(lifecycle["LifecyclePolicies"])}
        return Capture(description, size=system.get("SizeInBytes", {}).get("Value", 0))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A new file system of the same modes and encryption."""
        was = description["FileSystem"]
        return texts(
            {
                "file-system-id": was["FileSystemId"],
                "Encrypted": was.get("Encrypted", False),
                "KmsKeyId": was.get("KmsKeyId"),
                "PerformanceMode": was.get("PerformanceMode"),
                "CreationToken": was.get("CreationToken"),
                "newFileSystem": True,
            }
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty file system of that description."""
        if not wish.flag("newFileSystem"):
            raise DataError("This embedded AWS keeps no files of EFS: restore with newFileSystem set to true.")
        client = outside.client("efs", wish.account, wish.region)
        system = client.create_file_system(**_members(held, wish))
        if policies := held.description["LifecyclePolicies"]:
            client.put_lifecycle_configuration(FileSystemId=system["FileSystemId"], LifecyclePolicies=policies)
        return str(system["FileSystemArn"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the file system, which must not have mount targets."""
        outside.client("efs", resource.account, resource.region).delete_file_system(FileSystemId=resource.name)


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    was = held.description["FileSystem"]
    home = at_home(held, wish)
    token = wish.get("CreationToken")
    members: dict[str, Any] = {
        **chosen(was, _MODES if home else _MODES[1:]),
        "CreationToken": token if token and token != was.get("CreationToken") else str(uuid.uuid4()),
        "PerformanceMode": wish.get("PerformanceMode", was.get("PerformanceMode", "generalPurpose")),
        "Encrypted": wish.flag("Encrypted", bool(was.get("Encrypted"))),
    }
    key = wish.get("KmsKeyId") or (was.get("KmsKeyId") if home else None)
    if members["Encrypted"] and key:
        members["KmsKeyId"] = key
    if wish.tags:
        members["Tags"] = tag_list(wish.tags)
    return members
