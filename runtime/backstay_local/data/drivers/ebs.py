"""EBS volumes: size, type, settings, and every block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from backstay_aws.arns import partition_of
from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Opened, Piece, Wish
from backstay_local.data.resource import Resource

from .driver import tag_list, tags_of, texts

GIB = 1024**3
_WITH_IOPS = frozenset({"io1", "io2", "gp3"})


class EBS:
    """Volumes."""

    type = "EBS"
    service = "ec2"
    arns = "arn:*:ec2:*:*:volume/*"
    holds_bytes = True

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The volumes of an account and Region."""
        client = outside.client("ec2", account, region)
        for page in client.get_paginator("describe_volumes").paginate():
            for volume in page["Volumes"]:
                yield _resource(volume, account, region)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The volume of that ARN, if it exists."""
        return next((found for found in self.discover(outside, account, region) if found.arn == arn), None)

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The volume and its blocks; its size counts as if it were full."""
        client = outside.client("ec2", resource.account, resource.region)
        [volume] = client.describe_volumes(VolumeIds=[resource.name])["Volumes"]
        blocks = outside.blocks.of_volume(resource.account, resource.region, resource.name)
        empty = volume["Size"] * GIB - sum(map(len, blocks.values()))
        return Capture(plain(volume), (_piece(index, blocks[index]) for index in sorted(blocks)), size=empty)

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A volume of the same size and type in the same zone."""
        return texts(
            {
                "volumeId": description["VolumeId"],
                "availabilityZone": description["AvailabilityZone"],
                "volumeSize": description["Size"],
                "volumeType": description["VolumeType"],
                "iops": description.get("Iops"),
                "throughput": description.get("Throughput"),
                "encrypted": description.get("Encrypted", False),
                "kmsKeyId": description.get("KmsKeyId"),
            }
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Create a volume of that description and give it its blocks."""
        client = outside.client("ec2", wish.account, wish.region)
        volume = client.create_volume(**_members(held, wish))
        blocks = {int(entry.name): b"".join(held.parts(entry)) for entry in held.entries()}
        if blocks:
            outside.blocks.fill(wish.account, wish.region, volume["VolumeId"], blocks)
        return f"arn:{partition_of(wish.region)}:ec2:{wish.region}:{wish.account}:volume/{volume['VolumeId']}"

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete the volume, which must not be attached."""
        outside.client("ec2", resource.account, resource.region).delete_volume(VolumeId=resource.name)


def _resource(volume: Mapping[str, Any], account: str, region: str) -> Resource:
    arn = f"arn:{partition_of(region)}:ec2:{region}:{account}:volume/{volume['VolumeId']}"
    return Resource(arn, "EBS", account, region, volume["VolumeId"], tags_of(volume.get("Tags")))


def _piece(index: int, block: bytes) -> Piece:
    """A block, by its index; zeros are kept, too, for they were written."""
    return Piece(f"{index:010d}", hashlib.sha256(block).hexdigest(), {}, partial(Opened, {}, (block,)))


def _members(held: Held, wish: Wish) -> dict[str, Any]:
    was = held.description
    zone = was["AvailabilityZone"] if held.resource.region == wish.region else f"{wish.region}a"
    kind = wish.get("volumeType", was["VolumeType"])
    size = int(wish.get("volumeSize") or was["Size"])
    if size < was["Size"]:
        raise DataError(f"volumeSize {size} is smaller than the {was['Size']} GiB of the snapshot.")
    members: dict[str, Any] = {
        "AvailabilityZone": wish.get("availabilityZone", zone),
        "Size": size,
        "VolumeType": kind,
        "Encrypted": wish.flag("encrypted", bool(was.get("Encrypted"))),
    }
    if kind in _WITH_IOPS and (iops := wish.get("iops") or was.get("Iops")):
        members["Iops"] = int(iops)
    if kind == "gp3" and (throughput := wish.get("throughput") or was.get("Throughput")):
        members["Throughput"] = int(throughput)
    key = wish.get("kmsKeyId") or (was.get("KmsKeyId") if wish.account == held.resource.account else None)
    if members["Encrypted"] and key:
        members["KmsKeyId"] = key
    if wish.tags:
        members["TagSpecifications"] = [{"ResourceType": "volume", "Tags": tag_list(wish.tags)}]
    return members
