"""What stands in the files that lie in the bucket, and when none comes there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backstay_local.backup import Settings
from backstay_local.backup.audit_manager.reports.columns import COLUMNS

JOBS = "BACKUP_JOB_REPORT"


def test_backup_jobs(site: Any, auditor: Any, rule: Any) -> None:
    """The jobs of the last 24 hours and those that still run, with plan, vault, encryption and lifecycle."""
    site.vault()
    site.backup.put_backup_vault_lock_configuration(BackupVaultName="v1", MinRetentionDays=7)
    site.bucket("bucket-one")
    old = site.start("arn:aws:s3:::bucket-one")
    site.advance(days=2)
    plan_id = site.plan(rule(), select={"Resources": ["arn:aws:s3:::bucket-one"]})
    site.advance(hours=12)
    auditor.bucket()
    auditor.plan(JOBS, formats=("CSV", "JSON"))
    later = site.start("arn:aws:s3:::bucket-one", StartWindowMinutes=60)
    job = auditor.run()
    rows = auditor.read(job)
    assert [row["jobStatus"] for row in rows] == ["COMPLETED", "COMPLETED"]
    assert old not in {row["backupJobId"] for row in rows}
    assert rows[1]["backupJobId"] == later
    row = rows[0]
    plan = site.backup.get_backup_plan(BackupPlanId=plan_id)
    assert row["backupPlanArn"] == plan["BackupPlanArn"]
    assert (row["backupPlanName"], row["backupRuleName"]) == ("plan", "daily")
    assert (row["backupRuleSchedule"], row["backupRuleTimezone"]) == ("cron(0 5 ? * * *)", "Etc/UTC")
    assert (row["accountId"], row["region"], row["resourceType"]) == (site.account, "us-east-1", "S3")
    assert (row["vaultType"], row["vaultLockStatus"], row["isEncrypted"]) == ("BACKUP_VAULT", "LOCKED", "true")
    assert (row["deleteAfterDays"], row["moveToColdAfterDays"], row["enableArchive"]) == ("35", "", "false")
    assert (row["jobRunTime"], row["isParentJob"], row["backupOptions"]) == ("00:00:00", "false", "{}")
    assert row["creationDate"] == "2026-11-24T05:00:00.000Z"
    made = site.job(row["backupJobId"])
    assert (row["recoveryPointArn"], row["backupSizeInBytes"]) == (made["RecoveryPointArn"], "1")
    items = json.loads(auditor.body(next(key for key in job["ReportDestination"]["S3Keys"] if key.endswith("json"))))
    assert [item["backupJobId"] for item in items["reportItems"]] == [row["backupJobId"] for row in rows]
    assert (items["reportItems"][0]["isParentJob"], items["reportItems"][0]["parentJobId"]) == (False, None)


def test_parents_and_children_are_told_apart(site: Any, auditor: Any) -> None:
    """The backup of a stack is a parent job, and each of its nested jobs names it."""
    site.vault()
    key = json.dumps({"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {}}}})
    stack = site.client("cloudformation").create_stack(StackName="app", TemplateBody=key)["StackId"]
    job = site.start(stack)
    site.advance(hours=1)
    auditor.bucket()
    auditor.plan(JOBS)
    rows = [(row["isParentJob"], row["parentJobId"]) for row in auditor.read(auditor.run())]
    assert rows == [("true", ""), ("false", job)]


def test_copy_and_restore_jobs(site: Any, auditor: Any) -> None:
    """Copies show source and destination, restores their recovery point, how far they are, and a period in one text."""
    site.vault()
    site.vault("v2")
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 9})
    target = f"arn:aws:backup:us-east-1:{site.account}:backup-vault:v2"
    copy = site.backup.start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=target,
        IamRoleArn=site.role(),
    )
    metadata = {"DestinationBucketName": "bucket-new", "NewBucket": "true"}
    restore = site.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata)
    site.settle()
    auditor.bucket()
    auditor.plan("COPY_JOB_REPORT", "copies")
    (row,) = auditor.read(auditor.run("copies"))
    assert (row["copyJobId"], row["jobStatus"]) == (copy["CopyJobId"], "COMPLETED")
    assert (row["sourceRecoveryPointArn"], row["destinationBackupVaultArn"]) == (point, target)
    assert row["destinationRecoveryPointArn"] == site.points("v2")[0]["RecoveryPointArn"]
    assert (row["deleteAfterDays"], row["isEncrypted"], row["vaultLockStatus"]) == ("9", "true", "UNLOCKED")
    auditor.plan("RESTORE_JOB_REPORT", "restores")
    (row,) = auditor.read(auditor.run("restores"))
    assert (row["restoreJobId"], row["percentDone"]) == (restore["RestoreJobId"], "100.00%")
    assert (row["recoveryPointArn"], row["sourceResourceArn"]) == (point, "arn:aws:s3:::bucket-one")
    begin, _, end = row["reportTimePeriod"].partition(" - ")
    assert (begin[:10], end[:10]) == ("2026-11-21", "2026-11-22")


def test_controls(site: Any, auditor: Any, control: Any, rule: Any) -> None:
    """Each control with its status, how many resources comply, and scope and parameters in AWS's spelling."""
    site.vault()
    site.bucket("bucket-one")
    site.bucket("bucket-two")
    site.plan(rule(), select={"Resources": ["arn:aws:s3:::bucket-one"]})
    arn = auditor.framework(
        control("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", {"ComplianceResourceTypes": ["S3", "EBS"]}),
        control("BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", requiredFrequencyValue=1),
        control("BACKUP_RECOVERY_POINT_ENCRYPTED", {"Tags": {"a": "b"}}),
        FrameworkDescription="all",
    )
    auditor.bucket()
    auditor.plan("CONTROL_COMPLIANCE_REPORT", FrameworkArns=[arn])
    rows = auditor.read(auditor.run())
    assert [row["controlComplianceStatus"] for row in rows] == ["NON_COMPLIANT", "COMPLIANT", "INSUFFICIENT_DATA"]
    first, second, third = rows
    numbers = (first["numResourcesCompliant"], first["numResourcesNonCompliant"])
    assert numbers == ("1", "2"), "the bucket of the reports is a bucket, too"
    assert (first["frameworkName"], first["frameworkDescription"]) == ("frame", "all")
    assert [row["controlFrequency"] for row in rows] == ["Twelve_Hours", "", ""]
    assert (first["controlScope"], first["controlParameters"]) == ("{ComplianceResourceTypes: [S3, EBS],}", "")
    assert second["controlParameters"] == '{"requiredFrequencyValue":"1"}'
    assert third["controlScope"] == "{Tags: {a=b}}"
    assert first["lastEvaluationTime"] < second["lastEvaluationTime"]


def test_scan_jobs(site: Any, auditor: Any) -> None:
    """A report about scans has AWS's columns, and a row for each scan with its result and both roles."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    guardduty = {"Service": "malware-protection.guardduty.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": guardduty, "Action": "sts:AssumeRole"}
    scanner = site.role(trust={"Version": "2012-10-17", "Statement": [statement]}, name="ScannerRole")
    started = site.backup.start_scan_job(
        BackupVaultName="v1",
        RecoveryPointArn=point,
        IamRoleArn=site.role(),
        ScannerRoleArn=scanner,
        MalwareScanner="GUARDDUTY",
        ScanMode="FULL_SCAN",
    )
    site.settle()
    auditor.bucket()
    auditor.plan("SCAN_JOB_REPORT")
    job = auditor.run()
    [key] = job["ReportDestination"]["S3Keys"]
    assert auditor.body(key).splitlines()[0] == ",".join(COLUMNS["SCAN_JOB_REPORT"])
    [row] = auditor.read(job)
    assert (row["scanJobId"], row["jobStatus"]) == (started["ScanJobId"], "COMPLETED")
    assert (row["scanResultStatus"], row["recoveryPointArn"]) == ("NO_THREATS_FOUND", point)
    assert (row["iamRoleArn"], row["scannerRoleArn"]) == (site.role(), scanner)


def test_the_place_of_a_report(auditor: Any) -> None:
    """Prefix, account, Region and date make up the key, and its object belongs to the bucket's owner."""
    auditor.bucket()
    auditor.backup.create_report_plan(
        ReportPlanName="mine",
        ReportDeliveryChannel={"S3BucketName": "reports", "S3KeyPrefix": "a/b"},
        ReportSetting={"ReportTemplate": JOBS},
    )
    destination = auditor.run("mine")["ReportDestination"]
    assert destination["S3BucketName"] == "reports"
    (key,) = destination["S3Keys"]
    assert key.startswith(f"a/b/Backup/{auditor.account}/us-east-1/2026/11/22/mine_")
    found = auditor.s3.get_object(Bucket="reports", Key=key)
    assert found["ContentType"] == "text/csv"


def test_a_report_over_an_organization(site: Any, auditor: Any, audit: Any, control: Any, refusal: Any) -> None:
    """The management account sees all accounts and Regions; a member sees only itself."""
    member = site.member()
    client = site.client("organizations")
    client.list_roots()
    site.vault("v1", member)
    site.bucket("bucket-one", account=member)
    site.take("arn:aws:s3:::bucket-one", account=member)
    audit(site, member).framework(control("BACKUP_RECOVERY_POINT_ENCRYPTED"))
    audit(site, member, "eu-west-1").framework(control("BACKUP_RECOVERY_POINT_ENCRYPTED"))
    auditor.bucket()
    auditor.plan(JOBS, "jobs", Accounts=["ROOT"], Regions=["*"])
    job = auditor.run("jobs")
    assert job["ReportDestination"]["S3Keys"][0].startswith("Backup/crossaccount/crossregion/2026/11/22/")
    assert [row["accountId"] for row in auditor.read(job)] == [member]
    auditor.plan("CONTROL_COMPLIANCE_REPORT", "frames", Accounts=[member], Regions=["*"])
    rows = auditor.read(auditor.run("frames"))
    assert [(row["accountId"], row["region"]) for row in rows] == [(member, "eu-west-1"), (member, "us-east-1")]
    auditor.plan(JOBS, "own", Regions=["us-east-1", "eu-west-1"])
    assert f"Backup/{site.account}/crossregion/" in auditor.run("own")["ReportDestination"]["S3Keys"][0]
    found = refusal(lambda: audit(site, member).plan(JOBS, Accounts=["ROOT"]))
    assert found[0] == "InvalidParameterValueException"


def test_units_choose_accounts(site: Any, auditor: Any) -> None:
    """A report about a unit has the accounts below it, and no others."""
    inside, outside = site.member("inside"), site.member("outside")
    client = site.client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    client.move_account(AccountId=inside, SourceParentId=root, DestinationParentId=unit)
    for account in (inside, outside):
        site.vault("v1", account)
        site.bucket(f"bucket-{account}", account=account)
        site.start(f"arn:aws:s3:::bucket-{account}", account=account)
    site.settle()
    auditor.bucket()
    auditor.plan(JOBS, OrganizationUnits=[unit])
    assert [row["accountId"] for row in auditor.read(auditor.run())] == [inside]


def test_a_bucket_that_does_not_let_the_report_in(auditor: Any) -> None:
    """Without bucket, or without a policy for the role of reports, the job fails and says why; nothing is written."""
    auditor.plan(JOBS)
    job = auditor.run()
    assert (job["Status"], "ReportDestination" in job) == ("FAILED", False)
    assert job["StatusMessage"] == f"The S3 bucket reports does not exist in account {auditor.account}."
    auditor.bucket(action="s3:GetObject")
    job = auditor.run()
    assert job["Status"] == "FAILED"
    assert job["StatusMessage"].startswith("Access denied")
    auditor.s3.delete_bucket_policy(Bucket="reports")
    assert auditor.run()["Status"] == "FAILED"
    assert "Contents" not in auditor.s3.list_objects_v2(Bucket="reports")
    found = auditor.backup.describe_report_plan(ReportPlanName="report")["ReportPlan"]
    assert "LastAttemptedExecutionTime" in found
    assert "LastSuccessfulExecutionTime" not in found


def test_another_account_s_bucket_is_not_ours(site: Any, auditor: Any, audit: Any) -> None:
    """A report never goes into the bucket of another account."""
    audit(site, site.member()).bucket()
    auditor.plan(JOBS)
    assert "does not exist in account" in auditor.run()["StatusMessage"]


def test_policies_of_buckets_can_be_ignored(open_site: Any, audit: Any) -> None:
    """By setting, a bucket without a policy gets its report."""
    auditor = audit(open_site(settings=Settings(report_bucket_policy="ignore")))
    auditor.s3.create_bucket(Bucket="reports")
    auditor.plan(JOBS)
    assert auditor.run()["Status"] == "COMPLETED"


def test_a_plan_that_is_gone_fails_its_job(site: Any, auditor: Any) -> None:
    """A report whose plan is deleted while it runs is not delivered."""
    auditor.bucket()
    auditor.plan(JOBS)
    job_id = auditor.backup.start_report_job(ReportPlanName="report")["ReportJobId"]
    auditor.backup.delete_report_plan(ReportPlanName="report")
    site.settle()
    job = auditor.backup.describe_report_job(ReportJobId=job_id)["ReportJob"]
    assert (job["Status"], job["StatusMessage"]) == ("FAILED", "The report plan does not exist any more.")


def test_everything_is_still_there_after_a_restart(tmp_path: Path, open_site: Any, audit: Any, control: Any) -> None:
    """Frameworks, what they found, report plans and files outlive the process, and the night's report is made."""
    site = open_site(tmp_path)
    auditor = audit(site)
    site.vault()
    arn = auditor.framework(control("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"))
    auditor.bucket()
    auditor.plan("RESOURCE_COMPLIANCE_REPORT", FrameworkArns=[arn])
    before = auditor.run()
    site.aws.close()
    again = audit(open_site(tmp_path, start=None))
    assert again.backup.describe_framework(FrameworkName="frame")["DeploymentStatus"] == "COMPLETED"
    assert [row["resourceComplianceStatus"] for row in again.read(before)] == ["NON_COMPLIANT"]
    again.site.advance(days=1)
    jobs = again.backup.list_report_jobs()["ReportJobs"]
    assert [job["Status"] for job in jobs] == ["COMPLETED", "COMPLETED"]
