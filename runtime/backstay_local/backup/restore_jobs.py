"""Restore jobs as the API shows them: started, described, listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from backstay_local.backup import errors, events, filters, restore_runs, roles, tokens
from backstay_local.backup.airgap import access
from backstay_local.backup.composite import shown as composite
from backstay_local.backup.composite import wishes
from backstay_local.backup.rows import RecoveryPoint, RestoreJob
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_FILTERS = {
    "ByStatus": "status = ?",
    "ByCreatedBefore": "created < ?",
    "ByCreatedAfter": "created > ?",
    "ByResourceType": "resource_type = ?",
    "ByCompleteBefore": "completed < ?",
    "ByCompleteAfter": "completed > ?",
    "ByParentJobId": "parent_id = ?",
    "ByRestoreTestingPlanArn": "json_extract(created_by, '$.RestoreTestingPlanArn') = ?",
}
_OF_RESOURCE = {
    "ByStatus": "status = ?",
    "ByRecoveryPointCreationDateAfter": "point_created > ?",
    "ByRecoveryPointCreationDateBefore": "point_created < ?",
}


def _start(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.repeated(state, call, params)
    if earlier is not None:
        return {"RestoreJobId": earlier.subject}
    point = _point(state, call, params["RecoveryPointArn"])
    if point.status == "DELETING":
        raise errors.refused(f"Recovery point {point.arn} is being deleted.")
    if params.get("ResourceType") not in (None, point.resource_type):
        raise errors.invalid(f"ResourceType must be {point.resource_type}, but is {params['ResourceType']}.")
    wishes.check(state, point, params["Metadata"])
    if params.get("IamRoleArn"):
        roles.need(state, params["IamRoleArn"], call.account)
    job = restore_runs.create(
        state,
        point,
        params["Metadata"],
        role_arn=params.get("IamRoleArn"),
        copy_tags=bool(params.get("CopySourceTagsToRestoredResource")),
        at=call.now,
        account=call.account,
    )
    tokens.remember(state, call, params, job.id)
    return {"RestoreJobId": job.id}


def _point(state: State, call: Call, arn: str) -> RecoveryPoint:
    """The caller's recovery point, or one of an air-gapped vault that is open to the caller."""
    point = state.tables.points.get(arn)
    if point is None or point.region != call.region:
        raise errors.not_found(f"Cannot find recovery point {arn}.")
    if point.account != call.account and not access.may_restore(state, point.vault_arn, call.account):
        raise errors.denied()
    return point


def need(state: State, call: Call, params: Mapping[str, str]) -> RestoreJob:
    """The caller's restore job that a request names, or ResourceNotFoundException."""
    job = state.tables.restore_jobs.get(params["RestoreJobId"])
    if job is None or (job.account, job.region) != (call.account, call.region):
        raise errors.not_found(f"Cannot find restore job with id {params['RestoreJobId']}")
    return job


def facts_of(state: State, job: RestoreJob) -> Facts:
    """A restore job as AWS describes it."""
    facts: Facts = {
        "AccountId": job.account,
        "RestoreJobId": job.id,
        "RecoveryPointArn": job.point_arn,
        "SourceResourceArn": job.resource_arn,
        "BackupVaultArn": job.vault_arn,
        "CreationDate": job.created,
        "CompletionDate": job.completed,
        "Status": job.status,
        "StatusMessage": job.message,
        "PercentDone": f"{events.percent(job.status)}0%",
        "BackupSizeInBytes": job.size,
        "IamRoleArn": job.role_arn,
        "ExpectedCompletionTimeMinutes": _minutes(state.settings.run_time) if job.started else None,
        "CreatedResourceArn": job.created_resource_arn,
        "ResourceType": job.resource_type,
        "RecoveryPointCreationDate": job.point_created,
        "CreatedBy": job.created_by,
        "ValidationStatus": job.validation,
        "ValidationStatusMessage": job.validation_message,
        "DeletionStatus": job.deletion,
        "DeletionStatusMessage": job.deletion_message,
        **composite.of_job(job),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _minutes(span: timedelta) -> int:
    """A span in whole minutes, begun ones counted."""
    return -(-span // timedelta(minutes=1))


def _describe(state: State, call: Call, params: Facts) -> Facts:
    return facts_of(state, need(state, call, params))


def _metadata(state: State, call: Call, params: Facts) -> Facts:
    job = need(state, call, params)
    return {"RestoreJobId": job.id, "Metadata": job.metadata}


def _list(state: State, call: Call, params: Facts) -> Listing:
    sql, arguments = filters.jobs(state, call, params, _FILTERS)
    found = state.tables.restore_jobs.scan("sort", filters.begin(call, params), sql, *arguments)
    return Listing("RestoreJobs", ((key, facts_of(state, job)) for key, job in found))


def _list_by_resource(state: State, call: Call, params: Facts) -> Listing:
    sql, arguments = filters.condition(params, _OF_RESOURCE)
    scope = ("account = ? AND region = ? AND resource_arn = ?", call.account, call.region, params["ResourceArn"])
    found = state.tables.restore_jobs.scan("sort", call.after, f"{scope[0]} AND {sql}", *scope[1:], *arguments)
    return Listing("RestoreJobs", ((key, facts_of(state, job)) for key, job in found))


OPERATIONS: Operations = {
    "StartRestoreJob": _start,
    "DescribeRestoreJob": _describe,
    "GetRestoreJobMetadata": _metadata,
    "ListRestoreJobs": _list,
    "ListRestoreJobsByProtectedResource": _list_by_resource,
}
