"""Everything that can be read, in an account that has one of each: the answers are successes, and their times are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from tests.local.conformance.test_requests import moments

from backstay_local.app import LocalAws
from backstay_local.backup.registry import OPERATIONS
from backstay_local.wire.model import operations

READS = [name for name in sorted(OPERATIONS) if name.startswith(("Describe", "Export", "Get", "List"))]
START = datetime(2027, 3, 1, tzinfo=UTC)
DAYS = {"MinRetentionDays": 7, "MaxRetentionDays": 30}
# Reads that need what this account cannot have one of: operation -> why, and the error that says so.
EMPTY = {"GetPITRMalwareScanResults": ("its recovery point is a snapshot", "is not a continuous backup")}


class Account:
    """One account with one of everything that there is here, and the names of it all."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.backup = aws.client("backup")
        self.names: dict[str, Any] = {"MalwareScanner": "GUARDDUTY", "ScanEndTime": START}
        self.own: dict[str, dict[str, Any]] = {}
        """What single operations are to be asked about instead: operation -> member -> value."""
        aws.client("organizations").create_organization(FeatureSet="ALL")
        self._core()
        for make in (self._audit, self._holds, self._testing, self._tiers, self._scans, self._air_gapped):
            with suppress(Absent):
                make()

    def make(self, operation: str, **params: Any) -> Mapping[str, Any]:
        """Call an operation; `Absent` where it has no behaviour."""
        if operation not in OPERATIONS:
            raise Absent(operation)
        answer: Mapping[str, Any] = getattr(self.backup, xform_name(operation))(**params)
        return answer

    def pass_(self) -> None:
        """Let what was started come to its end."""
        self.aws.advance(timedelta(minutes=5))

    def _core(self) -> None:
        services = ["backup.amazonaws.com", "malware-protection.guardduty.amazonaws.com"]
        statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        role = self.aws.client("iam").create_role(RoleName="r1", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        topic = self.aws.client("sns").create_topic(Name="t")["TopicArn"]
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket="bucket-one")
        s3.put_bucket_versioning(Bucket="bucket-one", VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket="bucket-one", Key="k", Body=b"x")
        self.names |= {"ResourceArn": "arn:aws:s3:::bucket-one", "IamRoleArn": role, "BackupVaultName": "v1"}
        vault = self.make("CreateBackupVault", BackupVaultName="v1")["BackupVaultArn"]
        self.own["ListTags"] = {"ResourceArn": vault}
        far = self.make("CreateBackupVault", BackupVaultName="v2")["BackupVaultArn"]
        policy = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteBackupVault", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        self.make("PutBackupVaultAccessPolicy", BackupVaultName="v1", Policy=document)
        events = ["BACKUP_JOB_COMPLETED"]
        self.make("PutBackupVaultNotifications", BackupVaultName="v1", SNSTopicArn=topic, BackupVaultEvents=events)
        rule = {"RuleName": "r", "TargetBackupVaultName": "v1", "Lifecycle": {"DeleteAfterDays": 30}}
        plan = self.make("CreateBackupPlan", BackupPlan={"BackupPlanName": "p", "Rules": [rule]})
        selection = {"SelectionName": "s", "IamRoleArn": role, "Resources": ["arn:aws:s3:::bucket-one"]}
        self.names |= {"BackupPlanId": plan["BackupPlanId"], "SourceBackupVaultArn": vault}
        chosen = self.make("CreateBackupSelection", BackupPlanId=plan["BackupPlanId"], BackupSelection=selection)
        self.names |= {"SelectionId": chosen["SelectionId"]}
        exported = self.make("ExportBackupPlanTemplate", BackupPlanId=plan["BackupPlanId"])
        self.names |= {"BackupPlanTemplateJson": exported["BackupPlanTemplateJson"]}
        templates = self.make("ListBackupPlanTemplates")["BackupPlanTemplatesList"]
        self.names |= {"BackupPlanTemplateId": templates[0]["BackupPlanTemplateId"]}
        what = {"ResourceArn": "arn:aws:s3:::bucket-one", "IamRoleArn": role, "BackupVaultName": "v1"}
        self.names |= {"BackupJobId": self.make("StartBackupJob", **what)["BackupJobId"]}
        self.pass_()
        point = self.make("DescribeBackupJob", BackupJobId=self.names["BackupJobId"])["RecoveryPointArn"]
        self.names |= {"RecoveryPointArn": point}
        where = {"SourceBackupVaultName": "v1", "DestinationBackupVaultArn": far, "IamRoleArn": role}
        self.names |= {"CopyJobId": self.make("StartCopyJob", RecoveryPointArn=point, **where)["CopyJobId"]}
        metadata = dict(
            self.make("GetRecoveryPointRestoreMetadata", BackupVaultName="v1", RecoveryPointArn=point)[
                "RestoreMetadata"
            ]
        )
        metadata |= {"DestinationBucketName": "bucket-two", "NewBucket": "true"}
        restored = self.make("StartRestoreJob", RecoveryPointArn=point, IamRoleArn=role, Metadata=metadata)
        self.names |= {"RestoreJobId": restored["RestoreJobId"]}
        self.pass_()

    def _audit(self) -> None:
        controls = [{"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}]
        self.make("CreateFramework", FrameworkName="f1", FrameworkControls=controls)
        self.names |= {"FrameworkName": "f1", "ReportPlanName": "r1"}
        self.aws.client("s3").create_bucket(Bucket="reports-one")
        channel = {"S3BucketName": "reports-one", "Formats": ["CSV"]}
        setting = {"ReportTemplate": "BACKUP_JOB_REPORT"}
        self.make("CreateReportPlan", ReportPlanName="r1", ReportDeliveryChannel=channel, ReportSetting=setting)
        self.names |= {"ReportJobId": self.make("StartReportJob", ReportPlanName="r1")["ReportJobId"]}
        self.pass_()

    def _holds(self) -> None:
        selection = {"VaultNames": ["v1"]}
        held = self.make("CreateLegalHold", Title="t", Description="d", RecoveryPointSelection=selection)
        self.names |= {"LegalHoldId": held["LegalHoldId"]}

    def _testing(self) -> None:
        taken = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
        plan = {
            "RestoreTestingPlanName": "t1",
            "ScheduleExpression": "cron(0 5 ? * * *)",
            "RecoveryPointSelection": taken,
        }
        self.make("CreateRestoreTestingPlan", RestoreTestingPlan=plan)
        selection = {
            "RestoreTestingSelectionName": "s1",
            "ProtectedResourceType": "S3",
            "IamRoleArn": self.names["IamRoleArn"],
            "ProtectedResourceArns": ["*"],
        }
        self.make("CreateRestoreTestingSelection", RestoreTestingPlanName="t1", RestoreTestingSelection=selection)
        self.names |= {"RestoreTestingPlanName": "t1", "RestoreTestingSelectionName": "s1"}

    def _tiers(self) -> None:
        kind = {"ResourceType": "S3", "TieringDownSettingsInDays": 90, "Resources": ["*"]}
        tiering = {"TieringConfigurationName": "c1", "BackupVaultName": "v1", "ResourceSelection": [kind]}
        self.make("CreateTieringConfiguration", TieringConfiguration=tiering)
        self.names |= {"TieringConfigurationName": "c1"}
        made = self.make("CreateBackupAccessPoint", Name="access-1", RecoveryPointArn=self.names["RecoveryPointArn"])
        self.names |= {"AccessPointArn": made["AccessPointArn"]}

    def _scans(self) -> None:
        point = {"BackupVaultName": "v1", "RecoveryPointArn": self.names["RecoveryPointArn"]}
        self.make("UpdateRecoveryPointIndexSettings", **point, Index="ENABLED", IamRoleArn=self.names["IamRoleArn"])
        roles = {"IamRoleArn": self.names["IamRoleArn"], "ScannerRoleArn": self.names["IamRoleArn"]}
        started = self.make("StartScanJob", **point, **roles, MalwareScanner="GUARDDUTY", ScanMode="FULL_SCAN")
        self.names |= {"ScanJobId": started["ScanJobId"]}
        self.pass_()

    def _air_gapped(self) -> None:
        self.make("CreateLogicallyAirGappedBackupVault", BackupVaultName="gapped", **DAYS)


class Absent(Exception):  # noqa: N818  # it is no error
    """An operation without a behaviour."""


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """Made once: nothing here changes it."""
    with LocalAws(start=START) as aws:
        yield Account(aws)


@pytest.mark.parametrize("name", READS)
def test_what_is_there_can_be_read(name: str, account: Account) -> None:
    """Of what the account has, every operation that reads tells; each time is one of this world's clock."""
    shape: Any = operations("backup")[name].input_shape
    needed = shape.required_members if shape is not None else ()
    assert not set(needed) - account.names.keys(), "let the account above have one of these"
    call: Callable[..., Mapping[str, Any]] = getattr(account.backup, xform_name(name))
    params = {**{member: account.names[member] for member in needed}, **account.own.get(name, {})}
    if name in EMPTY:
        with pytest.raises(ClientError, match=EMPTY[name][1]):
            call(**params)
        return
    answer = {member: value for member, value in call(**params).items() if member != "ResponseMetadata"}
    for moment in moments(answer):
        assert START - timedelta(days=1) <= moment <= START + timedelta(days=36_600)
    if name.startswith("List") and name not in SPARE:
        assert any(value for value in answer.values() if isinstance(value, list)), answer


# Listings that may be empty in an account that has one of everything.
SPARE = {
    "ListBackupJobSummaries",
    "ListCopyJobSummaries",
    "ListRestoreJobSummaries",
    "ListScanJobSummaries",
    "ListRestoreAccessBackupVaults",
    "ListTags",
}
