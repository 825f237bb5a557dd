"""Restore testing over the embedded AWS of the backup tests: plans, selections and the jobs that come of them."""

from __future__ import annotations

from typing import Any

import pytest

DAILY = "cron(0 5 ? * * *)"
POINTS = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}


class Tester:
    """The few things that tests of restore testing do all the time, on one site."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.backup = site.backup

    def plan(
        self, name: str = "p1", schedule: str = DAILY, points: dict[str, Any] | None = None, **members: Any
    ) -> str:
        """Create a plan; gives its ARN."""
        body = {
            "RestoreTestingPlanName": name,
            "ScheduleExpression": schedule,
            "RecoveryPointSelection": POINTS | (points or {}),
            **members,
        }
        return str(self.backup.create_restore_testing_plan(RestoreTestingPlan=body)["RestoreTestingPlanArn"])

    def select(self, kind: str = "S3", name: str = "s1", plan: str = "p1", **members: Any) -> None:
        """Create a selection: everything of a type, unless told."""
        if not {"ProtectedResourceArns", "ProtectedResourceConditions"} & set(members):
            members["ProtectedResourceArns"] = ["*"]
        body = {
            "RestoreTestingSelectionName": name,
            "ProtectedResourceType": kind,
            "IamRoleArn": self.site.role(),
            **members,
        }
        self.backup.create_restore_testing_selection(RestoreTestingPlanName=plan, RestoreTestingSelection=body)

    def jobs(self, **filters: Any) -> list[dict[str, Any]]:
        """The restore jobs, oldest first."""
        pages = self.backup.get_paginator("list_restore_jobs").paginate(**filters)
        return [job for page in pages for job in page["RestoreJobs"]][::-1]

    def job(self) -> dict[str, Any]:
        """The only restore job, as it is described."""
        [job] = self.jobs()
        described = dict(self.backup.describe_restore_job(RestoreJobId=job["RestoreJobId"]))
        described.pop("ResponseMetadata")
        assert described == job, "the list and the description say the same"
        return described

    def metadata(self, job: dict[str, Any]) -> dict[str, str]:
        """What a job restored with."""
        return dict(self.backup.get_restore_job_metadata(RestoreJobId=job["RestoreJobId"])["Metadata"])


@pytest.fixture
def tester(site: Any) -> Tester:
    """Restore testing on an empty embedded AWS with the vault v1."""
    site.vault()
    return Tester(site)


@pytest.fixture
def open_tester(open_site: Any) -> Any:
    """Opens restore testing on embedded AWSs of any kind, each with the vault v1."""

    def open_one(*arguments: Any, **named: Any) -> Tester:
        made = open_site(*arguments, **named)
        made.vault()
        return Tester(made)

    return open_one
