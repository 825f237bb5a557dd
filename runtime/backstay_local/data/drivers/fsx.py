"""FSx file systems: kind, capacity and configuration; the files are not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Wish
from backstay_local.data.resource import Resource

from .driver import at_home, chosen, tag_list, tags_of, texts
from .ebs import GIB

_CONFIGURATIONS = {
    "LustreConfiguration": "lustreConfiguration",
    "OntapConfiguration": "ontapConfiguration",
    "OpenZFSConfiguration": "openZfsConfiguration",
    "WindowsConfiguration": "windowsConfiguration",
}
"""CreateFileSystem's members and what restore metadata call them (restore testing metadata, developer guide)."""


class FSx:
    """File systems of every kind. ONTAP's are backed up by volume, in AWS; those can be declared here."""

    type = "FSx"
    service = "fsx"
    arns = "arn:*:fsx:*:*:file-system/*"
    holds_bytes = False

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The file systems of an account and Region, but for those of ONTAP."""
        client = outside.client("fsx", account, region)
        for page in client.get_paginator("describe_file_systems").paginate():
            for system in page["FileSystems"]:
                if system["FileSystemType"] != "ONTAP":
                    tags = tags_of(system.get("Tags"))
                    yield Resource(system["ResourceARN"], "FSx", account, region, system["FileSystemId"], tags)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The file system of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The file system's description; its size counts as if it were full."""
        client = outside.client("fsx", resource.account, resource.region)
        [system] = client.describe_file_systems(FileSystemIds=[resource.name])["FileSystems"]
        return Capture(plain(system), size=system.get("StorageCapacity", 0) * GIB)

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A file system of the same kind in the same network."""
        shaped = {name: description.get(name) for name in ("SubnetIds", "SecurityGroupIds")}
        shaped |= {key: description.get(name) for name, key in _CONFIGURATIONS.items()}
        named = chosen(description, ("FileSystemId", "FileSystemType", "StorageCapacity", "StorageType", "KmsKeyId"))
        return texts(named | {key: json.dumps(value, sort_keys=True) for key, value in shaped.items() if value})

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create an empty file system of that description."""
        client = outside.client("fsx", wish.account, wish.region)
        system = client.create_file_system(**_members(held, wish))["FileSystem"]
        return str(system["ResourceARN"])

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the file system, without a last backup."""
        client = outside.client("fsx", resource.account, resource.region)
        client.delete_file_system(FileSystemId=resource.name)


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    """Members of CreateFileSystem; the network of the original only at home."""
    was, home = held.description, at_home(held, wish)
    members = chosen(was, ("FileSystemType", "StorageCapacity", "StorageType"))
    network = ("SubnetIds", "SecurityGroupIds")
    members |= chosen(was, (*network, "KmsKeyId")) if home else {}
    members |= {key: json.loads(value) for key, value in wish.given(network).items()}
    members |= wish.given(("KmsKeyId", "StorageType"))
    members |= {key: int(value) for key, value in wish.given(("StorageCapacity",)).items()}
    for name, key in _CONFIGURATIONS.items():
        asked = json.loads(wish.get(key, "{}") or "{}")
        if configuration := {**was.get(name, {}), **{_capital(part): value for part, value in asked.items()}}:
            members[name] = configuration
    if "SubnetIds" not in members:
        raise DataError("The restore metadata need SubnetIds.")
    if wish.tags:
        members["Tags"] = tag_list(wish.tags)
    return members


def _capital(name: str) -> str:
    """AWS's metadata begin members of configurations in lower case, its API in upper case."""
    return name[:1].upper() + name[1:]
