"""Copy jobs as the API shows them: started on demand, described, listed."""

from __future__ import annotations

from backstay_aws import arns
from backstay_local.backup import (
    backup_runs,
    copy_checks,
    copy_runs,
    errors,
    filters,
    lifecycles,
    locks,
    recovery_points,
    roles,
    tokens,
    vaults,
)
from backstay_local.backup.airgap import access
from backstay_local.backup.composite import nested
from backstay_local.backup.composite import shown as composite
from backstay_local.backup.rows import CopyJob
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_FILTERS = {
    "ByResourceArn": "resource_arn = ?",
    "ByState": "state = ?",
    "ByCreatedBefore": "created < ?",
    "ByCreatedAfter": "created > ?",
    "ByResourceType": "resource_type = ?",
    "ByDestinationVaultArn": "target_vault_arn = ?",
    "ByCompleteBefore": "completed < ?",
    "ByCompleteAfter": "completed > ?",
    "ByParentJobId": "parent_id = ?",
    "ByMessageCategory": "replace(upper(category), '_', '') = replace(upper(?), '_', '')",
    "BySourceRecoveryPointArn": "source_point_arn = ?",
}


def _start(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.repeated(state, call, params)
    if earlier is not None and (known := state.tables.copy_jobs.get(earlier.subject)) is not None:
        return _started(known)
    vault = access.contents(state, vaults.need(state, call, params["SourceBackupVaultName"]))
    if vault is None:
        raise errors.refused(f"Backup vault {params['SourceBackupVaultName']} gives no access to recovery points.")
    point = recovery_points.need(state, vault, params["RecoveryPointArn"])
    roles.need(state, params["IamRoleArn"], call.account)
    target = arns.parse(params["DestinationBackupVaultArn"])
    if target is None or target.service != "backup" or not target.resource.startswith("backup-vault:"):
        raise errors.invalid(f"{params['DestinationBackupVaultArn']} is not the ARN of a backup vault.")
    reason = lifecycles.problem(params.get("Lifecycle"), copy=True)
    if reason is not None:
        raise errors.invalid(reason)
    if nested.is_state(state, point):
        raise errors.refused(copy_checks.STATE.format(point.arn))
    if point.continuous:
        raise errors.refused(copy_checks.CONTINUOUS)
    if point.storage_class == "COLD":
        raise errors.refused(copy_checks.COLD)
    if point.status == "DELETING":
        raise errors.refused(f"Recovery point {point.arn} is being deleted.")
    job = copy_runs.create(
        state,
        point,
        params["DestinationBackupVaultArn"],
        role_arn=params["IamRoleArn"],
        lifecycle=params.get("Lifecycle"),
        at=call.now,
        account=call.account,
    )
    tokens.remember(state, call, params, job.id)
    return _started(job)


def _started(job: CopyJob) -> Facts:
    return {"CopyJobId": job.id, "CreationDate": job.created, "IsParent": job.is_parent}


def facts_of(state: State, job: CopyJob) -> Facts:
    """A copy job as AWS describes it."""
    target = state.tables.vaults.get(job.target_vault_arn)
    done = job.state in backup_runs.DONE
    facts: Facts = {
        "AccountId": job.account,
        "CopyJobId": job.id,
        "SourceBackupVaultArn": job.source_vault_arn,
        "SourceRecoveryPointArn": job.source_point_arn,
        "DestinationBackupVaultArn": job.target_vault_arn,
        "DestinationVaultType": target.type if target else None,
        "DestinationVaultLockState": locks.job_state(state, job.target_vault_arn),
        "DestinationRecoveryPointArn": job.target_point_arn if done else None,
        "DestinationEncryptionKeyArn": target.shown_key if done and target else None,
        "DestinationRecoveryPointLifecycle": job.lifecycle or None,
        "ResourceArn": job.resource_arn,
        "ResourceName": job.resource_name,
        "ResourceType": job.resource_type,
        "CreationDate": job.created,
        "CompletionDate": job.completed,
        "State": job.state,
        "StatusMessage": job.message,
        "BackupSizeInBytes": job.size,
        "IamRoleArn": job.role_arn,
        "CreatedBy": job.created_by,
        "CreatedByBackupJobId": job.backup_job_id,
        "MessageCategory": job.category or None,
        "CompositeMemberIdentifier": job.member,
        **composite.of_job(job),
        **composite.children(state, job),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    job = state.tables.copy_jobs.get(params["CopyJobId"])
    if job is None or (job.account, job.region) != (call.account, call.region):
        raise errors.not_found(f"Cannot find copy job with id {params['CopyJobId']}")
    return {"CopyJob": facts_of(state, job)}


def _list(state: State, call: Call, params: Facts) -> Listing:
    sql, arguments = filters.jobs(state, call, params, _FILTERS)
    found = state.tables.copy_jobs.scan("sort", filters.begin(call, params), sql, *arguments)
    return Listing("CopyJobs", ((key, facts_of(state, job)) for key, job in found))


OPERATIONS: Operations = {"StartCopyJob": _start, "DescribeCopyJob": _describe, "ListCopyJobs": _list}
