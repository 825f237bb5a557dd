"""Backup jobs: their states through time, their ends, and how they are listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

BLOCKED = "Backup job failed because there was a running job for the same resource."


def test_states_through_time(open_site: Any) -> None:
    """A job is CREATED, then RUNNING, then COMPLETED, and its recovery point has what the job says."""
    site = open_site(settings=Settings(start_delay=timedelta(minutes=5), run_time=timedelta(minutes=10)))
    site.vault()
    job_id = site.start(site.bucket("bucket-one", {"team": "a"}), RecoveryPointTags={"by": "hand"})
    seen = [site.job(job_id)["State"]]
    for _ in range(2):
        site.advance(minutes=6)
        seen.append(site.job(job_id)["State"])
    site.advance(minutes=6)
    job = site.job(job_id)
    assert seen == ["CREATED", "RUNNING", "RUNNING"]
    assert (job["State"], job["PercentDone"], job["BackupSizeInBytes"]) == ("COMPLETED", "100.0", 1)
    [point] = site.points()
    assert point["RecoveryPointArn"] == job["RecoveryPointArn"]
    assert point["EncryptionKeyArn"] == site.backup.describe_backup_vault(BackupVaultName="v1")["EncryptionKeyArn"]
    assert (point["IsEncrypted"], point["Status"], point["ResourceType"]) == (True, "COMPLETED", "S3")
    assert "CreatedBy" not in job
    assert site.backup.list_tags(ResourceArn=point["RecoveryPointArn"])["Tags"] == {"team": "a", "by": "hand"}


def test_point_arn_at_once_for_some_types(site: Any) -> None:
    """StartBackupJob names the recovery point at once for EFS and advanced DynamoDB, and for nothing else."""
    site.vault()
    table = site.client("dynamodb").create_table(
        TableName="t1",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    for arn, named in ((table, True), (site.bucket("bucket-one"), False), (site.volume(), False)):
        started = site.backup.start_backup_job(BackupVaultName="v1", ResourceArn=arn, IamRoleArn=site.role())
        assert ("RecoveryPointArn" in started) is named


def test_arn_forms(site: Any) -> None:
    """Recovery points of fully managed types belong to AWS Backup, a volume's is a snapshot of EC2."""
    site.vault()
    assert site.take(site.volume()).startswith("arn:aws:ec2:us-east-1::snapshot/snap-")
    own = f"arn:aws:backup:us-east-1:{site.account}:recovery-point:bucket-one-20261122"
    assert site.take(site.bucket("bucket-one")).startswith(own)


def test_role_must_be_assumable(site: Any, refusal: Any) -> None:
    """A role that does not exist, or does not trust AWS Backup, is refused in AWS's words."""
    site.vault()
    arn = site.bucket("bucket-one")
    stranger = site.role(
        name="Stranger",
        trust={
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        },
    )
    for role in (stranger, f"arn:aws:iam::{site.account}:role/Nobody", "arn:aws:iam::999999999999:role/AWSBackupRole"):
        wish = {"BackupVaultName": "v1", "ResourceArn": arn, "IamRoleArn": role}
        found = refusal(lambda wish=wish: site.backup.start_backup_job(**wish))
        assert found == ("InvalidParameterValueException", f"IAM Role {role} cannot be assumed by AWS Backup")


def test_bad_requests(site: Any, refusal: Any) -> None:
    """Short windows, bad lifecycles, unknown types and unknown vaults are refused at once."""
    site.vault()
    arn = site.bucket("bucket-one")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"StartWindowMinutes": 59}, "StartWindowMinutes"),
        ({"Lifecycle": {"DeleteAfterDays": 0}}, "DeleteAfterDays cannot be less than 1 or more than 36500 days"),
        (
            {"Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 100}},
            "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays",
        ),
        ({"BackupOptions": {"WindowsVSS": "enabled"}}, "WindowsVSS"),
    ]
    for members, words in cases:
        code, message = refusal(lambda members=members: site.start(arn, **members))
        assert code == "InvalidParameterValueException"
        assert words in message
    assert refusal(lambda: site.start("arn:aws:sqs:us-east-1:123456789012:q"))[0] == "InvalidParameterValueException"
    assert refusal(lambda: site.start(arn, vault="nope"))[0] == "ResourceNotFoundException"


def test_resource_that_is_gone(site: Any) -> None:
    """A backup of something that does not exist fails as a job."""
    site.vault()
    job_id = site.start("arn:aws:s3:::never-was")
    site.settle()
    job = site.job(job_id)
    assert (job["State"], site.points()) == ("FAILED", [])
    assert "never-was" in job["StatusMessage"]


def test_key_that_is_off(site: Any) -> None:
    """With the vault's key disabled a backup fails, and says why."""
    key = site.key()
    site.vault(EncryptionKeyArn=key)
    site.client("kms").disable_key(KeyId=key)
    job_id = site.start(site.bucket("bucket-one"))
    site.settle()
    assert site.job(job_id)["State"] == "FAILED"
    assert key in site.job(job_id)["StatusMessage"]


def test_too_many_tags(site: Any) -> None:
    """Tags of the source and of the job are 50 together at most, else the job fails in AWS's words."""
    site.vault()
    arn = site.bucket("bucket-one", {f"k{number}": "v" for number in range(45)})
    ends = []
    for number in (5, 6):
        job_id = site.start(arn, RecoveryPointTags={f"r{one}": "v" for one in range(number)})
        site.settle()
        ends.append((site.job(job_id)["State"], site.job(job_id).get("StatusMessage")))
    words = "The resultant tag set must not have more than 50 user tags."
    assert ends == [("COMPLETED", None), ("FAILED", words)]


def test_one_job_at_a_time(site: Any) -> None:
    """Two jobs of one resource run one after the other, the older first."""
    site.vault()
    arn = site.bucket("bucket-one")
    first, second = site.start(arn), site.start(arn)
    site.advance(seconds=0.6)
    assert (site.job(first)["State"], site.job(second)["State"]) == ("RUNNING", "CREATED")
    site.settle()
    jobs = site.job(first), site.job(second)
    assert [job["State"] for job in jobs] == ["COMPLETED", "COMPLETED"]
    assert jobs[1]["InitiationDate"] >= jobs[0]["CompletionDate"]


def test_start_window_ends_while_the_resource_is_busy(open_site: Any) -> None:
    """A job that cannot start within its window because its resource is busy ends EXPIRED, in AWS's words."""
    site = open_site(settings=Settings(run_time=timedelta(hours=3)))
    site.vault()
    arn = site.bucket("bucket-one")
    first, second = site.start(arn), site.start(arn, StartWindowMinutes=60)
    site.advance(hours=2)
    job = site.job(second)
    assert (job["State"], job["StatusMessage"]) == ("EXPIRED", BLOCKED)
    site.advance(hours=2)
    assert site.job(first)["State"] == "COMPLETED"
    assert len(site.points()) == 1


@pytest.mark.parametrize("state", ["EXPIRED", "ABORTED"])
def test_completion_window_ends(open_site: Any, state: str) -> None:
    """A job that runs longer than its completion window ends there, EXPIRED or ABORTED as set."""
    site = open_site(settings=Settings(run_time=timedelta(hours=3), completion_state=state))
    site.vault()
    job_id = site.start(site.bucket("bucket-one"), CompleteWindowMinutes=120)
    site.advance(hours=4)
    job = site.job(job_id)
    assert (job["State"], job["StatusMessage"]) == (state, "Backup job expired before completion.")
    assert job["CompletionDate"] - job["InitiationDate"] == timedelta(hours=2)
    assert site.points() == []


def test_stop(site: Any, refusal: Any) -> None:
    """A stopped job ends ABORTED in AWS's words; one that has ended, and one of Aurora or RDS, cannot be stopped."""
    site.vault()
    job_id = site.start(site.bucket("bucket-one"))
    site.backup.stop_backup_job(BackupJobId=job_id)
    assert site.job(job_id)["State"] == "ABORTING"
    site.settle()
    job = site.job(job_id)
    assert (job["State"], job["StatusMessage"]) == ("ABORTED", "Backup job was stopped by user.")
    assert refusal(lambda: site.backup.stop_backup_job(BackupJobId=job_id))[0] == "InvalidRequestException"
    database = site.client("rds").create_db_instance(
        DBInstanceIdentifier="db1", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20
    )["DBInstance"]["DBInstanceArn"]
    other = site.start(database)
    assert refusal(lambda: site.backup.stop_backup_job(BackupJobId=other))[0] == "InvalidRequestException"


def test_token_repeats_the_first_answer(site: Any, refusal: Any) -> None:
    """The same IdempotencyToken starts one job; with other parameters it is refused."""
    site.vault()
    arn = site.bucket("bucket-one")
    assert site.start(arn, IdempotencyToken="t-1") == site.start(arn, IdempotencyToken="t-1")
    code, _ = refusal(lambda: site.start(arn, IdempotencyToken="t-1", StartWindowMinutes=60))
    assert code == "InvalidParameterValueException"
    assert len(site.jobs()) == 1


def test_filters_of_the_list(site: Any) -> None:
    """Every filter of ListBackupJobs keeps what it says and nothing else; the newest job comes first."""
    site.vault()
    site.vault("v2")
    one, two = site.bucket("bucket-one"), site.volume()
    first = site.start(one)
    site.advance(hours=1)
    second = site.start(two, vault="v2")
    site.settle()
    site.advance(hours=1)
    third = site.start("arn:aws:s3:::never-was")
    site.settle()
    between = site.job(second)["CreationDate"]
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [third, second, first]),
        ({"ByResourceArn": one}, [first]),
        ({"ByState": "FAILED"}, [third]),
        ({"ByBackupVaultName": "v2"}, [second]),
        ({"ByResourceType": "S3"}, [third, first]),
        ({"ByCreatedBefore": between}, [first]),
        ({"ByCreatedAfter": between}, [third]),
        ({"ByCompleteBefore": between}, [first]),
        ({"ByMessageCategory": "Success"}, [second, first]),
        ({"ByAccountId": site.account, "ByState": "COMPLETED"}, [second, first]),
        ({"ByParentJobId": first}, []),
    ]
    for filters, ids in expected:
        assert [job["BackupJobId"] for job in site.jobs(**filters)] == ids, filters


def test_history_is_30_days(site: Any) -> None:
    """Jobs older than 30 days are not listed any more."""
    site.vault()
    site.start(site.bucket("bucket-one"))
    site.advance(days=29, hours=23)
    assert len(site.jobs()) == 1
    site.advance(days=1)
    assert site.jobs() == []


def test_jobs_of_the_whole_organization(site: Any, refusal: Any) -> None:
    """The management account lists the jobs of all members with `*`; a member does not."""
    other = site.member()
    site.vault()
    site.vault("v1", other)
    site.start(site.bucket("bucket-one"))
    site.start(site.bucket("bucket-two", account=other), account=other)
    site.settle()
    assert {job["AccountId"] for job in site.jobs(ByAccountId="*")} == {site.account, other}
    assert [job["AccountId"] for job in site.jobs(ByAccountId=other)] == [other]
    client = site.client("backup", other)
    assert refusal(lambda: client.list_backup_jobs(ByAccountId="*"))[0] == "AccessDeniedException"


def test_start_window_ends_before_the_job_begins(open_site: Any) -> None:
    """A job that does not get to run within its start window is EXPIRED when that is over."""
    site = open_site(settings=Settings(start_delay=timedelta(hours=2)))
    site.vault()
    job_id = site.start(site.bucket("bucket-one"), StartWindowMinutes=60)
    site.advance(minutes=59)
    assert site.job(job_id)["State"] == "CREATED"
    site.advance(minutes=2)
    job = site.job(job_id)
    assert (job["State"], job["CompletionDate"]) == ("EXPIRED", job["StartBy"])
    assert job["StatusMessage"] != BLOCKED
    site.advance(hours=2)
    assert site.points() == []


@pytest.mark.parametrize("every", ["*", "ANY", "AGGREGATE_ALL", "success"])
def test_message_categories_that_stand_for_all(site: Any, every: str) -> None:
    """The wildcards of AWS's text let every job pass; case and underscores do not matter."""
    site.vault()
    site.take(site.bucket("bucket-one"))
    assert len(site.jobs(ByMessageCategory=every)) == 1
