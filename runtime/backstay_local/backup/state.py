"""Everything that an operation of AWS Backup may touch, in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from backstay_local.backup import rows
from backstay_local.backup.access_points import rows as access_rows
from backstay_local.backup.agenda import Agenda
from backstay_local.backup.airgap import rows as airgap_rows
from backstay_local.backup.audit_manager import rows as audit_rows
from backstay_local.backup.indexes import rows as index_rows
from backstay_local.backup.legal_holds import rows as hold_rows
from backstay_local.backup.options import Settings
from backstay_local.backup.organized import rows as organized_rows
from backstay_local.backup.restore_testing import rows as restore_testing
from backstay_local.backup.scans import rows as scan_rows
from backstay_local.backup.tiering import rows as tiering_rows
from backstay_local.backup.trail.trail import Trail
from backstay_local.store import Store, Table
from backstay_local.wire.call import Call, Listing

if TYPE_CHECKING:
    from backstay_local.data import Data, Resource
    from backstay_local.world.world import World


Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)
_FEW = 2  # so many resources are looked up one by one; from the next on all of them are listed, once


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        scope = "account, region"
        self.vaults = Table(store, "vaults", rows.Vault, key=("arn",), indexes=(f"{scope}, name",), steady=True)
        self.locks = Table(store, "locks", rows.Lock, key=("vault_arn",), steady=True)
        self.policies = Table(store, "policies", rows.Policy, key=("vault_arn",), steady=True)
        self.notifications = Table(store, "notifications", rows.Notification, key=("vault_arn",), steady=True)
        self.tags = Table(store, "tags", rows.Tags, key=("arn",))
        self.plans = Table(store, "plans", rows.Plan, key=("id",), indexes=(f"{scope}, id", f"{scope}, digest"))
        self.versions = Table(store, "plan_versions", rows.PlanVersion, key=("plan_id", "sort"))
        self.selections = Table(store, "selections", rows.Selection, key=("id",), indexes=("plan_id, id",), steady=True)
        self.backup_jobs = Table(
            store,
            "backup_jobs",
            rows.BackupJob,
            key=("id",),
            indexes=(f"{scope}, sort",),
            open_by=("resource_arn",),
            sparse=("parent_id",),
        )
        self.points = Table(
            store,
            "recovery_points",
            rows.RecoveryPoint,
            key=("arn",),
            indexes=("vault_arn, sort", f"{scope}, resource_arn, sort", "manifest"),
            counted_by="vault_arn",
            sparse=("parent_arn",),
        )
        self.moments = Table(store, "moments", rows.Moment, key=("point_arn", "at"), indexes=("manifest",))
        self.copy_jobs = Table(
            store,
            "copy_jobs",
            rows.CopyJob,
            key=("id",),
            indexes=(f"{scope}, sort",),
            open_by=("resource_arn", "source_point_arn", "account"),
            sparse=("parent_id",),
        )
        self.restore_jobs = Table(
            store,
            "restore_jobs",
            rows.RestoreJob,
            key=("id",),
            indexes=(f"{scope}, sort",),
            open_by=("point_arn",),
            sparse=("parent_id",),
        )
        self.protected = Table(
            store,
            "protected",
            rows.Protected,
            key=("account", "region", "resource_arn"),
            indexes=(f"{scope}, resource_type, resource_arn",),
        )
        self.restore_testing = restore_testing.Tables(store)
        self.region_settings = Table(
            store, "region_settings", rows.RegionSettings, key=("account", "region"), steady=True
        )
        self.global_settings = Table(store, "global_settings", rows.GlobalSettings, key=("account",), steady=True)
        self.airgap = airgap_rows.Tables(store)
        self.audits = audit_rows.Tables(store)
        self.tokens = Table(
            store, "tokens", rows.Token, key=("account", "region", "operation", "token"), indexes=("subject",)
        )
        self.holds = hold_rows.Tables(store)
        self.tiering = tiering_rows.Tables(store)
        self.access = access_rows.Tables(store)
        self.indexes = index_rows.Tables(store)
        self.scans = scan_rows.Tables(store)
        self.organized = organized_rows.Tables(store)


class Outbox:
    """Messages to the rest of the world, held back until what they tell is on disk."""

    def __init__(self) -> None:
        """Begin with nothing to send."""
        self._waiting: list[Callable[[], None]] = []

    def add(self, send: Callable[[], None]) -> None:
        """Send this later."""
        self._waiting.append(send)

    def mark(self) -> int:
        """How much waits now."""
        return len(self._waiting)

    def flush(self) -> None:
        """Send everything, oldest first; what cannot be sent is told, and keeps nothing else back."""
        waiting, self._waiting = self._waiting, []
        for send in waiting:
            try:
                send()
            except Exception:  # what it would have told happened, and nobody can undo it any more
                _log.exception("a message about something that happened could not be sent")

    def discard(self, mark: int = 0) -> None:
        """Forget everything since a mark: what it would have told did not happen."""
        del self._waiting[mark:]


class Discovery:
    """The resources of each account and Region, looked up again only when something in the world may have changed."""

    def __init__(self, data: Data, world: World) -> None:
        """Look through `data` and trust `world` to tell when it changed."""
        self._data = data
        self._world = world
        self._changes = -1
        self._found: dict[tuple[str, str], list[Resource]] = {}
        self._by_arn: dict[tuple[str, str], dict[str, Resource]] = {}
        self._asked: dict[tuple[str, str], int] = {}

    def all(self, account: str, region: str) -> list[Resource]:
        """All resources in an account and Region, as they are now."""
        self._refresh()
        if (account, region) not in self._found:
            found = self._data.resources(account, region)
            self._found[account, region] = found
            self._by_arn[account, region] = {resource.arn: resource for resource in found}
        return self._found[account, region]

    def one(self, arn: str, account: str, region: str) -> Resource | None:
        """The resource of that ARN as it is now, or None when there is none."""
        self._refresh()
        place = (account, region)
        self._asked[place] = self._asked.get(place, 0) + 1
        if place not in self._by_arn and self._asked[place] <= _FEW:
            return self._data.resource(arn, account, region)
        self.all(account, region)
        return self._by_arn[place].get(arn)

    def _refresh(self) -> None:
        changes = self._world.changes()
        if changes != self._changes:
            self._changes = changes
            self._found.clear()
            self._by_arn.clear()
            self._asked.clear()


class Standing:
    """Answers about the rest of the world, remembered for as long as nothing in it may have changed."""

    def __init__(self, world: World) -> None:
        """Trust `world` to tell when it changed."""
        self._world = world
        self._changes = -1
        self._answers: dict[tuple[Any, ...], Any] = {}

    def ask(self, question: tuple[Any, ...], find: Callable[[], Answer]) -> Answer:
        """The answer that `find` gives, or gave to the same question since the world changed last."""
        changes = self._world.changes()
        if changes != self._changes:
            self._changes = changes
            self._answers.clear()
        if question not in self._answers:
            self._answers[question] = find()
        return cast(Answer, self._answers[question])


class Captures:
    """What was read of each resource for a vault: one that cannot have changed since then is not read again."""

    def __init__(self, world: World) -> None:
        """Trust `world` to tell when anything changed."""
        self._world = world
        self._taken: dict[tuple[Any, ...], tuple[int, str]] = {}

    def mark(self) -> int:
        """How the world stands now; take it before reading a resource."""
        return self._world.changes()

    def keep(self, resource: Resource, vault_arn: str, mark: int, point_arn: str) -> None:
        """Note the recovery point that holds a resource, and how the world stood when it was read."""
        self._taken[self._how(resource, vault_arn)] = (mark, point_arn)

    def current(self, resource: Resource, vault_arn: str) -> str | None:
        """The recovery point in a vault that held exactly what the resource is now; it may be gone since."""
        mark, point_arn = self._taken.get(self._how(resource, vault_arn), (-1, ""))
        return point_arn if mark == self._world.changes() else None

    @staticmethod
    def _how(resource: Resource, vault_arn: str) -> tuple[Any, ...]:
        """What was read, how, and for whom."""
        options = tuple(sorted(resource.options.items())) if resource.options else ()
        return resource.arn, vault_arn, options, resource.history


class Copies:
    """Which backup holds, under which key, the same as another: what was copied before is not copied again."""

    def __init__(self) -> None:
        """Begin with no copy made."""
        self._made: dict[tuple[str, str], str] = {}

    def keep(self, manifest: str, key_arn: str, copy: str) -> None:
        """Note what a copy of a backup under a key is."""
        self._made[manifest, key_arn] = copy

    def of(self, manifest: str, key_arn: str) -> str | None:
        """The copy of a backup under a key; whether it still is there, the recovery points must say."""
        return self._made.get((manifest, key_arn))


@dataclass(frozen=True, slots=True)
class State:
    """The store with its tables, the agenda, the bytes, the rest of AWS, and how to behave."""

    store: Store
    tables: Tables
    agenda: Agenda
    data: Data
    world: World
    settings: Settings
    discovery: Discovery
    captures: Captures
    standing: Standing
    trail: Trail
    copies: Copies = field(default_factory=Copies)
    outbox: Outbox = field(default_factory=Outbox)
    released: set[str] = field(default_factory=set)
    """Manifests that a recovery point let go: whether another still holds them is asked before the commit."""

    @staticmethod
    def of(store: Store, data: Data, world: World, settings: Settings) -> State:
        """The state over a store that may be empty or full. `StoreError` when another version's tables do not fit."""
        with store.transaction():  # tables are made, or mended, all or none, and with one write to the disk
            tables, agenda = Tables(store), Agenda(store)
        return State(
            store,
            tables,
            agenda,
            data,
            world,
            settings,
            Discovery(data, world),
            Captures(world),
            Standing(world),
            Trail(store, on=settings.trail),
        )


Facts = dict[str, Any]
"""Members of a request or an answer, spelt as in AWS's model."""

Operation = Callable[[State, Call, Facts], Facts | Listing]
"""The behaviour of one operation of AWS Backup."""

Operations = Mapping[str, Operation]
"""Operations by their names."""

Happening = Callable[[State, str, datetime], None]

Happenings = Mapping[str, Happening]
"""What entries of the agenda do when their time has come, by kind: with the entry's id, and the time."""
