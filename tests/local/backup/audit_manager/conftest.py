"""Frameworks and reports on an embedded AWS, and the few things that the tests do with them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

BUCKET = "reports"


def control(name: str, scope: Mapping[str, Any] | None = None, **parameters: object) -> dict[str, Any]:
    """One control of a framework."""
    given = [{"ParameterName": key, "ParameterValue": str(value)} for key, value in parameters.items()]
    members: dict[str, Any] = {"ControlName": name}
    return members | ({"ControlInputParameters": given} if given else {}) | ({"ControlScope": scope} if scope else {})


class Auditor:
    """Audit Manager of one account and Region."""

    def __init__(self, site: Any, account: str | None = None, region: str = "us-east-1") -> None:
        self.site = site
        self.account = account or site.account
        self.backup = site.client("backup", account, region)
        self.s3 = site.client("s3", account)
        self._ready = False

    def framework(self, *controls: Mapping[str, Any], name: str = "frame", **members: Any) -> str:
        """Make a framework; gives its ARN."""
        made = self.backup.create_framework(FrameworkName=name, FrameworkControls=list(controls), **members)
        return str(made["FrameworkArn"])

    def bucket(self, name: str = BUCKET, action: str = "s3:PutObject") -> None:
        """Make a bucket whose policy is the one that AWS shows for reports."""
        self.s3.create_bucket(Bucket=name)
        role = "role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{self.account}:{role}"},
            "Action": action,
            "Resource": f"arn:aws:s3:::{name}/*",
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        }
        self.s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    def plan(self, template: str, name: str = "report", formats: tuple[str, ...] = (), **setting: Any) -> str:
        """Make a report plan; gives its ARN."""
        channel: dict[str, Any] = {"S3BucketName": BUCKET} | ({"Formats": list(formats)} if formats else {})
        made = self.backup.create_report_plan(
            ReportPlanName=name, ReportDeliveryChannel=channel, ReportSetting={"ReportTemplate": template, **setting}
        )
        return str(made["ReportPlanArn"])

    def run(self, name: str = "report") -> dict[str, Any]:
        """Make a report now; gives its job at the end."""
        job_id = self.backup.start_report_job(ReportPlanName=name)["ReportJobId"]
        self.site.settle()
        return dict(self.backup.describe_report_job(ReportJobId=job_id)["ReportJob"])

    def read(self, job: Mapping[str, Any]) -> list[dict[str, str]]:
        """The rows of the CSV file of a report."""
        text = self.body(next(key for key in job["ReportDestination"]["S3Keys"] if key.endswith(".csv")))
        return list(csv.DictReader(io.StringIO(text)))

    def body(self, key: str) -> str:
        """A file of the bucket."""
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def findings(self, *controls: Mapping[str, Any]) -> dict[str, str]:
        """What controls find now, read from a report: the last part of a resource's id → its status."""
        if self._ready:
            self.backup.update_framework(FrameworkName="frame", FrameworkControls=list(controls))
        else:
            arn = self.framework(*controls)
            self.bucket()
            self.plan("RESOURCE_COMPLIANCE_REPORT", FrameworkArns=[arn])
            self._ready = True
        rows = self.read(self.run())
        return {row["resourceId"].partition("/")[2]: row["resourceComplianceStatus"] for row in rows}


@pytest.fixture
def auditor(site: Any) -> Auditor:
    """Audit Manager of the management account."""
    return Auditor(site)


@pytest.fixture(scope="module")
def shared(site_type: Any) -> Iterator[Auditor]:
    """Audit Manager of an embedded AWS that all tests of a file share."""
    site = site_type()
    yield Auditor(site)
    site.aws.close()


@pytest.fixture
def audit() -> Callable[..., Auditor]:
    """Makes auditors of any site, account and Region."""
    return Auditor


@pytest.fixture(name="control")
def control_fixture() -> Callable[..., dict[str, Any]]:
    """Makes controls."""
    return control


@pytest.fixture(scope="session")
def rule_maker() -> Callable[..., dict[str, Any]]:
    """Makes rules, for what tests share."""

    def make(**members: Any) -> dict[str, Any]:
        return {"RuleName": "daily", "TargetBackupVaultName": "v1", "Lifecycle": {"DeleteAfterDays": 35}, **members}

    return make
