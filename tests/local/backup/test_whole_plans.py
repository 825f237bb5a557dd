"""Plans with every member that there is: through all operations about plans, and what their rules then do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backstay_local.backup.scans.scanner import PATTERN

SCANNER = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "malware-protection.guardduty.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ARCHIVE = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100, "OptInToArchiveForSupportedResources": True}
LONGER = {"MoveToColdStorageAfterDays": 20, "DeleteAfterDays": 120, "OptInToArchiveForSupportedResources": True}
OPTIONS = [
    {"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}},
    {"ResourceType": "S3", "BackupOptions": {"BackupACLs": "disabled"}},
]


def whole(site: Any, air_gap: str | None, copy: str) -> dict[str, Any]:
    """A plan with every member: a rule of snapshots, and a continuous one."""
    snapshots = {
        "RuleName": "snapshots",
        "TargetBackupVaultName": "v1",
        "ScheduleExpression": "cron(0 7 ? * * *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "StartWindowMinutes": 90,
        "CompletionWindowMinutes": 600,
        "Lifecycle": ARCHIVE,
        "RecoveryPointTags": {"level": "gold"},
        "CopyActions": [{"DestinationBackupVaultArn": copy, "Lifecycle": LONGER}],
        "EnableContinuousBackup": False,
        "IndexActions": [{"ResourceTypes": ["S3"]}],
        "ScanActions": [{"MalwareScanner": "GUARDDUTY", "ScanMode": "FULL_SCAN"}],
        **({"TargetLogicallyAirGappedBackupVaultArn": air_gap} if air_gap else {}),
    }
    role = site.role(trust=SCANNER, name="ScannerRole")
    return {
        "BackupPlanName": "whole",
        "Rules": [snapshots],
        "AdvancedBackupSettings": OPTIONS,
        "ScanSettings": [{"MalwareScanner": "GUARDDUTY", "ResourceTypes": ["S3"], "ScannerRoleArn": role}],
    }


def without_ids(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan as it was given: its rules without the ids that AWS adds."""
    rules = [{name: value for name, value in rule.items() if name != "RuleId"} for rule in plan["Rules"]]
    return {**plan, "Rules": rules}


def test_a_plan_keeps_all_that_it_was_given(site: Any) -> None:
    """Created, read, listed, exported and read back from JSON it is the same; only the ids of its rules are added."""
    plan = whole(site, site.air_gapped(), site.vault("far"))
    made = site.backup.create_backup_plan(BackupPlan=plan, BackupPlanTags={"team": "blue"})
    assert made["AdvancedBackupSettings"] == OPTIONS
    assert site.backup.list_tags(ResourceArn=made["BackupPlanArn"])["Tags"] == {"team": "blue"}
    named = {"BackupPlanId": made["BackupPlanId"]}
    found = site.backup.get_backup_plan(**named)
    assert (without_ids(found["BackupPlan"]), found["AdvancedBackupSettings"]) == (plan, OPTIONS)
    [listed] = site.backup.list_backup_plans()["BackupPlansList"]
    assert (listed["BackupPlanName"], listed["AdvancedBackupSettings"]) == ("whole", OPTIONS)
    text = site.backup.export_backup_plan_template(**named)["BackupPlanTemplateJson"]
    read = site.backup.get_backup_plan_from_json
    assert read(BackupPlanTemplateJson=text)["BackupPlan"] == plan
    with_ids = json.dumps(found["BackupPlan"])
    assert read(BackupPlanTemplateJson=with_ids)["BackupPlan"] == found["BackupPlan"]


def test_versions_keep_what_each_was(site: Any, rule: Any) -> None:
    """An update to a whole plan answers its settings; the version before has none, and the deletion ends the last."""
    far = site.vault("far")
    small = {"BackupPlanName": "small", "Rules": [rule("snapshots")]}
    named = {"BackupPlanId": site.backup.create_backup_plan(BackupPlan=small)["BackupPlanId"]}
    site.advance(hours=1)
    plan = whole(site, site.air_gapped(), far)
    continuous = rule("stream", keep=30, EnableContinuousBackup=True)
    updated = site.backup.update_backup_plan(**named, BackupPlan={**plan, "Rules": [*plan["Rules"], continuous]})
    assert (updated["AdvancedBackupSettings"], updated["ScanSettings"]) == (OPTIONS, plan["ScanSettings"])
    new, old = site.backup.list_backup_plan_versions(**named)["BackupPlanVersionsList"]
    assert (new["BackupPlanName"], new["AdvancedBackupSettings"]) == ("whole", OPTIONS)
    assert (old["BackupPlanName"], "AdvancedBackupSettings" in old) == ("small", False)
    first = site.backup.get_backup_plan(**named, VersionId=old["VersionId"])
    assert ("AdvancedBackupSettings" in first, "AdvancedBackupSettings" in first["BackupPlan"]) == (False, False)
    kept = site.backup.get_backup_plan(**named)["BackupPlan"]
    assert [one["EnableContinuousBackup"] for one in kept["Rules"]] == [False, True]
    assert kept["Rules"][0]["RuleId"] == first["BackupPlan"]["Rules"][0]["RuleId"]
    deleted = site.backup.delete_backup_plan(**named)["DeletionDate"]
    assert site.backup.get_backup_plan(**named)["DeletionDate"] == deleted
    versions = site.backup.list_backup_plan_versions(**named)["BackupPlanVersionsList"]
    assert [one.get("DeletionDate") for one in versions] == [deleted, None]


@pytest.fixture
def ran(site: Any) -> Any:
    """A whole plan that has run once over a bucket with malware in it and a volume, and copied both."""
    site.vault()
    plan = whole(site, None, site.vault("far", EncryptionKeyArn=site.key()))
    site.bucket("bucket-one", objects={"virus": PATTERN})
    site.volume()
    site.plan(*plan.pop("Rules"), name=plan.pop("BackupPlanName"), **plan)
    site.advance(hours=6)
    return site


def test_a_run_is_told_by_all_that_came_of_it(ran: Any) -> None:
    """Plan and versions say when it was; jobs, copies, scans and recovery points name the rule, in lists and alone."""
    [plan] = ran.backup.list_backup_plans()["BackupPlansList"]
    [version] = ran.backup.list_backup_plan_versions(BackupPlanId=plan["BackupPlanId"])["BackupPlanVersionsList"]
    ran_at = plan["LastExecutionDate"]
    assert (ran_at.timestamp() % 86400 / 3600, version["LastExecutionDate"]) == (6, ran_at)
    jobs = {job["ResourceType"]: job for job in ran.jobs()}
    by = jobs["EBS"]["CreatedBy"]
    assert (by["BackupPlanName"], by["BackupRuleName"], by["BackupRuleTimezone"]) == (
        "whole",
        "snapshots",
        "Europe/Berlin",
    )
    assert jobs["S3"]["BackupOptions"] == {"BackupACLs": "disabled"}
    for job in jobs.values():
        assert job["RecoveryPointLifecycle"] == ARCHIVE
        assert job["ExpectedCompletionDate"] == job["CompletionDate"]
        point = ran.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=job["RecoveryPointArn"])
        assert (point["CreatedBy"], point["Lifecycle"]) == (by, ARCHIVE)
    for listed in ran.backup.list_copy_jobs()["CopyJobs"]:
        copy = ran.backup.describe_copy_job(CopyJobId=listed["CopyJobId"])["CopyJob"]
        assert (copy, copy["State"]) == (listed, "COMPLETED")
        assert (copy["CreatedBy"], copy["DestinationRecoveryPointLifecycle"]) == (by, LONGER)
        assert copy["CreatedByBackupJobId"] == jobs[copy["ResourceType"]]["BackupJobId"]
    [scan] = ran.backup.list_scan_jobs()["ScanJobs"]
    found = ran.backup.describe_scan_job(ScanJobId=scan["ScanJobId"])
    assert found["CreatedBy"] == {name: by[name] for name in found["CreatedBy"]}
    assert set(found["CreatedBy"]) == {"BackupPlanArn", "BackupPlanId", "BackupPlanVersion", "BackupRuleId"}
    assert found["ScanResult"]["ScanResultStatus"] == "THREATS_FOUND"


def test_a_run_follows_the_lifecycles_of_rule_and_copy(ran: Any) -> None:
    """The volume's points go to the archive at their times, the bucket's, which have no cold storage, never."""

    def classes(vault: str) -> dict[str, str]:
        found = {}
        for point in ran.points(vault):
            where = {"BackupVaultName": vault, "RecoveryPointArn": point["RecoveryPointArn"]}
            if point["CreationDate"].day == 22:
                found[point["ResourceType"]] = ran.backup.describe_recovery_point(**where)["StorageClass"]
        return found

    assert classes("v1") == classes("far") == {"S3": "WARM", "EBS": "WARM"}
    ran.advance(days=10)
    assert (classes("v1")["EBS"], classes("far")["EBS"]) == ("COLD", "WARM")
    ran.advance(days=10)
    assert classes("v1") == classes("far") == {"S3": "WARM", "EBS": "COLD"}
