"""Report plans and the jobs that they have: what is refused, what is answered, and when they run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

JOBS = "BACKUP_JOB_REPORT"
CHANNEL = {"S3BucketName": "reports"}


def test_a_plan_is_there_as_it_was_made(auditor: Any) -> None:
    """Setting, channel with its default format, description and tags come back."""
    made = auditor.backup.create_report_plan(
        ReportPlanName="daily_jobs",
        ReportPlanDescription="all jobs",
        ReportDeliveryChannel={"S3BucketName": "reports", "S3KeyPrefix": "here"},
        ReportSetting={"ReportTemplate": JOBS, "Regions": ["us-east-1", "eu-west-1"]},
        ReportPlanTags={"a": "b"},
        IdempotencyToken="t1",
    )
    found = auditor.backup.describe_report_plan(ReportPlanName="daily_jobs")["ReportPlan"]
    assert found["ReportPlanArn"] == made["ReportPlanArn"]
    assert ":report-plan:daily_jobs-" in made["ReportPlanArn"]
    assert found["ReportSetting"] == {"ReportTemplate": JOBS, "Regions": ["us-east-1", "eu-west-1"]}
    assert found["ReportDeliveryChannel"] == {"S3BucketName": "reports", "S3KeyPrefix": "here", "Formats": ["CSV"]}
    assert (found["DeploymentStatus"], found["ReportPlanDescription"]) == ("COMPLETED", "all jobs")
    assert not {"LastAttemptedExecutionTime", "LastSuccessfulExecutionTime"} & set(found)
    assert auditor.backup.list_tags(ResourceArn=made["ReportPlanArn"])["Tags"] == {"a": "b"}
    assert auditor.backup.list_report_plans()["ReportPlans"] == [found]


BAD: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"template": "NO_REPORT"}, ()),
    ({"template": JOBS}, ("PDF",)),
    ({"template": JOBS, "Regions": ["*"]}, ("JSON",)),
    ({"template": JOBS, "Regions": ["nowhere"]}, ()),
    ({"template": JOBS, "Accounts": ["12"]}, ()),
    ({"template": JOBS, "OrganizationUnits": ["unit"]}, ()),
    ({"template": JOBS, "Accounts": ["ROOT"]}, ()),
    ({"template": "CONTROL_COMPLIANCE_REPORT"}, ()),
    ({"template": "RESOURCE_COMPLIANCE_REPORT", "FrameworkArns": ["arn:aws:backup:us-east-1:1:framework:x"]}, ()),
]


@pytest.mark.parametrize(("setting", "formats"), BAD)
def test_what_a_plan_does_not_take(
    shared: Any, refusal: Any, setting: dict[str, Any], formats: tuple[str, ...]
) -> None:
    """Unknown templates and formats, JSON for several places, other accounts without an organization, no framework."""
    assert refusal(lambda: shared.plan(formats=formats, **setting))[0] == "InvalidParameterValueException"


def test_all_templates(auditor: Any, control: Any) -> None:
    """Every template of the model is taken, and the scan report under the guide's name, too."""
    arn = auditor.framework(control("BACKUP_RECOVERY_POINT_ENCRYPTED"))
    auditor.bucket()
    names = (JOBS, "COPY_JOB_REPORT", "RESTORE_JOB_REPORT", "SCAN_JOB_REPORT", "MALWARE_JOB_REPORT")
    for number, template in enumerate((*names, "CONTROL_COMPLIANCE_REPORT", "RESOURCE_COMPLIANCE_REPORT")):
        auditor.plan(template, f"r{number}", FrameworkArns=[arn])
        job = auditor.run(f"r{number}")
        assert (job["Status"], job["ReportTemplate"]) == ("COMPLETED", template)


def test_names_and_quotas(auditor: Any, refusal: Any) -> None:
    """A name exists once, a used token only for its body, and 20 plans fit into an account."""
    auditor.plan(JOBS, "r0")
    assert refusal(lambda: auditor.plan(JOBS, "r0"))[0] == "AlreadyExistsException"
    members = {"ReportDeliveryChannel": CHANNEL, "ReportSetting": {"ReportTemplate": JOBS}, "IdempotencyToken": "t"}
    first = auditor.backup.create_report_plan(ReportPlanName="r1", **members)["ReportPlanArn"]
    assert auditor.backup.create_report_plan(ReportPlanName="r1", **members)["ReportPlanArn"] == first
    again = refusal(lambda: auditor.backup.create_report_plan(ReportPlanName="r2", **members))
    assert again[0] == "AlreadyExistsException"
    for number in range(2, 20):
        auditor.plan(JOBS, f"r{number}")
    assert refusal(lambda: auditor.plan(JOBS, "last"))[0] == "LimitExceededException"


def test_a_busy_plan_is_left_alone(open_site: Any, audit: Any, refusal: Any) -> None:
    """While a plan is made, changed or deleted it can be neither changed nor deleted."""
    site = open_site(settings=Settings(deploy_time=timedelta(minutes=1)))
    auditor = audit(site)
    auditor.plan(JOBS)

    def change() -> object:
        return auditor.backup.update_report_plan(ReportPlanName="report", ReportPlanDescription="new")

    assert refusal(change)[0] == "ConflictException"
    site.advance(minutes=1)
    change()
    found = auditor.backup.describe_report_plan(ReportPlanName="report")["ReportPlan"]
    assert (found["DeploymentStatus"], found["ReportPlanDescription"]) == ("UPDATE_IN_PROGRESS", "new")
    site.advance(minutes=1)
    auditor.backup.delete_report_plan(ReportPlanName="report")
    assert auditor.backup.list_report_plans()["ReportPlans"][0]["DeploymentStatus"] == "DELETE_IN_PROGRESS"
    site.advance(minutes=1)
    assert auditor.backup.list_report_plans()["ReportPlans"] == []
    assert refusal(lambda: auditor.run())[0] == "ResourceNotFoundException"


def test_a_plan_is_updated(auditor: Any, refusal: Any) -> None:
    """The new setting and channel are checked like those of a new plan, and then hold."""
    auditor.plan(JOBS)
    update = auditor.backup.update_report_plan
    wrong = {"S3BucketName": "reports", "Formats": ["PDF"]}
    found = refusal(lambda: update(ReportPlanName="report", ReportDeliveryChannel=wrong))
    assert found[0] == "InvalidParameterValueException"
    update(
        ReportPlanName="report",
        ReportSetting={"ReportTemplate": "COPY_JOB_REPORT"},
        ReportDeliveryChannel={"S3BucketName": "reports", "Formats": ["JSON"]},
    )
    auditor.bucket()
    job = auditor.run()
    assert job["ReportTemplate"] == "COPY_JOB_REPORT"
    (key,) = job["ReportDestination"]["S3Keys"]
    assert key.endswith(".json")


def test_a_plan_about_others_is_updated_in_whole(site: Any, auditor: Any, control: Any) -> None:
    """Accounts, units, Regions, frameworks and place can all be changed, and the next report goes by them."""
    member = site.member()
    organizations = site.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    site.client("backup", member).create_framework(
        FrameworkName="theirs", FrameworkControls=[control("BACKUP_RECOVERY_POINT_ENCRYPTED")]
    )
    arn = auditor.framework(control("BACKUP_RECOVERY_POINT_ENCRYPTED"))
    auditor.bucket()
    setting = {
        "ReportTemplate": "CONTROL_COMPLIANCE_REPORT",
        "FrameworkArns": [arn],
        "NumberOfFrameworks": 1,
        "Accounts": [site.account],
        "OrganizationUnits": [unit],
        "Regions": ["us-east-1", "eu-west-1"],
    }
    channel = {"S3BucketName": "reports", "S3KeyPrefix": "all", "Formats": ["CSV"]}
    auditor.plan(JOBS, name="first")
    made = {"ReportPlanName": "report", "ReportDeliveryChannel": channel, "ReportSetting": setting}
    auditor.backup.create_report_plan(**made)
    for name in ("first", "report"):
        if name == "first":
            update = {"ReportSetting": setting, "ReportDeliveryChannel": channel}
            auditor.backup.update_report_plan(ReportPlanName=name, **update)
        found = auditor.backup.describe_report_plan(ReportPlanName=name)["ReportPlan"]
        assert (found["ReportSetting"], found["ReportDeliveryChannel"]) == (setting, channel)
    job = auditor.run("first")
    assert job["Status"] == "COMPLETED", job
    assert job["ReportDestination"]["S3Keys"][0].startswith("all/Backup/crossaccount/crossregion/")
    assert {(row["accountId"], row["frameworkName"]) for row in auditor.read(job)} == {
        (site.account, "frame"),
        (member, "theirs"),
    }
    listed = {one["ReportPlanName"]: one for one in auditor.backup.list_report_plans()["ReportPlans"]}
    assert listed["first"]["ReportSetting"] == setting
    assert listed["first"]["LastSuccessfulExecutionTime"] == job["CompletionTime"]
    assert "LastSuccessfulExecutionTime" not in listed["report"]


def test_a_report_is_made_every_night(site: Any, auditor: Any) -> None:
    """At one minute between one and five o'clock UTC, the same every day, about the whole day before."""
    auditor.bucket()
    auditor.plan(JOBS)
    site.vault()
    site.bucket("bucket-one")
    job_id = site.start("arn:aws:s3:::bucket-one")
    site.advance(days=3)
    jobs = auditor.backup.list_report_jobs()["ReportJobs"]
    moments = [job["CreationTime"].astimezone(UTC) for job in jobs]
    assert len(jobs) == 3
    assert len({moment.time() for moment in moments}) == 1
    assert 1 <= moments[0].hour < 5
    assert {job["Status"] for job in jobs} == {"COMPLETED"}
    reports = [auditor.read(job) for job in reversed(jobs)]
    about = [[(row["backupJobId"], row["reportTimePeriodStart"]) for row in rows] for rows in reports]
    assert about == [[], [(job_id, "2026-11-22T00:00:00Z")], []]
    found = auditor.backup.describe_report_plan(ReportPlanName="report")["ReportPlan"]
    assert found["LastAttemptedExecutionTime"] < found["LastSuccessfulExecutionTime"]
    auditor.backup.delete_report_plan(ReportPlanName="report")
    site.advance(days=2)
    assert len(auditor.backup.list_report_jobs()["ReportJobs"]) == 3


def test_jobs_are_listed_by_plan_time_and_status(site: Any, auditor: Any, refusal: Any) -> None:
    """Every filter of ListReportJobs narrows; a plan that never was is not found."""
    auditor.plan(JOBS, "one")
    auditor.plan(JOBS, "two")
    auditor.run("one")
    middle = datetime(2026, 11, 22, 0, 45, tzinfo=UTC)
    site.advance(minutes=25)
    auditor.bucket()
    auditor.run("two")

    def listed(**filters: Any) -> list[str]:
        jobs = auditor.backup.list_report_jobs(**filters)["ReportJobs"]
        return [job["ReportPlanArn"].rpartition(":")[2][:3] for job in jobs]

    assert listed() == ["two", "one"]
    assert listed(ByReportPlanName="one") == ["one"]
    assert listed(ByCreationBefore=middle) == ["one"]
    assert listed(ByCreationAfter=middle) == ["two"]
    assert listed(ByStatus="COMPLETED") == ["two"]
    assert listed(ByStatus="FAILED") == ["one"]
    found = refusal(lambda: auditor.backup.list_report_jobs(ByReportPlanName="none"))
    assert found[0] == "ResourceNotFoundException"
    found = refusal(lambda: auditor.backup.describe_report_job(ReportJobId="none"))
    assert found[0] == "ResourceNotFoundException"


def test_same_token_same_job(auditor: Any, refusal: Any) -> None:
    """Starting again with the same token starts nothing; for another plan the token is refused."""
    auditor.plan(JOBS, "one")
    auditor.plan(JOBS, "two")
    start = auditor.backup.start_report_job
    first = start(ReportPlanName="one", IdempotencyToken="t")["ReportJobId"]
    assert start(ReportPlanName="one", IdempotencyToken="t")["ReportJobId"] == first
    found = refusal(lambda: start(ReportPlanName="two", IdempotencyToken="t"))
    assert found[0] == "InvalidParameterValueException"
    assert len(auditor.backup.list_report_jobs()["ReportJobs"]) == 1


def test_a_bucket_that_does_not_exist(open_site: Any, audit: Any, refusal: Any) -> None:
    """By setting, a plan without its bucket is refused."""
    auditor = audit(open_site(settings=Settings(report_plan_needs_bucket=True)))
    assert refusal(lambda: auditor.plan(JOBS))[0] == "InvalidParameterValueException"
    auditor.bucket()
    assert ":report-plan:" in auditor.plan(JOBS)
