"""Every fault as a client meets it: in this process and over HTTP, in AWS Backup and in the services around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from backstay_local.app import LocalAws

ONCE = Config(retries={"total_max_attempts": 1})


def error(act: Callable[[], object]) -> tuple[str, str, int]:
    """Code, message and status of the error that a call gives."""
    with pytest.raises(ClientError) as caught:
        act()
    response = caught.value.response
    return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def vaults(aws: LocalAws) -> list[str]:
    """The vaults that there are."""
    return [vault["BackupVaultName"] for vault in aws.client("backup").list_backup_vaults()["BackupVaultList"]]


@pytest.mark.parametrize(
    ("kind", "told", "made"),
    [
        ("throttle", ("ThrottlingException", "Rate exceeded", 400), []),
        ("expired", ("ExpiredTokenException", "The security token included in the request is expired", 403), []),
        ("skewed", ("InvalidSignatureException", "Signature expired", 403), []),
        (
            "error-before",
            ("InternalFailure", "The request processing has failed because of an unknown error.", 500),
            [],
        ),
        (
            "error-after",
            ("InternalFailure", "The request processing has failed because of an unknown error.", 500),
            ["v1"],
        ),
        (
            "unavailable",
            ("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503),
            [],
        ),
    ],
)
def test_an_error_is_told_in_awss_words(aws: LocalAws, kind: str, told: tuple[str, str, int], made: list[str]) -> None:
    """Each error has AWS's code, sentence and status, and comes before or after the work as it says."""
    aws.faults.add(kind, "backup:CreateBackupVault")
    assert error(lambda: aws.client("backup").create_backup_vault(BackupVaultName="v1")) == told
    assert vaults(aws) == made


@pytest.mark.parametrize(
    ("kind", "raised", "made"), [("lost", ConnectionClosedError, ["v1"]), ("unreachable", EndpointConnectionError, [])]
)
def test_a_cut_is_botocores_own_exception(aws: LocalAws, kind: str, raised: type[Exception], made: list[str]) -> None:
    """A lost reply looks like a closed connection after the work, an unreachable service like a refused one."""
    aws.faults.add(kind, "backup:Create*")
    with pytest.raises(raised):
        aws.client("backup").create_backup_vault(BackupVaultName="v1")
    assert vaults(aws) == made


@pytest.mark.parametrize("kind", ["lost", "unreachable"])
def test_over_http_the_connection_is_cut(aws: LocalAws, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A real client sees its connection closed, goes on with a new one afterwards, and the server says nothing."""
    aws.faults.add(kind, "backup:CreateBackupVault", count=1)
    with aws.serve() as url:
        backup = boto3.client(
            "backup",
            "us-east-1",
            endpoint_url=url,
            aws_access_key_id=aws.access_key,
            aws_secret_access_key=aws.secret_key,
            config=ONCE,
        )
        with pytest.raises(ConnectionClosedError):
            backup.create_backup_vault(BackupVaultName="v1")
        assert len(backup.list_backup_vaults()["BackupVaultList"]) == (kind == "lost")
    assert capfd.readouterr().err == ""


def test_a_retry_after_a_lost_reply_finds_its_own_work(aws: LocalAws) -> None:
    """botocore repeats the call with the same token, and gets the plan that the lost reply was about."""
    aws.client("backup").create_backup_vault(BackupVaultName="v1")
    aws.faults.add("lost", "backup:CreateBackupPlan", count=1)
    backup = aws.session(aws.access_key, aws.secret_key).client("backup", "us-east-1")
    rules = [{"RuleName": "daily", "TargetBackupVaultName": "v1"}]
    made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": rules}, CreatorRequestId="once")
    assert made["ResponseMetadata"]["RetryAttempts"] == 1
    assert [plan["BackupPlanId"] for plan in backup.list_backup_plans()["BackupPlansList"]] == [made["BackupPlanId"]]
    assert [(entry.tally.matched, entry.tally.struck) for entry in aws.faults.list()] == [(2, 1)]


@pytest.mark.parametrize(
    ("service", "operations", "call", "code"),
    [
        ("s3", "s3:PutObject", lambda s3: s3.put_object(Bucket="b", Key="a/b/c", Body=b""), "SlowDown"),
        ("s3", "s3:ListObjects",  lambda s3: s3.list_objects(Bucket="b"), "SlowDown"),
        ("s3", "s3:GetBucketTagging", lambda s3: s3.get_bucket_tagging(Bucket="b"), "SlowDown"),
        ("s3", "s3:CopyObject", lambda s3: s3.copy_object(Bucket="b", Key="k", CopySource="b/l"), "SlowDown"),
        ("s3", "s3:ListObjectsV2", lambda s3: s3.list_objects_v2(Bucket="b"), "SlowDown"),
        ("iam", "iam:ListRoles", lambda iam: iam.list_roles(), "Throttling"),
        ("sts", "sts:GetCallerIdentity", lambda sts: sts.get_caller_identity(), "Throttling"),
        ("ec2", "ec2:DescribeVolumes", lambda ec2: ec2.describe_volumes(), "RequestLimitExceeded"),
        ("kms", "kms:ListKeys", lambda kms: kms.list_keys(), "ThrottlingException"),
        ("efs", "efs:DescribeFileSystems", lambda efs: efs.describe_file_systems(), "ThrottlingException"),
        ("organizations", "organizations:List*", lambda org: org.list_roots(), "TooManyRequestsException"),
        ("cloudformation", "cloudformation:*", lambda stacks: stacks.list_stacks(), "Throttling"),
        ("cloudwatch", "cloudwatch:DescribeAlarms", lambda watch: watch.describe_alarms(), "Throttling"),
    ],
)  # fmt: skip
def test_every_protocol_has_faults(
    aws: LocalAws, service: str, operations: str, call: Callable[[Any], object], code: str
) -> None:
    """A service is throttled by the name of its operation, in its own words; the same operation's twin is not."""
    aws.faults.add("throttle", f"{service}:Delete*")
    aws.faults.add("throttle", operations)
    assert error(lambda: call(aws.client(service)))[0] == code


def test_aws_itself_is_spared(aws: LocalAws, org_file: Any) -> None:
    """What AWS Backup and the seed do behind the scenes goes well, whatever is asked for callers."""
    aws.faults.add("error-before", "*")
    aws.seed(org_file)
    aws.advance(timedelta(days=1))
    assert len(aws.world.client("organizations", "100000000001", "us-east-1").list_accounts()["Accounts"]) == 4


def test_a_region_or_an_account_can_be_down_alone(aws: LocalAws) -> None:
    """The others go on."""
    aws.faults.add("unavailable", "*", region="eu-west-1")
    aws.faults.add("unreachable", "*", account="222222222222")
    assert error(lambda: aws.client("backup", region="eu-west-1").list_backup_vaults())[0] == "ServiceUnavailable"
    with pytest.raises(EndpointConnectionError):
        aws.client("iam", "222222222222").list_roles()
    assert vaults(aws) == []


def test_lists_lag_by_the_clock(aws: LocalAws) -> None:
    """A new vault can be described but is not listed, over all pages, until its time has come."""
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="old")
    aws.advance(timedelta(minutes=2))
    aws.faults.add("list-lag", "backup:List*", seconds=60)
    for name in ("new", "newer", "pale"):
        backup.create_backup_vault(BackupVaultName=name)
    assert vaults(aws) == ["old"]
    assert "NextToken" not in backup.list_backup_vaults(MaxResults=1)
    assert backup.describe_backup_vault(BackupVaultName="new")["BackupVaultName"] == "new"
    aws.advance(timedelta(minutes=1))
    assert vaults(aws) == ["new", "newer", "old", "pale"]


def test_a_slow_answer_holds_nobody_else_up(aws: LocalAws) -> None:
    """Its work is done at once and stored; others are answered while it is on its way."""
    aws.faults.add("slow", "backup:CreateBackupVault", seconds=0.4)
    backup = aws.client("backup")
    began = time.monotonic()
    caller = threading.Thread(target=backup.create_backup_vault, kwargs={"BackupVaultName": "v1"})
    caller.start()
    while vaults(aws) != ["v1"] and time.monotonic() - began < 5:
        time.sleep(0.005)
    aws.advance(timedelta(hours=1))
    assert time.monotonic() - began < 0.4
    assert caller.is_alive()
    caller.join()
    assert time.monotonic() - began >= 0.4


def test_a_close_does_not_wait_for_slow_answers(aws: LocalAws) -> None:
    """Whoever stops the embedded AWS does not wait for what was slowed down."""
    aws.faults.add("slow", "*", seconds=600)
    aws.stopping.set()
    began = time.monotonic()
    assert vaults(aws) == []
    assert time.monotonic() - began < 5


def test_faults_are_listed_and_cleared(aws: LocalAws) -> None:
    """Each has an id; clearing one leaves the others, clearing all leaves none."""
    first, second = aws.faults.add("throttle"), aws.faults.add("lost", "s3:*")
    assert [(entry.id, entry.rule.operations) for entry in aws.faults.list()] == [(first, "backup:*"), (second, "s3:*")]
    assert (aws.faults.clear(first), aws.faults.clear(first), aws.faults.clear()) == (1, 0, 1)
    assert aws.faults.list() == ()
    assert vaults(aws) == []
