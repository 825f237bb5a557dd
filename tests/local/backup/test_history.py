"""The history of jobs: shown for 30 days, forgotten a little later, and never while something still needs it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.backup.options import Settings

WEEKS = Settings(job_history=timedelta(days=36))
"""As long as anybody but CloudTrail asks: lists cover 30 days, continuous backups 35."""


def known(describe: Any) -> bool:
    """Whether a job can be described."""
    try:
        describe()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False
    return True


def test_ended_jobs_are_forgotten_with_their_tokens(open_site: Any) -> None:
    """Backup, copy and restore jobs go after the setting's days, not before; a token can be used anew."""
    site = open_site(settings=WEEKS)
    arn, target = site.bucket("bucket-one"), site.vault("v2")
    site.vault()
    token = {"IdempotencyToken": "t-1", "Lifecycle": {"DeleteAfterDays": 100}}
    job = site.start(arn, **token)
    site.settle()
    point = site.job(job)["RecoveryPointArn"]
    copy = site.copy(point, target)["CopyJobId"]
    metadata = {"DestinationBucketName": "made", "NewBucket": "true"}
    restore = site.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata)["RestoreJobId"]
    site.settle()

    def there() -> list[bool]:
        return [
            known(lambda: site.job(job)),
            known(lambda: site.backup.describe_copy_job(CopyJobId=copy)),
            known(lambda: site.backup.describe_restore_job(RestoreJobId=restore)),
        ]

    site.advance(days=31)
    assert site.jobs() == []
    assert there() == [True, True, True]
    assert site.start(arn, **token) == job
    site.advance(days=7)
    assert there() == [False, False, False]
    assert site.start(arn, **token) != job
    protected = site.backup.describe_protected_resource(ResourceArn=arn)
    assert protected["LatestRestoreExecutionTimeMinutes"] == 1
    assert protected["LastRecoveryPointArn"]
    assert len(site.points()) == 1


def test_the_history_is_as_long_as_the_setting_says(open_site: Any, rule: Any) -> None:
    """A daily plan has the jobs of so many days, whole days, for as long as it runs."""
    site = open_site(settings=Settings(job_history=timedelta(days=10)))
    site.vault()
    site.volume()
    site.plan(rule())
    site.advance(days=9)
    assert len(site.jobs()) == 9
    for _ in range(3):
        site.advance(days=10)
        assert len(site.jobs()) in (10, 11)


def test_nothing_wakes_an_idle_service(open_site: Any) -> None:
    """Without jobs nothing is looked for, and when the last is forgotten the looking ends."""
    site = open_site(settings=WEEKS)
    site.vault()
    assert site.aws.backup.next_event_at() is None
    site.start(site.volume(), Lifecycle={"DeleteAfterDays": 3})
    site.advance(days=36)
    assert site.aws.backup.next_event_at() is not None
    site.advance(days=2)
    assert site.aws.backup.next_event_at() is None


def test_a_restore_that_awaits_its_validation_is_kept(open_site: Any) -> None:
    """A restore test's job stays until its verdict is given, however short the history."""
    site = open_site(settings=Settings(job_history=timedelta(hours=1)))
    site.vault()
    site.bucket("bucket-one")
    site.take("arn:aws:s3:::bucket-one")
    plan = {
        "RestoreTestingPlanName": "tests",
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": ["*"],
            "RecoveryPointTypes": ["SNAPSHOT"],
        },
    }
    site.backup.create_restore_testing_plan(RestoreTestingPlan=plan)
    selection = {
        "RestoreTestingSelectionName": "buckets",
        "ProtectedResourceType": "S3",
        "IamRoleArn": site.role(),
        "ProtectedResourceArns": ["*"],
        "ValidationWindowHours": 48,
    }
    site.backup.create_restore_testing_selection(RestoreTestingPlanName="tests", RestoreTestingSelection=selection)
    site.advance(hours=6)
    [job] = site.backup.list_restore_jobs()["RestoreJobs"]
    assert (job["Status"], job["ValidationStatus"]) == ("COMPLETED", "VALIDATING")
    site.backup.delete_restore_testing_selection(RestoreTestingPlanName="tests", RestoreTestingSelectionName="buckets")
    site.advance(hours=30)
    job_id = job["RestoreJobId"]
    site.backup.put_restore_validation_result(RestoreJobId=job_id, ValidationStatus="SUCCESSFUL")
    site.advance(hours=1)
    assert site.backup.describe_restore_job(RestoreJobId=job_id)["DeletionStatus"] == "SUCCESSFUL"
    site.advance(days=1)
    assert not known(lambda: site.backup.describe_restore_job(RestoreJobId=job_id))


@pytest.mark.parametrize("kept", [True, False])
def test_scans_are_remembered_as_long_as_their_recovery_point(open_site: Any, kept: bool) -> None:
    """What a recovery point tells of its scans stays as long as it; a job list shows 30 days all the same."""
    site = open_site(settings=WEEKS)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "malware-protection.guardduty.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    site.vault()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 100 if kept else 20})
    scan = site.backup.start_scan_job(
        BackupVaultName="v1",
        IamRoleArn=site.role(),
        MalwareScanner="GUARDDUTY",
        RecoveryPointArn=point,
        ScanMode="FULL_SCAN",
        ScannerRoleArn=site.role(trust=trust, name="scanner"),
    )["ScanJobId"]
    site.settle()
    site.advance(days=40)
    assert site.backup.list_scan_jobs()["ScanJobs"] == []
    assert known(lambda: site.backup.describe_scan_job(ScanJobId=scan)) == kept
    if kept:
        told = site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
        assert len(told["ScanResults"]) == 1
