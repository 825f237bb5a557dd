"""What a scan looks at: all of a recovery point, or what is new since a base (semantics §6.4).

A snapshot is looked at as it is. Of a continuous recovery point every state is looked at that it had since the scan
before, or since its beginning: what came and went between two runs is found, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from backstay_local.backup.rows import RecoveryPoint, changed
from backstay_local.backup.scans.rows import DONE, ScanJob
from backstay_local.backup.state import State

TICK = timedelta(milliseconds=1)  # as exact as AWS Backup tells the time; callers may be more so
_BASE_AGE = timedelta(days=365)  # an older base makes the scan a full one
_REMEMBERED = timedelta(days=90)
"""How long an incremental scan reads again what held malware.

Source: GuardDuty user guide, "How does Malware Protection for Backup work?", read 2026-11.
"""
_READY = ("COMPLETED", "AVAILABLE")
_NOT_FOR_COPIES = frozenset({"EC2"})
"""Types whose copies, and whose recovery points in air-gapped vaults, are scanned in full only."""
_DONE = f"state IN ('{DONE[0]}', '{DONE[1]}')"


def incremental(state: State, point: RecoveryPoint) -> bool:
    """Whether a recovery point can be scanned incrementally at all."""
    vault = state.tables.vaults.get(point.vault_arn)
    apart = point.source_vault_arn is not None or (vault is not None and vault.type != "BACKUP_VAULT")
    return not (apart and point.resource_type in _NOT_FOR_COPIES)


def settled(state: State, job: ScanJob, point: RecoveryPoint, at: datetime) -> ScanJob:
    """A scan with its mode, base and span as it is going to be done: a full one when no base serves."""
    if point.continuous:
        return _stretch(state, job, point, at)
    base = _base(state, job, point, at) if job.mode == "INCREMENTAL_SCAN" and incremental(state, point) else None
    if base is None:
        return changed(job, mode="FULL_SCAN", base_arn=None)
    return changed(job, base_arn=base.arn)


def scanned(state: State, point_arn: str) -> ScanJob | None:
    """The newest scan of a recovery point that came to a result."""
    return state.tables.scans.jobs.first(f"point_arn = ? AND {_DONE}", point_arn, order="sort")


def layers(state: State, job: ScanJob, point: RecoveryPoint) -> Iterator[tuple[str, str | None]]:
    """The backups to look into, each with the one that was looked into before."""
    if not point.continuous:
        base = state.tables.points.get(job.base_arn) if job.base_arn else None
        yield point.manifest, base.manifest if base else None
        return
    moments = state.tables.moments.where("point_arn = ? AND at <= ?", point.arn, job.until, order="at")
    before = [one.manifest for one in moments if job.since is not None and one.at <= job.since]
    last = before[-1] if before and job.mode == "INCREMENTAL_SCAN" else None
    new = [one.manifest for one in moments if last is None or job.since is None or one.at > job.since]
    if last is not None and not new:
        new = [last]  # nothing came since, but what held malware is read again
    for manifest in new:
        yield manifest, last
        last = manifest


def remembered(state: State, job: ScanJob, at: datetime) -> frozenset[str]:
    """What held malware in the scan that an incremental one goes on from, and is read again."""
    if job.mode != "INCREMENTAL_SCAN":
        return frozenset()
    earlier = scanned(state, job.base_arn or job.point_arn)
    recent = earlier is not None and earlier.completed is not None and earlier.completed >= at - _REMEMBERED
    return frozenset(earlier.infected) if earlier is not None and recent else frozenset()


def newest(state: State, point: RecoveryPoint) -> datetime | None:
    """The newest point in time of a continuous recovery point."""
    moment = state.tables.moments.first("point_arn = ?", point.arn, order="at DESC")
    return moment.at if moment else None


def _stretch(state: State, job: ScanJob, point: RecoveryPoint, at: datetime) -> ScanJob:
    end = job.until or newest(state, point)
    if job.mode == "INCREMENTAL_SCAN":
        earlier = scanned(state, point.arn)
        if earlier is not None and earlier.until is not None and earlier.created >= at - _BASE_AGE:
            return changed(job, since=earlier.until, until=end)
    return changed(job, mode="FULL_SCAN", since=point.created, until=end)


def _base(state: State, job: ScanJob, point: RecoveryPoint, at: datetime) -> RecoveryPoint | None:
    """The recovery point to begin at: the one asked for, or the newest of the resource that was scanned before."""
    found = state.tables.points.get(job.base_arn) if job.base_arn is not None else _scanned_before(state, point)
    if found is None or found.status not in _READY or found.created < at - _BASE_AGE:
        return None
    return found


def _scanned_before(state: State, point: RecoveryPoint) -> RecoveryPoint | None:
    of_resource = f"account = ? AND region = ? AND resource_arn = ? AND point_arn != ? AND {_DONE}"
    ready = f"arn = point_arn AND created <= ? AND NOT continuous AND status IN ('{_READY[0]}', '{_READY[1]}')"
    newest_scan = state.tables.scans.jobs.first(
        f"{of_resource} AND EXISTS (SELECT 1 FROM recovery_points WHERE {ready})",
        point.account,
        point.region,
        point.resource_arn,
        point.arn,
        point.created,
        order="sort",
    )
    return state.tables.points.get(newest_scan.point_arn) if newest_scan is not None else None
