"""`backstay restore`, as a person sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

CENTRAL, PAYMENTS, RISK, REGION = "100000000002", "100000000010", "100000000011", "eu-central-1"
OBJECTS = {"a.txt": b"ledger", "2026/q3.bin": bytes(range(256)) * 64, "empty": b"", "odd key \u00e4\u00df+&.txt": b"x"}
Job = Callable[..., Result]
Make = Callable[..., str]


def _contents(cloud: Any, bucket: str, account: str = PAYMENTS) -> dict[str, bytes]:
    client = cloud.client("s3", account)
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {item["Key"]: client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read() for item in listed}


def _made(done: Result) -> str:
    """The ARN of what was restored, as it was printed."""
    found = re.search(r"restored to +(\S+)", done.output)
    assert found, done.output
    return found[1]


@pytest.fixture
def backed_up(ready: Any, builds: Any, tmp_path: Path, job: Job) -> Callable[..., str]:
    """Backs up everything tagged in an account and gives the ARN of the (only) recovery point of a type."""

    def back_up(type_: str, vault: str = "primary", account: str = PAYMENTS, change: Any = None) -> str:
        assert job("backup", builds.write(tmp_path / "build", change)).exit_code == 0
        listed = ready.client("backup", account).list_recovery_points_by_backup_vault(BackupVaultName=vault)
        [point] = [point for point in listed["RecoveryPoints"] if point["ResourceType"] == type_]
        arn: str = point["RecoveryPointArn"]
        return arn

    return back_up


def test_bucket_whose_source_is_gone(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """Every byte comes back after the source was deleted, and the verdict says what it rests on."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    point = backed_up("S3")
    client = ready.client("s3")
    for version in client.list_object_versions(Bucket="acme-ledger")["Versions"]:
        client.delete_object(Bucket="acme-ledger", Key=version["Key"], VersionId=version["VersionId"])
    client.delete_bucket(Bucket="acme-ledger")
    done = job("restore", point)
    assert done.exit_code == 0, done.output
    assert "✓ verified" in done.output
    assert "as many bytes as the recovery point says" in done.output
    assert "the source is not there any more" in done.output
    assert _contents(ready, _made(done).rpartition(":")[2]) == OBJECTS


def test_bucket_whose_source_went_on(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """What was changed or deleted in the source since is no fault of the restore, and the source is not touched."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    point = backed_up("S3")
    client = ready.client("s3")
    client.put_object(Bucket="acme-ledger", Key="a.txt", Body=b"encrypted by somebody")
    client.delete_object(Bucket="acme-ledger", Key="empty")
    now = _contents(ready, "acme-ledger")
    done = job("restore", point)
    assert done.exit_code == 0, done.output
    assert "4 equal to the source" in done.output
    assert _contents(ready, _made(done).rpartition(":")[2]) == OBJECTS
    assert _contents(ready, "acme-ledger") == now


def test_objects_in_parts(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """An object that was uploaded in parts has another ETag when restored; its bytes are compared instead."""
    bucket("acme-ledger", {}, backup="gold")
    client, target = ready.client("s3"), {"Bucket": "acme-ledger", "Key": "big"}
    upload = target | {"UploadId": client.create_multipart_upload(**target)["UploadId"]}
    bodies = [b"x" * (5 * 1024 * 1024), b"y"]
    tags = [client.upload_part(**upload, PartNumber=n, Body=body)["ETag"] for n, body in enumerate(bodies, 1)]
    parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    done = job("restore", backed_up("S3"))
    assert "1 object, 5.0 MiB: nothing is missing, 1 equal to the source" in done.output
    assert _contents(ready, _made(done).rpartition(":")[2]) == {"big": b"".join(bodies)}


def test_table(ready: Any, table: Make, backed_up: Make, job: Job) -> None:
    """A table comes back item by item, under a new name, and is compared with its source."""
    table("Orders", {"1": "x", "2": "y"}, backup="gold")
    done = job("restore", backed_up("DynamoDB"))
    assert done.exit_code == 0, done.output
    assert "✓ verified    ACTIVE with 2 items, each equal to the source" in done.output
    name = _made(done).rpartition("/")[2]
    assert re.fullmatch(r"Orders-restored-\d{8}-\d{6}", name)
    items = ready.client("dynamodb").scan(TableName=name)["Items"]
    assert {item["id"]["S"]: item["value"]["S"] for item in items} == {"1": "x", "2": "y"}


def test_table_whose_source_went_on(ready: Any, table: Make, backed_up: Make, job: Job) -> None:
    """A table keeps no history: a difference is told, and is a failure only if the source was not written to."""
    table("orders", {"1": "x", "2": "y"}, backup="gold")
    point = backed_up("DynamoDB")
    ready.client("dynamodb").put_item(TableName="orders", Item={"id": {"S": "3"}, "value": {"S": "z"}})
    told = job("restore", point)
    assert told.exit_code == 0
    assert "~ differs     ACTIVE with 2 items: 2 equal, 1 are in the source only" in told.output
    ready.local.advance(timedelta(seconds=2))
    assert job("restore", point, "--exact").exit_code == 1


def test_table_whose_source_is_gone(ready: Any, table: Make, backed_up: Make, job: Job) -> None:
    """Without a source items can be counted, not compared; the verdict says so."""
    table("orders", {"1": "x"}, backup="gold")
    point = backed_up("DynamoDB")
    ready.client("dynamodb").delete_table(TableName="orders")
    done = job("restore", point)
    assert done.exit_code == 0
    assert "~ described   ACTIVE with 1 item; the source is not there any more" in done.output


def test_copy_in_another_account(ready: Any, bucket: Make, backed_up: Make, copying: Any, job: Job) -> None:
    """A copy is restored in the account that holds it, and compared with the source in the account it came from."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    done = job("restore", backed_up("S3", "central", CENTRAL, copying))
    assert done.exit_code == 0, done.output
    assert "4 equal to the source" in done.output
    assert _contents(ready, _made(done).rpartition(":")[2], CENTRAL) == OBJECTS


def test_volume(ready: Any, backed_up: Make, job: Job) -> None:
    """A snapshot's ARN names no account, so it is given; of a volume only the description is verified, and told so."""
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "backup", "Value": "gold"}]}]
    ready.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=8, TagSpecifications=tags)
    point = backed_up("EBS")
    refused = job("restore", point)
    assert (refused.exit_code, "give --account" in refused.output) == (2, True)
    done = job("restore", point, "--account", PAYMENTS)
    assert done.exit_code == 0, done.output
    assert "~ described   it is there and available; only its description was looked at" in done.output
    volume = ready.client("ec2").describe_volumes(VolumeIds=[_made(done).rpartition("/")[2]])["Volumes"][0]
    assert (volume["Size"], volume.get("Tags", [])) == (8, [])


def test_settings_win(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """--set decides where and what: some objects only, into a bucket that exists, overwriting nothing."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    bucket("acme-target", {"2026/q3.bin": b"mine"})
    settings = {"DestinationBucketName": "acme-target", "NewBucket": "false", "ItemsToRestore": '["a.txt", "empty"]'}
    options = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    done = job("restore", backed_up("S3"), *options)
    assert done.exit_code == 0, done.output
    assert _contents(ready, "acme-target") == {"a.txt": b"ledger", "empty": b"", "2026/q3.bin": b"mine"}


def test_a_restore_that_fails(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """A restore that would overwrite is refused by AWS; its reason is told and the code is 1."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    done = job("restore", backed_up("S3"), "--set", "DestinationBucketName=acme-ledger")
    assert done.exit_code == 1
    assert "✗ FAILED" in done.output
    assert "Bucket acme-ledger cannot be created" in done.output


def test_without_waiting(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """With --no-wait the job's id is printed, and nothing is claimed to be verified."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    done = job("restore", backed_up("S3"), "--no-wait")
    assert done.exit_code == 0
    [found] = ready.client("backup").list_restore_jobs()["RestoreJobs"]
    assert f"restore job {found['RestoreJobId']}; it was not followed, and nothing verified" in done.output


def test_tags_on_request(ready: Any, backed_up: Make, job: Job) -> None:
    """What is restored gets the tags of its source only on request: with them it would be backed up like it."""
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "backup", "Value": "gold"}]}]
    ready.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=8, TagSpecifications=tags)
    point = backed_up("EBS")
    done = job("restore", point, "--account", PAYMENTS, "--copy-tags")
    [volume] = ready.client("ec2").describe_volumes(VolumeIds=[_made(done).rpartition("/")[2]])["Volumes"]
    assert {"Key": "backup", "Value": "gold"} in volume["Tags"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["arn:aws:backup:eu-central-1"], 2, "is not the ARN of a recovery point"),
        ([f"arn:aws:backup:{REGION}:{PAYMENTS}:recovery-point:0000"], 1, f"account {PAYMENTS} has no recovery point"),
        ([f"arn:aws:backup:{REGION}:{PAYMENTS}:recovery-point:0000", "--vault", "primery"], 1, "nearest: primary"),
        ([f"arn:aws:backup:{REGION}:100000000099:recovery-point:0000"], 3, "AccessDenied from AssumeRole"),
        (["arn:aws:ec2:eu-central-1::image/ami-1", "--account", RISK, "--set", "nonsense"], 2, "KEY=VALUE"),
        (
            [f"arn:aws:backup:{REGION}:{PAYMENTS}:recovery-point:0", "--endpoint-url", "http://127.0.0.1:9"],
            2,
            "no answer at http://127.0.0.1:9",
        ),
    ],
)
def test_bad_input(ready: Any, job: Job, arguments: list[str], code: int, says: str) -> None:
    """Bad input is told in a sentence with the right exit code, and nothing is started."""
    told = job("restore", *arguments)
    assert told.exit_code == code, told.output
    assert says in told.output
    assert "Traceback" not in told.output


def test_dry_run(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """Everything is shown before, and nothing is started."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    told = job("restore", backed_up("S3"), "--dry-run", "--copy-tags")
    assert told.exit_code == 0
    assert re.search(r"with +DestinationBucketName=acme-ledger-restored-", told.output)
    assert f"account {PAYMENTS}, {REGION}, in the role arn:aws:iam::{PAYMENTS}:role/service-role/" in told.output
    assert "--copy-tags has no effect" in told.output
    assert "Nothing was started." in told.output
    assert ready.client("backup").list_restore_jobs()["RestoreJobs"] == []


@pytest.mark.long
def test_single_items(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """Objects that are asked for by name come back alone."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    point = backed_up("S3")
    done = job("restore", point, "--item", "a.txt", "--item", "2026/")
    assert done.exit_code == 0, done.output
    assert set(_contents(ready, _made(done).rpartition(":")[2])) == {"a.txt", "2026/q3.bin"}
    many = [part for number in range(6) for part in ("--item", f"{number}")]
    refused = job("restore", point, *many)
    assert refused.exit_code == 2
    assert "at most 5 items" in refused.output


def test_wishes_that_a_type_does_not_have(table: Make, backed_up: Make, job: Job) -> None:
    """A point in time of a snapshot's type, single items of a table and a time that is none are complaints."""
    table("orders", {"1": "x"}, backup="gold")
    point = backed_up("DynamoDB")
    for wish, told in (
        (("--at", "2099-01-01T00:00:00Z"), "cannot be restored to a point in time"),
        (("--item", "1"), "single items of DynamoDB"),
        (("--at", "yesterday"), "yesterday is no time"),
        (("--at", "2001-01-01"), "before the recovery point began"),
    ):
        refused = job("restore", point, *wish)
        assert refused.exit_code == 2, refused.output
        assert told in refused.output


@pytest.mark.long
def test_failure_in_plain_words(ready: Any, bucket: Make, backed_up: Make, job: Job) -> None:
    """A restore that AWS refuses or fails is told in its words, and then in plain ones."""
    bucket("acme-ledger", OBJECTS, backup="gold")
    done = job("restore", backed_up("S3"), "--set", "EncryptionType=rot13")
    assert done.exit_code == 1
    assert "EncryptionType must be" in done.output
    assert "→ the restore metadata lack a value, or hold one that AWS does not take" in done.output
    assert len(ready.client("backup").list_restore_jobs()["RestoreJobs"]) == 1
