"""Taking a backup: the content of a resource, kept, and the recovery point that is made of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from backstay_local.backup import kinds, lifecycles, recovery_points, sources, streams, tags, vss
from backstay_local.backup.airgap import primary
from backstay_local.backup.rows import BackupJob, RecoveryPoint, Vault, newest_first
from backstay_local.backup.state import State
from backstay_local.data import DataError, Resource, Stored
from backstay_local.wire.call import AwsError

TOO_MANY_TAGS = "The resultant tag set must not have more than 50 user tags."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job does not do what it was made for, with AWS's category of the message."""

    message: str
    category: str
    interrupts: bool = False
    """Whether it stops the continuous backup that the job should have gone on with (semantics §2.6)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was taken: its recovery point, and a message when not all went as asked."""

    point: RecoveryPoint
    message: str | None
    moved: int
    """Bytes that went into the vault."""
    vss: bool


def take(state: State, job: BackupJob, vault: Vault, at: datetime) -> Taken | Failure:
    """The recovery point of a job, kept."""
    try:
        resource = state.discovery.one(job.resource_arn, job.account, job.region)
        if resource is None:
            return Failure(f"Resource {job.resource_arn} was not found.", "MISCELLANEOUS")
        own_tags = {key: value for key, value in resource.tags.items() if not key.startswith("aws:")} | job.tags
        if len(own_tags) > tags.MAXIMUM:
            return Failure(TOO_MANY_TAGS, "MISCELLANEOUS")
        before = streams.live(state, job)
        obstacle, message = streams.obstacle(job, before), streams.refusal(job, before)
        if obstacle is not None:
            return Failure(obstacle, "MISCELLANEOUS")
        streaming = job.continuous and message is None
        resource = _asked(job, resource, history=streaming)
        mark = state.captures.mark()
        stored = _stored(state, vault, resource, at)
        shadowed = vss.asked(job) and vss.works(state.data.look(stored.manifest).description)
        point = _point(state, job, vault, resource, stored, at)
    except (DataError, AwsError) as error:
        return Failure(str(getattr(error, "message", error)), "MISCELLANEOUS", interrupts=True)
    except Exception as error:  # a driver's slip fails its own job, and must not stop the scheduler
        _log.exception("backup job %s", job.id)
        return Failure(f"Internal error: {error}", "MISCELLANEOUS")
    if streaming:
        point = streams.onward(state, job, point, before, at)
    elif primary.way_of(state, job, point) == "copy":
        point = primary.on_its_way(point)
    recovery_points.add(state, point, own_tags, at, fresh=not streaming)
    state.captures.keep(resource, vault.arn, mark, point.arn)
    if message is None and vss.asked(job) and not shadowed:
        message = vss.FELL_BACK
    moved = stored.changed if kinds.incremental(state, job) and stored.holds_bytes else stored.size
    return Taken(point, message, moved, shadowed)


def _stored(state: State, vault: Vault, resource: Resource, at: datetime) -> Stored:
    """The content of a resource, kept; what the vault holds of it stands in while nothing changed since."""
    current = state.captures.current(resource, vault.arn)
    same = state.tables.points.get(current) if current is not None else None
    if same is not None and _key_is_on(state, vault):
        return Stored(same.manifest, same.size, 0, same.holds_bytes)
    base = recovery_points.latest(state, vault, resource.arn)
    return state.data.backup(resource, vault.key_arn, at, base.manifest if base else None)


def _asked(job: BackupJob, resource: Resource, *, history: bool) -> Resource:
    """A resource with what the job says of how to read it: an option that is on is as none at all."""
    options = {name: value for name, value in job.options.items() if value == "disabled"}
    return replace(resource, options=options, history=history) if options or history else resource


def _key_is_on(state: State, vault: Vault) -> bool:
    def look() -> bool:
        key = state.world.key(vault.key_arn, vault.account, vault.region)
        return key is not None and key.state == "Enabled"

    return state.standing.ask(("key is on", vault.key_arn), look)


def _point(
    state: State, job: BackupJob, vault: Vault, resource: Resource, stored: Stored, at: datetime
) -> RecoveryPoint:
    row = kinds.of_type(state, job.account, job.region, job.resource_type)
    managed = kinds.fully_managed(row)
    own_key = kinds.has_own_key(row)
    key = vault.key_arn if own_key else sources.key_of(state, stored.manifest, job.account, job.region)
    arn = kinds.stream_arn(job.point_arn, job.created) if job.continuous else job.point_arn
    dates = lifecycles.dates(job.created, job.lifecycle, goes_cold=kinds.goes_cold(row, job.lifecycle))
    parent = state.tables.backup_jobs.get(job.parent_id) if job.parent_id is not None else None
    return RecoveryPoint(
        arn=arn,
        sort=newest_first(job.created, arn),
        account=job.account,
        region=job.region,
        vault_arn=vault.arn,
        vault_name=vault.name,
        resource_arn=resource.arn,
        resource_type=resource.type,
        resource_name=resource.name,
        status="COMPLETED",
        created=job.created,
        manifest=stored.manifest,
        size=stored.size,
        lifecycle=job.lifecycle,
        role_arn=job.role_arn,
        fully_managed=managed,
        holds_bytes=stored.holds_bytes,
        key_arn=key,
        encrypted=key is not None,
        cold_at=dates.cold_at,
        delete_at=dates.delete_at,
        completed=at,
        created_by=job.created_by,
        parent_arn=parent.point_arn if parent is not None and parent.state == "RUNNING" else None,
        member=job.member,
    )
