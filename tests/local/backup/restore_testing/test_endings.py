"""The verdict on a test, what becomes of what it made, and what the world hears of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backstay_local.backup import Settings

REFUSED = "InvalidRequestException"


@pytest.fixture
def tested(open_tester: Any) -> Any:
    """A bucket in its test, restored, with an hour for validation."""
    tester = open_tester(settings=Settings(delete_delay=timedelta(minutes=1)))
    tester.site.take(tester.site.bucket("bucket-one", {"env": "prod"}))
    tester.plan()
    tester.select(ValidationWindowHours=1)
    tester.site.advance(hours=4, minutes=40)
    return tester


def buckets(tester: Any) -> list[str]:
    """The names of all buckets."""
    return [one["Name"] for one in tester.site.client("s3").list_buckets()["Buckets"]]


def made(tester: Any) -> str:
    """The bucket that the test made."""
    return str(tester.job()["CreatedResourceArn"].rpartition(":")[2])


def states(tester: Any) -> dict[str, Any]:
    """What a job says about its validation and clean-up."""
    return {name: value for name, value in tester.job().items() if name.startswith(("Validation", "Deletion"))}


def judge(tester: Any, verdict: str, **members: Any) -> Any:
    """Give a verdict on the only job."""
    job_id = tester.job()["RestoreJobId"]
    return tester.backup.put_restore_validation_result(RestoreJobId=job_id, ValidationStatus=verdict, **members)


@pytest.mark.parametrize("verdict", ["SUCCESSFUL", "FAILED"])
def test_verdict(tested: Any, refusal: Any, verdict: str) -> None:
    """A verdict is taken once, ends the wait, and what was restored is deleted."""
    assert states(tested) == {"ValidationStatus": "VALIDATING"}
    answer = judge(tested, verdict, ValidationStatusMessage="seven rows")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    judged = {"ValidationStatus": verdict, "ValidationStatusMessage": "seven rows"}
    assert states(tested) == judged | {"DeletionStatus": "DELETING"}
    assert len(buckets(tested)) == 2
    tested.site.advance(minutes=2)
    assert states(tested) == judged | {"DeletionStatus": "SUCCESSFUL"}
    by_resource = tested.backup.list_restore_jobs_by_protected_resource(ResourceArn="arn:aws:s3:::bucket-one")
    assert by_resource["RestoreJobs"] == [tested.job()]
    assert buckets(tested) == ["bucket-one"]
    code, sentence = refusal(lambda: judge(tested, "SUCCESSFUL"))
    assert (code, "already" in sentence) == (REFUSED, True)
    tested.site.advance(hours=2)
    assert states(tested) == judged | {"DeletionStatus": "SUCCESSFUL"}


def test_no_verdict(tested: Any, refusal: Any) -> None:
    """At the end of the window the validation is TIMED_OUT, for good, and what was restored is deleted."""
    tested.site.advance(hours=1)
    assert states(tested) == {"ValidationStatus": "TIMED_OUT", "DeletionStatus": "SUCCESSFUL"}
    assert buckets(tested) == ["bucket-one"]
    assert refusal(lambda: judge(tested, "SUCCESSFUL"))[0] == REFUSED


def test_no_window(tester: Any, refusal: Any) -> None:
    """Without a window what was restored is deleted at once, and there is nothing to validate."""
    tester.site.take(tester.site.bucket("bucket-one"))
    tester.plan()
    tester.select()
    tester.site.advance(hours=5)
    assert states(tester) == {"DeletionStatus": "SUCCESSFUL"}
    assert refusal(lambda: judge(tester, "SUCCESSFUL"))[0] == REFUSED


def test_outcomes_only(tested: Any, refusal: Any) -> None:
    """Only outcomes can be put, unless a setting takes all that the model lists."""
    for verdict in ("VALIDATING", "TIMED_OUT"):
        assert refusal(lambda verdict=verdict: judge(tested, verdict))[0] == "InvalidParameterValueException"
    assert states(tested) == {"ValidationStatus": "VALIDATING"}
    unknown = {"RestoreJobId": "none", "ValidationStatus": "FAILED"}
    found = refusal(lambda: tested.backup.put_restore_validation_result(**unknown))
    assert found[0] == "ResourceNotFoundException"


def test_restores_on_request(open_tester: Any, refusal: Any) -> None:
    """Restores that no plan made take no verdict, unless a setting lets them; they are never cleaned up."""
    for allowed in (False, True):
        slow = Settings(validate_on_demand=allowed, validation_values="all", start_delay=timedelta(minutes=1))
        tester = open_tester(settings=slow)
        tester.site.start(tester.site.bucket("bucket-one"))
        tester.site.advance(minutes=2)
        [point] = [one["RecoveryPointArn"] for one in tester.site.points()]
        metadata = {"DestinationBucketName": "bucket-new", "NewBucket": "true"}
        tester.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata)
        assert refusal(lambda tester=tester: judge(tester, "SUCCESSFUL"))[0] == REFUSED
        tester.site.advance(minutes=2)
        if allowed:
            judge(tester, "TIMED_OUT")
        else:
            assert refusal(lambda tester=tester: judge(tester, "SUCCESSFUL"))[0] == REFUSED
        tester.site.settle()
        assert states(tester) == ({"ValidationStatus": "TIMED_OUT"} if allowed else {})
        assert sorted(buckets(tester)) == ["bucket-new", "bucket-one"]


def test_without_the_tag_it_stays(tested: Any) -> None:
    """Whoever removes the tag awsbackup-restore-test keeps the resource, and is told why."""
    bucket = made(tested)
    tested.site.client("s3").delete_bucket_tagging(Bucket=bucket)
    tested.site.advance(hours=1)
    found = states(tested)
    assert (found["ValidationStatus"], found["DeletionStatus"]) == ("TIMED_OUT", "FAILED")
    assert bucket in found["DeletionStatusMessage"]
    assert "awsbackup-restore-test" in found["DeletionStatusMessage"]
    assert bucket in buckets(tested)


def test_gone_already(tested: Any) -> None:
    """What somebody else has deleted counts as cleaned up."""
    s3, bucket = tested.site.client("s3"), made(tested)
    for one in s3.list_object_versions(Bucket=bucket)["Versions"]:
        s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    judge(tested, "SUCCESSFUL")
    tested.site.advance(minutes=2)
    assert states(tested)["DeletionStatus"] == "SUCCESSFUL"


def test_every_version_goes(tested: Any) -> None:
    """A bucket goes with what was written to it, and deleted in it, meanwhile."""
    s3, bucket = tested.site.client("s3"), made(tested)
    s3.put_object(Bucket=bucket, Key="more", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="one")
    judge(tested, "FAILED")
    tested.site.advance(minutes=2)
    assert (states(tested)["DeletionStatus"], buckets(tested)) == ("SUCCESSFUL", ["bucket-one"])


def test_a_refused_deletion_is_told(tester: Any) -> None:
    """A deletion that the service refuses is FAILED with the service's words."""
    dynamodb = tester.site.client("dynamodb")
    keys = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
    dynamodb.create_table(TableName="t", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], **keys)
    tester.site.take(f"arn:aws:dynamodb:us-east-1:{tester.site.account}:table/t")
    tester.plan()
    tester.select("DynamoDB", ValidationWindowHours=1)
    tester.site.advance(hours=5)
    table = tester.job()["CreatedResourceArn"].rpartition("/")[2]
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    tester.site.advance(hours=1)
    found = states(tester)
    assert found["DeletionStatus"] == "FAILED"
    assert "DeleteTable" in found["DeletionStatusMessage"]
    source = f"arn:aws:dynamodb:us-east-1:{tester.site.account}:table/t"
    listed = tester.backup.list_restore_jobs_by_protected_resource(ResourceArn=source)["RestoreJobs"]
    assert [job["DeletionStatusMessage"] for job in listed] == [found["DeletionStatusMessage"]]


def test_plans_leave_it_alone(tester: Any, rule: Any) -> None:
    """A backup plan of everything takes nothing that a restore test made, by name or by tag."""
    site = tester.site
    sources = {site.bucket("bucket-one"), site.volume()}
    for arn in sources:
        site.take(arn)
    tester.plan()
    tester.select("S3", ValidationWindowHours=168)
    tester.select("EBS", name="s2", ValidationWindowHours=168)
    site.plan(rule(schedule="cron(30 6 ? * * *)"))
    site.advance(hours=7)
    assert len({job["CreatedResourceArn"] for job in tester.jobs()} - sources) == 2
    assert sorted(job["ResourceArn"] for job in site.jobs()) == sorted([*sources, *sources])


def test_told_and_counted(tester: Any) -> None:
    """Events name the plan of the test, the summaries count it, and the protected resource knows how long it took."""
    site = tester.site
    sqs, events = site.client("sqs"), site.client("events")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    arn = tester.plan()
    pattern = {"source": ["aws.backup"], "detail": {"restoreTestingPlanArn": [arn]}}
    events.put_rule(Name="tests", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="tests", Targets=[{"Id": "q", "Arn": queue}])
    site.take(site.bucket("bucket-one"))
    tester.select()
    site.advance(hours=5)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    details = [json.loads(one["Body"])["detail"] for one in messages]
    told = [one.get("status") or one.get("state") for one in details]
    assert told == ["CREATED", "PENDING", "RUNNING", "COMPLETED"]
    assert details[-1]["createdResourceArn"] == tester.job()["CreatedResourceArn"]
    [counted] = tester.backup.list_restore_job_summaries(AggregationPeriod="ONE_DAY")["RestoreJobSummaries"]
    assert (counted["State"], counted["ResourceType"], counted["Count"]) == ("COMPLETED", "S3", 1)
    found = tester.backup.describe_protected_resource(ResourceArn="arn:aws:s3:::bucket-one")
    assert found["LatestRestoreJobCreationDate"] == tester.job()["CreationDate"]


def test_goes_on_after_a_restart(tmp_path: Path, open_tester: Any, open_site: Any) -> None:
    """A test that waits for its verdict when the process ends is cleaned up in the next one."""
    tester = open_tester(tmp_path)
    tester.site.take(tester.site.bucket("bucket-one"))
    tester.plan()
    tester.select(ValidationWindowHours=1)
    tester.site.advance(hours=5)
    bucket = made(tester)
    tester.site.aws.close()
    again = open_site(tmp_path, start=None)
    [job] = again.backup.list_restore_jobs()["RestoreJobs"]
    assert job["ValidationStatus"] == "VALIDATING"
    again.advance(hours=1)
    [job] = again.backup.list_restore_jobs()["RestoreJobs"]
    assert (job["ValidationStatus"], job["DeletionStatus"]) == ("TIMED_OUT", "SUCCESSFUL")
    assert bucket not in [one["Name"] for one in again.client("s3").list_buckets()["Buckets"]]
    again.advance(days=1)
    assert len(again.backup.list_restore_jobs()["RestoreJobs"]) == 2
