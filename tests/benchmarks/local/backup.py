"""A backup of a bucket: ours, beside plain Python that reads the same objects, hashes them and writes them to files.

Both wait once, at the end, until the disk has everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from backstay_local.app import LocalAws

OBJECTS = int(os.environ.get("OBJECTS", "200"))
SIZES = (1_000, 100_000, 1_000_000)
TURNS = 5
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def main() -> None:
    """The best of a few turns, one way after the other, each time with other bytes."""
    chance = random.Random(20261129)
    with LocalAws(Path("data")) as aws:
        document = json.dumps(TRUST)
        role = aws.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        aws.client("backup").create_backup_vault(BackupVaultName="vault")
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        ours = plain = float("inf")
        size = 0
        for turn in range(TURNS):
            size = _fill(s3, chance)
            aws.save()
            plain = min(plain, _seconds(lambda turn=turn: _plain(s3, Path(f"plain-{turn}"))))
            ours = min(ours, _seconds(lambda: _back_up(aws, role)))
    rates = f"{size / ours / 1e6:.0f} MB/s, plain Python {size / plain / 1e6:.0f} MB/s"
    detail = f"{rates}; {OBJECTS} objects, {size / 1e6:.0f} MB"
    print(json.dumps({"name": "backup", "value": ours / plain, "detail": detail}))


def _fill(s3: Any, chance: random.Random) -> int:
    """New bytes in every object; gives how many in all."""
    sizes = [SIZES[number % len(SIZES)] for number in range(OBJECTS)]
    for number, size in enumerate(sizes):
        s3.put_object(Bucket="bucket", Key=f"object-{number:04d}", Body=chance.randbytes(size))
    return sum(sizes)


def _plain(s3: Any, folder: Path) -> None:
    """Read, hash and write each object, and wait until the disk has all of them."""
    folder.mkdir()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="bucket"):
        for row in page["Contents"]:
            body = s3.get_object(Bucket="bucket", Key=row["Key"])["Body"].read()
            with (folder / hashlib.sha256(body).hexdigest()).open("wb") as file:
                file.write(body)
    os.sync()


def _back_up(aws: LocalAws, role: str) -> None:
    """A backup job from its start to its end, on a clock that is moved forward."""
    backup = aws.client("backup")
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn="arn:aws:s3:::bucket", IamRoleArn=role)
    aws.advance(timedelta(minutes=1))
    ended = backup.describe_backup_job(BackupJobId=job["BackupJobId"])
    if ended["State"] != "COMPLETED":
        raise SystemExit(f"{ended['State']}: {ended.get('StatusMessage')}")


def _seconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
