"""Backup jobs as the API shows them: started on demand, described, listed, stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_aws import arns
from backstay_local.backup import (
    backup_runs,
    errors,
    events,
    filters,
    kinds,
    lifecycles,
    locks,
    roles,
    rules,
    tags,
    tokens,
    vaults,
    vss,
)
from backstay_local.backup.airgap import primary
from backstay_local.backup.composite import members
from backstay_local.backup.composite import shown as composite
from backstay_local.backup.indexes import eligible as index_eligible
from backstay_local.backup.rows import AIR_GAPPED, STANDARD, BackupJob, changed
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.data import Resource
from backstay_local.wire.call import Call, Listing

_FILTERS = {
    "ByResourceArn": "resource_arn = ?",
    "ByState": "state = ?",
    "ByBackupVaultName": "vault_name = ?",
    "ByCreatedBefore": "created < ?",
    "ByCreatedAfter": "created > ?",
    "ByResourceType": "resource_type = ?",
    "ByCompleteBefore": "completed < ?",
    "ByCompleteAfter": "completed > ?",
    "ByParentJobId": "parent_id = ?",
    "ByMessageCategory": "replace(upper(category), '_', '') = replace(upper(?), '_', '')",
}


def _start(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.repeated(state, call, params)
    if earlier is not None and (known := state.tables.backup_jobs.get(earlier.subject)) is not None:
        return _started(state, known)
    vault = vaults.need(state, call, params["BackupVaultName"])
    if vault.type != STANDARD:
        raise errors.refused(backup_runs.NO_TARGET.format(vault.name))
    _check_air_gap(state, call, params.get("LogicallyAirGappedBackupVaultArn"))
    resource = _resource(state, call, params["ResourceArn"])
    roles.need(state, params["IamRoleArn"], call.account)
    _check(params, resource)
    if params.get("Index") == "ENABLED":
        index_eligible.check_type(state, resource.type)
    wanted = backup_runs.Wanted(
        vault=vault,
        resource=resource,
        role_arn=params["IamRoleArn"],
        start_minutes=params.get("StartWindowMinutes", rules.DEFAULT_START_MINUTES),
        complete_minutes=params.get("CompleteWindowMinutes", rules.DEFAULT_COMPLETION_MINUTES),
        lifecycle={name: value for name, value in (params.get("Lifecycle") or {}).items() if value is not None},
        tags=params.get("RecoveryPointTags") or {},
        options=params.get("BackupOptions") or {},
        indexed=params.get("Index") == "ENABLED",
        air_gap_arn=params.get("LogicallyAirGappedBackupVaultArn"),
    )
    job = backup_runs.create(state, wanted, call.now)
    tokens.remember(state, call, params, job.id)
    return _started(state, job)


def _check_air_gap(state: State, call: Call, target_arn: str | None) -> None:
    """Refuse an air-gapped primary vault that is not there, or is none."""
    if target_arn is None:
        return
    reason = primary.target_problem(target_arn, call.account, call.region)
    if reason is not None:
        raise errors.invalid(reason)
    found = state.tables.vaults.get(target_arn)
    if found is None:
        raise errors.not_found(f"Backup vault {target_arn} does not exist.")
    if found.type != AIR_GAPPED:
        raise errors.invalid(f"Backup vault {target_arn} is not logically air-gapped.")


def _resource(state: State, call: Call, arn: str) -> Resource:
    """The resource of a request; one that does not exist fails its job later, as AWS does."""
    kind, parsed = kinds.of_arn(arn), arns.parse(arn)
    if kind is None or parsed is None:
        raise errors.invalid(f"Unsupported resource: {arn} is not of a type that AWS Backup supports.")
    found = state.discovery.one(arn, call.account, call.region)
    if found is not None:
        return found
    name = parsed.resource.replace("/", ":").rsplit(":", 1)[-1]
    return Resource(arn, kind, call.account, call.region, name, {})


def _check(params: Facts, resource: Resource) -> None:
    start = params.get("StartWindowMinutes")
    if start is not None and not rules.START_MINUTES[0] <= start <= rules.START_MINUTES[1]:
        raise errors.invalid(
            f"StartWindowMinutes must be within {rules.START_MINUTES[0]} and {rules.START_MINUTES[1]}."
        )
    completion = params.get("CompleteWindowMinutes")
    if completion is not None and not 1 <= completion <= rules.START_MINUTES[1]:
        raise errors.invalid(f"CompleteWindowMinutes must be within 1 and {rules.START_MINUTES[1]}.")
    options = [{"ResourceType": resource.type, "BackupOptions": params.get("BackupOptions") or {}}]
    reason = lifecycles.problem(params.get("Lifecycle")) or next(rules.option_problems(options), None)
    if reason is not None:
        raise errors.invalid(reason)
    tags.check(params.get("RecoveryPointTags") or {})


def _started(state: State, job: BackupJob) -> Facts:
    facts: Facts = {"BackupJobId": job.id, "CreationDate": job.created, "IsParent": job.is_parent}
    row = kinds.of_type(state, job.account, job.region, job.resource_type)
    if row.point_at_start == "yes":
        facts["RecoveryPointArn"] = job.point_arn
    return facts


def need(state: State, call: Call, job_id: str) -> BackupJob:
    """The caller's backup job of that id, or ResourceNotFoundException."""
    job = state.tables.backup_jobs.get(job_id)
    if job is None or job.region != call.region or job.account not in {call.account}:
        raise errors.not_found(f"Cannot find backup job with id {job_id}")
    return job


def facts_of(state: State, job: BackupJob) -> Facts:
    """A backup job as AWS describes it."""
    shown = job.state in ("RUNNING", "COMPLETED", "ABORTING") or job.initiated is not None
    facts: Facts = {
        "AccountId": job.account,
        "BackupJobId": job.id,
        "BackupVaultName": job.vault_name,
        "BackupVaultArn": job.vault_arn,
        "VaultType": vaults.type_of(state, job.vault_arn),
        "VaultLockState": locks.job_state(state, job.vault_arn),
        "RecoveryPointLifecycle": job.lifecycle or None,
        "RecoveryPointArn": job.point_arn if shown else None,
        "EncryptionKeyArn": vaults.shown_key(state, job.vault_arn, job.key_arn),
        "IsEncrypted": job.encrypted if job.state in backup_runs.DONE else None,
        "ResourceArn": job.resource_arn,
        "ResourceName": job.resource_name,
        "ResourceType": job.resource_type,
        "CreationDate": job.created,
        "CompletionDate": job.completed,
        "State": job.state,
        "StatusMessage": job.message,
        "PercentDone": events.percent(job.state),
        "BackupSizeInBytes": job.size,
        "BytesTransferred": events.transferred(job),
        "IamRoleArn": job.role_arn,
        "CreatedBy": job.created_by,
        "StartBy": job.start_by,
        "ExpectedCompletionDate": job.initiated + state.settings.run_time if job.initiated else None,
        "BackupOptions": job.options or None,
        "BackupType": vss.BACKUP_TYPE if job.vss else None,
        "InitiationDate": job.initiated or job.scheduled,
        "MessageCategory": job.category or None,
        **composite.of_job(job),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    job = need(state, call, params["BackupJobId"])
    return facts_of(state, job) | composite.children(state, job)


def _list(state: State, call: Call, params: Facts) -> Listing:
    sql, arguments = filters.jobs(state, call, params, _FILTERS)
    found = state.tables.backup_jobs.scan("sort", filters.begin(call, params), sql, *arguments)
    return Listing("BackupJobs", ((key, facts_of(state, job)) for key, job in found))


def _stop(state: State, call: Call, params: Facts) -> Facts:
    job = need(state, call, params["BackupJobId"])
    row = kinds.of_type(state, job.account, job.region, job.resource_type)
    if not kinds.supports(row, "stop_job", job.region):
        raise errors.refused(f"Backup jobs of resource type {job.resource_type} cannot be stopped.")
    if job.state not in ("CREATED", "PENDING", "RUNNING"):
        raise errors.refused(f"Backup job {job.id} cannot be stopped because it is {job.state}.")
    _abort(state, job, call.now)
    if job.is_parent:
        members.free_all(state, job.point_arn)
        for one in state.tables.backup_jobs.where("parent_id = ? AND completed IS NULL", job.id):
            if kinds.supports(kinds.of_type(state, one.account, one.region, one.resource_type), "stop_job", one.region):
                _abort(state, one, call.now)
    return {}


def _abort(state: State, job: BackupJob, at: datetime) -> None:
    stopping = changed(job, state="ABORTING")
    state.tables.backup_jobs.put(stopping)
    state.agenda.drop(job.id, "backup-start", "backup-finish", "backup-late", "backup-nest")
    state.agenda.put("backup-abort", job.id, at + min(state.settings.start_delay, timedelta(minutes=1)))
    events.backup_job(state, stopping, at)


OPERATIONS: Operations = {
    "StartBackupJob": _start,
    "DescribeBackupJob": _describe,
    "ListBackupJobs": _list,
    "StopBackupJob": _stop,
}
