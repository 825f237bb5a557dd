"""Restores: what comes back, and what the jobs say about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

FILES = {"a/one": b"first", "b": bytes(range(256))}


def contents(site: Any, bucket: str) -> dict[str, bytes]:
    """Every object of a bucket."""
    s3 = site.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def destroy(site: Any, bucket: str) -> None:
    """Remove a bucket with all it holds."""
    s3 = site.client("s3")
    listed = s3.list_object_versions(Bucket=bucket)
    for one in [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())]:
        s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=bucket)


def restored(site: Any, point: str, metadata: dict[str, str], **members: Any) -> dict[str, Any]:
    """Restore, and give the job at its end."""
    started = site.backup.start_restore_job(
        RecoveryPointArn=point, Metadata=metadata, IamRoleArn=site.role(), **members
    )
    site.settle()
    return dict(site.backup.describe_restore_job(RestoreJobId=started["RestoreJobId"]))


def test_bytes_come_back(site: Any) -> None:
    """After the bucket is gone its objects come back, byte for byte, in a new bucket."""
    site.vault()
    point = site.take(site.bucket("bucket-one", objects=FILES))
    destroy(site, "bucket-one")
    found = site.backup.get_recovery_point_restore_metadata(BackupVaultName="v1", RecoveryPointArn=point)
    metadata = {**found["RestoreMetadata"], "DestinationBucketName": "bucket-new", "NewBucket": "true"}
    job = restored(site, point, metadata)
    assert (job["Status"], job["CreatedResourceArn"]) == ("COMPLETED", "arn:aws:s3:::bucket-new"), job
    assert contents(site, "bucket-new") == FILES
    kept = site.backup.get_restore_job_metadata(RestoreJobId=job["RestoreJobId"])["Metadata"]
    assert kept == metadata
    resource = site.backup.describe_protected_resource(ResourceArn="arn:aws:s3:::bucket-one")
    assert resource["LatestRestoreExecutionTimeMinutes"] == 1
    assert resource["LatestRestoreJobCreationDate"] == job["CreationDate"]


def test_how_long_a_restore_will_take(slow_site: Any, refusal: Any) -> None:
    """A restore that runs says in how many minutes it expects to be done; the type can be named, the right one only."""
    site = slow_site
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    metadata = {"DestinationBucketName": "bucket-new", "NewBucket": "true"}
    asked = {"RecoveryPointArn": point, "Metadata": metadata, "IamRoleArn": site.role()}
    start = site.backup.start_restore_job
    assert refusal(lambda: start(**asked, ResourceType="EBS"))[0] == "InvalidParameterValueException"
    job_id = start(**asked, ResourceType="S3")["RestoreJobId"]

    def told() -> list[tuple[str, int | None]]:
        by_resource = site.backup.list_restore_jobs_by_protected_resource(ResourceArn="arn:aws:s3:::bucket-one")
        [listed], [of_resource] = site.backup.list_restore_jobs()["RestoreJobs"], by_resource["RestoreJobs"]
        every = (listed, of_resource, site.backup.describe_restore_job(RestoreJobId=job_id))
        return [(one["Status"], one.get("ExpectedCompletionTimeMinutes")) for one in every]

    assert told() == [("PENDING", None)] * 3
    site.advance(minutes=2)
    assert told() == [("RUNNING", 10)] * 3
    site.settle()
    assert told() == [("COMPLETED", 10)] * 3


@pytest.mark.parametrize(("copy", "expected"), [(True, {"team": "a"}), (False, {})])
def test_tags_on_request(site: Any, copy: bool, expected: dict[str, str]) -> None:
    """CopySourceTagsToRestoredResource brings the tags of the recovery point to the new volume."""
    site.vault()
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "team", "Value": "a"}]}]
    point = site.take(site.volume(TagSpecifications=tags))
    metadata = {"availabilityZone": "us-east-1a"}
    job = restored(site, point, metadata, CopySourceTagsToRestoredResource=copy)
    assert job["Status"] == "COMPLETED", job
    found = site.client("ec2").describe_volumes(VolumeIds=[job["CreatedResourceArn"].rsplit("/", 1)[1]])["Volumes"]
    assert {one["Key"]: one["Value"] for one in found[0].get("Tags", [])} == expected


def test_buckets_do_not_take_part_in_it(site: Any) -> None:
    """AWS copies no tags to restored buckets, asked or not."""
    site.vault()
    point = site.take(site.bucket("bucket-one", {"team": "a"}))
    metadata = {"DestinationBucketName": "bucket-a", "NewBucket": "true"}
    job = restored(site, point, metadata, CopySourceTagsToRestoredResource=True)
    assert job["Status"] == "COMPLETED", job
    s3 = site.client("s3")
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket="bucket-a")


def test_a_moment_of_a_stream(site: Any, rule: Any) -> None:
    """A continuous backup goes back to the state of the last run before the time asked for."""
    site.vault()
    site.bucket("bucket-one", objects={"file": b"monday"})
    site.plan(rule(keep=7, EnableContinuousBackup=True))
    site.advance(hours=6)
    first = site.aws.clock.now()
    site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=b"tuesday")
    site.advance(days=1)
    [point] = site.points()
    for moment, name, body in ((first, "bucket-then", b"monday"), (None, "bucket-now", b"tuesday")):
        metadata = {"DestinationBucketName": name, "NewBucket": "true"}
        if moment:
            metadata["RestoreTime"] = moment.isoformat()
        job = restored(site, point["RecoveryPointArn"], metadata)
        assert job["Status"] == "COMPLETED", job
        assert contents(site, name) == {"file": body}
    early = {"DestinationBucketName": "x-y-z", "NewBucket": "true", "RestoreTime": "2020-01-01T00:00:00Z"}
    assert restored(site, point["RecoveryPointArn"], early)["Status"] == "FAILED"


def test_failures(site: Any, refusal: Any) -> None:
    """Bad metadata fails the job; an unknown point, a wrong type or a bad role are refused at once."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    job = restored(site, point, {"DestinationBucketName": "never-was", "NewBucket": "false"})
    assert (job["Status"], bool(job["StatusMessage"])) == ("FAILED", True)
    start = site.backup.start_restore_job
    gone = point + "x"
    assert refusal(lambda: start(RecoveryPointArn=gone, Metadata={"a": "b"}))[0] == "ResourceNotFoundException"
    wrong = "InvalidParameterValueException"
    assert refusal(lambda: start(RecoveryPointArn=point, Metadata={"a": "b"}, ResourceType="EBS"))[0] == wrong
    role = f"arn:aws:iam::{site.account}:role/Nobody"
    assert refusal(lambda: start(RecoveryPointArn=point, Metadata={"a": "b"}, IamRoleArn=role))[0] == wrong


def test_disabled_key(site: Any) -> None:
    """With the vault's key disabled nothing can be restored, and the job says why."""
    key = site.key()
    site.vault(EncryptionKeyArn=key)
    point = site.take(site.bucket("bucket-one"))
    site.client("kms").disable_key(KeyId=key)
    job = restored(site, point, {"DestinationBucketName": "bucket-new", "NewBucket": "true"})
    assert job["Status"] == "FAILED"
    assert key in job["StatusMessage"]


def test_lists(site: Any) -> None:
    """Restore jobs are listed by state, type and resource, the newest first."""
    site.vault()
    arn = site.bucket("bucket-one")
    point = site.take(arn)
    good = restored(site, point, {"DestinationBucketName": "bucket-new", "NewBucket": "true"})["RestoreJobId"]
    site.advance(hours=1)
    bad = restored(site, point, {"DestinationBucketName": "never-was", "NewBucket": "false"})["RestoreJobId"]

    def ids(listed: dict[str, Any]) -> list[str]:
        return [job["RestoreJobId"] for job in listed["RestoreJobs"]]

    assert ids(site.backup.list_restore_jobs()) == [bad, good]
    assert ids(site.backup.list_restore_jobs(ByStatus="COMPLETED")) == [good]
    assert ids(site.backup.list_restore_jobs(ByResourceType="EBS")) == []
    by_resource = site.backup.list_restore_jobs_by_protected_resource
    assert ids(by_resource(ResourceArn=arn)) == [bad, good]
    later = site.aws.clock.now() + timedelta(days=1)
    assert ids(by_resource(ResourceArn=arn, ByRecoveryPointCreationDateAfter=later)) == []


def test_same_token_one_restore(site: Any) -> None:
    """The same IdempotencyToken restores once."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    metadata = {"DestinationBucketName": "bucket-new", "NewBucket": "true"}
    first = restored(site, point, metadata, IdempotencyToken="t-1")
    assert restored(site, point, metadata, IdempotencyToken="t-1")["RestoreJobId"] == first["RestoreJobId"]
    assert len(site.backup.list_restore_jobs()["RestoreJobs"]) == 1
