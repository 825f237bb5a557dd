"""What the exercise's member account holds, and what of it must be there again afterwards; by plain boto3."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from backstay_local import LocalAws

OBJECTS = {"record/1": b"the first patient", "record/2": bytes(range(256)) * 300, "empty": b""}
ITEMS = {str(number): f"patient {number}" for number in range(40)}
_BLOCK = 512 * 1024
BLOCKS = {0: b"\x01" * _BLOCK, 7: bytes(range(256)) * (_BLOCK // 256)}
DISKS = {"VMName": "archive", "Disks": [20, 40]}


class Data:
    """One account in a Region: a bucket, a table, a volume and a virtual machine, or what was restored of them."""

    def __init__(self, local: LocalAws, account: str, region: str) -> None:
        self.local, self.account, self.region = local, account, region

    def _client(self, service: str) -> Any:
        return self.local.client(service, self.account, self.region)

    def put(self, tags: Mapping[str, str], files: Mapping[str, str]) -> None:
        """Everything, with these tags; the bucket has those of files besides."""
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        self._bucket([*pairs, *({"Key": key, "Value": value} for key, value in files.items())])
        self._table(pairs)
        self._volume(pairs)
        machine = f"arn:aws:backup-gateway:{self.region}:{self.account}:vm/vm-0123456789ABCDEF0"
        self.local.declare(machine, "VirtualMachine", tags=tags, description=DISKS, size=4096)

    def _bucket(self, pairs: list[dict[str, str]]) -> None:
        s3 = self._client("s3")
        s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": self.region})
        s3.put_bucket_versioning(Bucket="records", VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_tagging(Bucket="records", Tagging={"TagSet": pairs})
        for key, content in OBJECTS.items():
            s3.put_object(Bucket="records", Key=key, Body=content)

    def _table(self, pairs: list[dict[str, str]]) -> None:
        dynamodb = self._client("dynamodb")
        dynamodb.create_table(
            TableName="patients",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=pairs,
        )
        for key, value in ITEMS.items():
            dynamodb.put_item(TableName="patients", Item={"id": {"S": key}, "name": {"S": value}})

    def _volume(self, pairs: list[dict[str, str]]) -> None:
        ebs = self._client("ebs")
        snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
        for index, block in BLOCKS.items():
            ebs.put_snapshot_block(
                SnapshotId=snapshot,
                BlockIndex=index,
                BlockData=block,
                DataLength=_BLOCK,
                Checksum=base64.b64encode(hashlib.sha256(block).digest()).decode(),
                ChecksumAlgorithm="SHA256",
            )
        ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(BLOCKS))
        self._client("ec2").create_volume(
            AvailabilityZone=f"{self.region}a",
            SnapshotId=snapshot,
            TagSpecifications=[{"ResourceType": "volume", "Tags": pairs}],
        )

    def objects(self, bucket: str) -> dict[str, bytes]:
        """The objects of a bucket by their keys."""
        s3 = self._client("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def items(self, table: str) -> dict[str, str]:
        """The names in a table by their ids."""
        items = self._client("dynamodb").scan(TableName=table)["Items"]
        return {item["id"]["S"]: item["name"]["S"] for item in items}

    def blocks(self) -> dict[int, bytes]:
        """The blocks of the one volume that is here."""
        ec2, ebs = self._client("ec2"), self._client("ebs")
        (volume,) = ec2.describe_volumes()["Volumes"]
        snapshot = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
        listed = ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"]
        return {
            one["BlockIndex"]: ebs.get_snapshot_block(SnapshotId=snapshot, **one)["BlockData"].read() for one in listed
        }

    def machines(self) -> list[Mapping[str, Any]]:
        """What is known of the virtual machines that are here."""
        where = f"arn:aws:backup-gateway:{self.region}:{self.account}:"
        return [one.description for one in self.local.world.declared.all() if one.arn.startswith(where)]
