"""A report job through time: created by a person or daily, running, and its end with files in the bucket."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from backstay_local.backup import history
from backstay_local.backup.audit_manager import report_plans
from backstay_local.backup.audit_manager.deployment import DELETING
from backstay_local.backup.audit_manager.reports import compliance, delivery, jobs
from backstay_local.backup.audit_manager.reports.columns import COLUMNS
from backstay_local.backup.audit_manager.reports.render import Row, rendered
from backstay_local.backup.audit_manager.reports.subject import (
    Subject,
    accounts_of,
    next_daily,
    regions_of,
    yesterday,
)
from backstay_local.backup.audit_manager.rows import ReportJob, ReportPlan
from backstay_local.backup.rows import newest_first
from backstay_local.backup.state import Happenings, State

GONE = "The report plan does not exist any more."
OUTSIDE = "The account does not manage the organization any more, and is not its delegated administrator."
_log = logging.getLogger(__name__)


class Undeliverable(Exception):  # noqa: N818  (a turn of events)
    """A report that cannot be made or delivered, and why."""


def create(state: State, plan: ReportPlan, period: tuple[datetime, datetime], at: datetime) -> ReportJob:
    """Make a report job; it starts by itself a little later."""
    identity = str(uuid.uuid4())
    job = ReportJob(
        id=identity,
        sort=newest_first(at, identity),
        account=plan.account,
        region=plan.region,
        plan_arn=plan.arn,
        plan_name=plan.name,
        template=plan.setting["ReportTemplate"],
        status="CREATED",
        created=at,
        since=period[0],
        until=period[1],
    )
    state.tables.audits.report_jobs.put(job)
    state.agenda.put("report-start", job.id, at + state.settings.start_delay)
    history.watch(state, at)
    return job


def daily(state: State, plan_arn: str, at: datetime) -> None:
    """Make the report about the day before, and set the next one."""
    plan = state.tables.audits.report_plans.get(plan_arn)
    if plan is None or plan.deployment == DELETING:
        return
    create(state, plan, yesterday(at), at)
    state.agenda.put("report-daily", plan_arn, next_daily(at, report_plans.lot(plan)))


def start(state: State, job_id: str, at: datetime) -> None:
    """Let a report job run."""
    job = state.tables.audits.report_jobs.get(job_id)
    if job is None or job.status != "CREATED":
        return
    state.tables.audits.report_jobs.put(replace(job, status="RUNNING"))
    plan = state.tables.audits.report_plans.get(job.plan_arn)
    if plan is not None:
        state.tables.audits.report_plans.put(replace(plan, attempted=at))
    state.agenda.put("report-finish", job.id, at + state.settings.run_time)


def finish(state: State, job_id: str, at: datetime) -> None:
    """Write the report and end the job, well or badly."""
    job = state.tables.audits.report_jobs.get(job_id)
    if job is None or job.status != "RUNNING":
        return
    plan = state.tables.audits.report_plans.get(job.plan_arn)
    try:
        keys = _deliver(state, plan, job, at)
    except Undeliverable as reason:
        _end(state, replace(job, message=str(reason)), "FAILED", at)
        return
    except Exception as error:  # a slip fails its own job, and must not stop the scheduler
        _log.exception("report job %s", job.id)
        _end(state, replace(job, message=f"Internal error: {error}"), "FAILED", at)
        return
    if plan is not None:
        state.tables.audits.report_plans.put(replace(plan, succeeded=at))
        job = replace(job, bucket=plan.channel["S3BucketName"], keys=keys)
    _end(state, job, "COMPLETED", at)


def _end(state: State, job: ReportJob, ending: str, at: datetime) -> None:
    state.tables.audits.report_jobs.put(replace(job, status=ending, completed=at))


def _deliver(state: State, plan: ReportPlan | None, job: ReportJob, at: datetime) -> list[str]:
    """Write the report in every format; the keys of its files."""
    if plan is None:
        raise Undeliverable(GONE)
    accounts = accounts_of(state, plan.setting, plan.account)
    if accounts is None:
        raise Undeliverable(OUTSIDE)
    subject = Subject(job.since, job.until, accounts, regions_of(plan.setting, plan.region))
    formats = plan.channel["Formats"]
    keys = [delivery.key(plan, job, form) for form in formats]
    reason = delivery.obstacle(state, plan, keys)
    if reason is not None:
        raise Undeliverable(reason)
    rows = list(_rows(state, plan, job.template, subject, at))
    for form, key in zip(formats, keys, strict=True):
        delivery.put(state, plan, key, form, rendered(rows, COLUMNS[job.template], form))
    return keys


def _rows(state: State, plan: ReportPlan, template: str, subject: Subject, at: datetime) -> Iterator[Row]:
    match template:
        case "BACKUP_JOB_REPORT":
            return jobs.backups(state, subject)
        case "COPY_JOB_REPORT":
            return jobs.copies(state, subject)
        case "RESTORE_JOB_REPORT":
            return jobs.restores(state, subject)
        case "CONTROL_COMPLIANCE_REPORT" | "RESOURCE_COMPLIANCE_REPORT":
            named = plan.setting.get("FrameworkArns") or []
            found = compliance.frameworks(state, subject, named, plan.account)
            compliance.refresh(state, found, at)
            rows = compliance.controls if template == "CONTROL_COMPLIANCE_REPORT" else compliance.resources
            return rows(state, found)
        case _:
            return jobs.scans(state, subject)


HAPPENINGS: Happenings = {"report-daily": daily, "report-start": start, "report-finish": finish}
