"""Report jobs: started, described and listed."""

from __future__ import annotations

from backstay_local.backup import errors, filters, tokens
from backstay_local.backup.audit_manager import report_plans, report_runs
from backstay_local.backup.audit_manager.deployment import DELETING
from backstay_local.backup.audit_manager.reports import subject
from backstay_local.backup.audit_manager.rows import ReportJob
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_FILTERS = {
    "ByReportPlanName": "plan_name = ?",
    "ByCreationBefore": "created < ?",
    "ByCreationAfter": "created > ?",
    "ByStatus": "status = ?",
}


def _start(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.repeated(state, call, params)
    if earlier is not None:
        return {"ReportJobId": earlier.subject}
    plan = report_plans.need(state, call, params)
    if plan.deployment == DELETING:
        raise errors.not_found(f"Report plan {plan.name} does not exist.")
    job = report_runs.create(state, plan, subject.last_day(call.now), call.now)
    tokens.remember(state, call, params, job.id)
    return {"ReportJobId": job.id}


def _facts(job: ReportJob) -> Facts:
    facts: Facts = {
        "ReportJobId": job.id,
        "ReportPlanArn": job.plan_arn,
        "ReportTemplate": job.template,
        "CreationTime": job.created,
        "CompletionTime": job.completed,
        "Status": job.status,
        "StatusMessage": job.message,
        "ReportDestination": {"S3BucketName": job.bucket, "S3Keys": job.keys} if job.keys else None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    job = state.tables.audits.report_jobs.get(params["ReportJobId"])
    if job is None or (job.account, job.region) != (call.account, call.region):
        raise errors.not_found(f"Report job {params['ReportJobId']} does not exist.")
    return {"ReportJob": _facts(job)}


def _list(state: State, call: Call, params: Facts) -> Listing:
    name = params.get("ByReportPlanName")
    condition, arguments = filters.jobs(state, call, params, _FILTERS)
    table = state.tables.audits.report_jobs
    if name is not None and report_plans.find(state, call.account, call.region, name) is None:
        here = "account = ? AND region = ? AND plan_name = ?"
        if table.first(here, call.account, call.region, name) is None:
            raise errors.not_found(f"Report plan {name} does not exist.")
    return Listing(
        "ReportJobs", ((key, _facts(job)) for key, job in table.scan("sort", call.after, condition, *arguments))
    )


OPERATIONS: Operations = {
    "StartReportJob": _start,
    "DescribeReportJob": _describe,
    "ListReportJobs": _list,
}
