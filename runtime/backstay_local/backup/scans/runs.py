"""A malware scan through time: created, waiting, running, and one of its ends."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from backstay_aws.backup_actions import MALWARE_SCANNER
from backstay_local.backup import history, roles
from backstay_local.backup.rows import BackupJob, Json, RecoveryPoint, changed, newest_first
from backstay_local.backup.scans import extent, messages, room, scanner
from backstay_local.backup.scans.rows import ScanJob
from backstay_local.backup.scans.scanner import Ending, Verdict
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError

CROWDED = "Scan job failed because too many scan jobs of the same resource were waiting."
GONE = "Scan job failed. The recovery point does not exist any more (RESOURCE_NOT_FOUND)."
COLD = "Scan job failed. The recovery point is in cold storage (UNSUPPORTED_SNAPSHOT)."
UNREADY = "Scan job failed. The recovery point is {} (RESOURCE_UNAVAILABLE)."
NO_BYTES = "This embedded AWS keeps no content of this recovery point, so nothing was read."
_CREATOR = ("BackupPlanArn", "BackupPlanId", "BackupPlanVersion", "BackupRuleId")
_READY = ("COMPLETED", "AVAILABLE", "STOPPED")
_log = logging.getLogger(__name__)


def after_backup(state: State, job: BackupJob, point: RecoveryPoint, scan: Json, at: datetime) -> None:
    """Make the scan that a rule asks for after its backup."""
    create(
        state,
        point,
        role_arn=job.role_arn,
        scanner_role_arn=scan["ScannerRoleArn"],
        scanner_name=scan["MalwareScanner"],
        mode=scan["ScanMode"],
        at=at,
        created_by={name: job.created_by[name] for name in _CREATOR} if job.created_by else None,
        until=extent.newest(state, point) if point.continuous else None,
    )


def create(
    state: State,
    point: RecoveryPoint,
    *,
    role_arn: str,
    scanner_role_arn: str,
    scanner_name: str,
    mode: str,
    at: datetime,
    created_by: dict[str, str] | None = None,
    base_arn: str | None = None,
    until: datetime | None = None,
) -> ScanJob:
    """Make a scan; it runs by itself a little later. When too many of the resource wait, the oldest of them fail."""
    identity = str(uuid.uuid4())
    job = ScanJob(
        id=identity,
        sort=newest_first(at, identity),
        account=point.account,
        region=point.region,
        state="CREATED",
        created=at,
        point_arn=point.arn,
        vault_arn=point.vault_arn,
        vault_name=point.vault_name,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        resource_name=point.resource_name,
        role_arn=role_arn,
        scanner_role_arn=scanner_role_arn,
        scanner=scanner_name,
        scan_id=uuid.uuid4().hex,
        mode="INCREMENTAL_SCAN" if mode == "INCREMENTAL_SCAN" else "FULL_SCAN",
        base_arn=base_arn,
        until=until,
        created_by=created_by,
    )
    state.tables.scans.jobs.put(job)
    state.agenda.put("scan-start", job.id, at + state.settings.start_delay)
    history.watch(state, at)
    messages.tell(state, job, at)
    for oldest in room.overflow(state, job):
        _end(state, oldest, Ending("FAILED", CROWDED), at)
    return job


def start(state: State, job_id: str, at: datetime) -> None:
    """Let a scan run, unless too many run (then it waits) or something forbids it (then it fails)."""
    job = state.tables.scans.jobs.get(job_id)
    if job is None or job.state != "CREATED" or not room.for_one_more(state, job):
        return
    point = state.tables.points.get(job.point_arn)
    failure = _forbidden(state, job, point)
    if failure is not None or point is None:
        _end(state, job, Ending("FAILED", failure or GONE), at)
        return
    running = changed(extent.settled(state, job, point, at), state="RUNNING", started=at)
    state.tables.scans.jobs.put(running)
    state.agenda.put("scan-finish", job.id, at + state.settings.run_time)
    messages.tell(state, running, at)


def finish(state: State, job_id: str, at: datetime) -> None:
    """Look into the recovery point and end the scan, well or badly."""
    job = state.tables.scans.jobs.get(job_id)
    if job is None or job.state != "RUNNING":
        return
    point = state.tables.points.get(job.point_arn)
    if point is None:
        _end(state, job, Ending("FAILED", GONE), at)
        return
    if not point.holds_bytes:
        note = Ending("COMPLETED", f"{scanner.COMPLETED} {NO_BYTES}", state.settings.scan_without_content)
        _end(state, job, note, at)
        return
    try:
        verdict = _look(state, job, point, at)
    except DataError as error:
        _end(state, job, Ending("FAILED", f"Scan job failed. {error}"), at)
        return
    except Exception as error:  # a slip fails its own job, and must not stop the scheduler
        _log.exception("scan job %s", job.id)
        _end(state, job, Ending("FAILED", f"Internal error: {error}"), at)
        return
    _end(state, changed(job, infected=sorted(verdict.infected)), scanner.ending(verdict), at)


def _look(state: State, job: ScanJob, point: RecoveryPoint, at: datetime) -> Verdict:
    again = extent.remembered(state, job, at)
    verdict = Verdict()
    for manifest, base in extent.layers(state, job, point):
        verdict |= scanner.look(state.data.contents(manifest, base), again)
    return verdict


def _forbidden(state: State, job: ScanJob, point: RecoveryPoint | None) -> str | None:
    """Why a scan may not run."""
    if point is None:
        return GONE
    if point.storage_class != "WARM":
        return COLD
    if point.status not in _READY:
        return UNREADY.format(point.status)
    if not roles.usable(state, job.role_arn, job.account):
        return roles.sentence(job.role_arn)
    if not roles.trusts(state, job.scanner_role_arn, job.account, MALWARE_SCANNER):
        return roles.scanner_sentence(job.scanner_role_arn)
    return None


def _end(state: State, job: ScanJob, ending: Ending, at: datetime) -> None:
    ended = changed(job, state=ending.state, message=ending.message, result=ending.result, completed=at)
    state.tables.scans.jobs.put(ended)
    state.agenda.drop(job.id, "scan-start", "scan-finish")
    messages.tell(state, ended, at)
    room.freed(state, ended, at)


HAPPENINGS: Happenings = {"scan-start": start, "scan-finish": finish}
