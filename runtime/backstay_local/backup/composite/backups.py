"""The backup of a composite: nested jobs for its parts, and a composite recovery point once the last of them ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backstay_local.backup import actions, backup_runs, followups, kinds, recovery_points, tags
from backstay_local.backup.capture import Failure
from backstay_local.backup.composite import chosen, members, nested
from backstay_local.backup.composite.parts import Part
from backstay_local.backup.rows import BackupJob, RecoveryPoint, Vault, changed, newest_first
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError, Resource
from backstay_local.wire.call import AwsError

NONE_COMPLETED = "None of the nested backup jobs was completed. {}"
SOME_FAILED = "{} of {} nested backup jobs were not completed."
UNSUPPORTED = "AWS Backup does not support these resources of the stack: {}."


def nest(state: State, job_id: str, at: datetime) -> None:
    """Make the nested jobs of a composite backup that has just been started."""
    job = state.tables.backup_jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    vault = state.tables.vaults.get(job.vault_arn)
    try:
        resource = state.discovery.one(job.resource_arn, job.account, job.region)
        if resource is None or vault is None:
            raise DataError(f"Resource {job.resource_arn} was not found.")
        found = chosen.by_job(state, job, resource)
    except (DataError, AwsError) as error:
        failure = Failure(str(getattr(error, "message", error)), "MISCELLANEOUS")
        backup_runs.end(state, job, "FAILED", at, failure)
        return
    for part in found.parts:
        backup_runs.create(state, _wanted(state, job, vault, resource, part), at)


def gather(state: State, job_id: str, at: datetime) -> None:
    """End a composite backup whose nested jobs have all ended, and keep its recovery point."""
    job = state.tables.backup_jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    children = state.tables.backup_jobs.where("parent_id = ?", job.id, order="sort DESC")
    if any(one.completed is None for one in children):
        return
    ending = nested.verdict([one.state for one in children])
    held = nested.of(state, job.point_arn)
    vault = state.tables.vaults.get(job.vault_arn)
    if ending == "FAILED" or not held or vault is None:
        reason = next((one.message for one in children if one.message), "") or ""
        failure = Failure(NONE_COMPLETED.format(reason).rstrip(), "MISCELLANEOUS")
        backup_runs.end(state, job, "FAILED", at, failure)
        return
    issue = _issue(state, job, children)
    ending = "PARTIAL" if issue else ending
    point = _point(state, job, vault, held, ending, at)
    recovery_points.add(state, point, _own_tags(state, job, held), at)
    members.settle(state, point.arn, at)
    ended = changed(job, size=point.size, key_arn=point.key_arn, encrypted=point.encrypted)
    backup_runs.end(state, ended, ending, at, issue or backup_runs.outside_air_gap(state, job, point))
    followups.after_backup(state, ended, point, at)


def _wanted(state: State, job: BackupJob, vault: Vault, stack: Resource, part: Part) -> backup_runs.Wanted:
    """What a nested job backs up: as its parent would, with what the plan says for the type of the part."""
    resource, by = part.resource, chosen.rule_of(state, job)
    inherited = {key: value for key, value in stack.tags.items() if not key.startswith("aws:")}
    return backup_runs.Wanted(
        vault=vault,
        resource=resource,
        role_arn=job.role_arn,
        start_minutes=int((job.start_by - job.scheduled).total_seconds()) // 60,
        complete_minutes=job.complete_minutes,
        lifecycle=job.lifecycle,
        tags={key: value for key, value in inherited.items() if key not in resource.tags} | job.tags,
        options=actions.options(by[0].body, resource.type) if by else {},
        created_by=job.created_by,
        indexed=by is not None and actions.indexes(by[1], resource.type),
        scans=actions.scans(by[0].body, by[1], resource.type) if by else [],
        parent=job,
        member=part.member,
    )


def _issue(state: State, job: BackupJob, children: Sequence[BackupJob]) -> Failure | None:
    """Why a composite backup is only a partial one."""
    missing = sum(one.state != "COMPLETED" for one in children)
    if missing:
        return Failure(SOME_FAILED.format(missing, len(children)), "MISCELLANEOUS")
    if not state.settings.unsupported_makes_partial:
        return None
    resource = state.discovery.one(job.resource_arn, job.account, job.region)
    left_out = chosen.by_job(state, job, resource).unsupported if resource is not None else ()
    return Failure(UNSUPPORTED.format(", ".join(left_out)), "MISCELLANEOUS") if left_out else None


def _point(
    state: State, job: BackupJob, vault: Vault, held: Sequence[RecoveryPoint], status: str, at: datetime
) -> RecoveryPoint:
    """The composite recovery point; it holds what its template or state does, and no bytes of its own."""
    row = kinds.of_type(state, job.account, job.region, job.resource_type)
    base = next((one for one in held if one.resource_arn == job.resource_arn), held[0])
    own_key = kinds.has_own_key(row)
    return changed(
        base,
        arn=job.point_arn,
        sort=newest_first(job.created, job.point_arn),
        resource_arn=job.resource_arn,
        resource_type=job.resource_type,
        resource_name=job.resource_name,
        status=status,
        created=job.created,
        size=base.size if base.resource_arn == job.resource_arn else 0,
        fully_managed=kinds.fully_managed(row),
        key_arn=vault.key_arn if own_key else base.key_arn,
        encrypted=own_key or base.encrypted,
        cold_at=None,
        completed=at,
        is_parent=True,
        parent_arn=None,
        member=None,
    )


def _own_tags(state: State, job: BackupJob, held: Sequence[RecoveryPoint]) -> dict[str, str]:
    """The tags of a composite: those of its template or state, which has the resource's and the job's."""
    base = next((one for one in held if one.resource_arn == job.resource_arn), None)
    return tags.of(state, base.arn) if base is not None else job.tags


HAPPENINGS: Happenings = {"backup-nest": nest, "backup-gather": gather}
