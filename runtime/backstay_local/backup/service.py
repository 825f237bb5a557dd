"""AWS Backup as a whole: its operations by name, and what happens as time goes by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from backstay_local.backup import metering, metrics, moments, reconcile, tags
from backstay_local.backup.access_points import reading
from backstay_local.backup.airgap import outcomes, sessions, sharing
from backstay_local.backup.authorization import guard
from backstay_local.backup.options import Settings
from backstay_local.backup.organized import follow
from backstay_local.backup.registry import HAPPENINGS, OPERATIONS
from backstay_local.backup.snapshots import as_snapshot, snapshot_arn
from backstay_local.backup.state import Operation, State
from backstay_local.backup.trail import lookup
from backstay_local.store import Store
from backstay_local.wire.call import AwsError, Call, Handler, Listing

if TYPE_CHECKING:
    from backstay_local.clock import Clock
    from backstay_local.data import Data
    from backstay_local.world.blocks import Snapshot
    from backstay_local.world.counts import Count
    from backstay_local.world.world import World

_OF_POINTS = ("point-delete", "point-cold")  # what happens to recovery points, under their ARNs
_MIDST = timedelta(seconds=2)
_STEP_SECONDS = 0.5  # how long callers wait while time goes by, at most, for one instant after another


def _in_the_midst(before: datetime | None, instant: datetime, enough: float) -> bool:
    """Whether jobs are under way that end in a moment: then a little longer is less work than once more."""
    return before is not None and instant - before < _MIDST and time.monotonic() < enough + _STEP_SECONDS


class _Handlers(Mapping[str, Handler]):
    """The operations as handlers of calls; those of a family are not asked for before they are called."""

    def __init__(self, answer: Callable[[Operation, Call, dict[str, Any]], Mapping[str, Any] | Listing]) -> None:
        self._answer = answer

    def __getitem__(self, name: str) -> Handler:
        return partial(self._answer, OPERATIONS[name])

    def __iter__(self) -> Iterator[str]:
        return iter(OPERATIONS)

    def __len__(self) -> int:
        return len(OPERATIONS)


class BackupService:
    """The embedded AWS Backup over one store. All methods may be called from several threads."""

    def __init__(
        self,
        store: Store,
        data: Data,
        world: World,
        clock: Clock,
        settings: Settings | None = None,
        *,
        before_commit: Callable[[], None] = lambda: None,
    ) -> None:
        """Take up the state that the store holds; `before_commit` puts on disk what a commit is going to rely on."""
        self._clock = clock
        self._before_commit = before_commit
        self._state = State.of(store, data, world, settings or Settings())
        self.turn = self._turn = threading.RLock()
        """One caller at a time, and time itself; whoever calls AWS Backup out of a turn of his own shares this one."""
        # Policies are followed anew after a start: they may have been stored later than the plans, or earlier.
        self._followed = -1 if self._state.tables.organized.followed.first("1 = 1") is not None else 0
        self.handlers: Mapping[str, Handler] = _Handlers(self._answer)
        self.sharing: Mapping[str, Handler] = MappingProxyType(
            {name: partial(self._answer, operation) for name, operation in sharing.SHARING.items()}
        )
        """The operations of AWS RAM, for shares of backup vaults."""

    def reconcile(self) -> int:
        """Delete bytes that a crash left without a recovery point; answers how many backups that were."""
        with self._turn:
            return reconcile.reconcile(self._state)

    def check(self) -> list[str]:
        """What is wrong with the bytes of recovery points, as sentences; nothing else happens meanwhile."""
        with self._turn:
            return [*self._state.data.check(), *reconcile.losses(self._state)]

    def shown(self, alias: str) -> reading.Shown | None:
        """What the backup access point of that S3 alias shows; None when there is none such."""
        with self._turn:
            return reading.shown(self._state, alias)

    def approvals(self) -> list[dict[str, str]]:
        """The sessions of multi-party approval that nobody has decided yet, oldest first."""
        with self._turn:
            return [sessions.shown(session) for session in sessions.pending(self._state)]

    def decide(self, session_arn: str, *, approved: bool) -> None:
        """Approve or deny a pending session, as its team would; `LookupError` when none of that ARN is pending."""
        with self._turn, self._whole():
            outcomes.decide(self._state, session_arn, approved=approved, at=self._clock.now())

    def shares(self, share_arn: str) -> bool:
        """Whether this is the ARN of a resource share of backup vaults."""
        with self._turn:
            return sharing.known(self._state, share_arn)

    def snapshot(self, account: str, region: str, snapshot_id: str) -> Snapshot | None:
        """The recovery point of a volume that is a snapshot of that id, if the account has one in the Region."""
        with self._turn:
            point = self._state.tables.points.get(snapshot_arn(region, snapshot_id))
            mine = point is not None and (point.account, point.region) == (account, region)
            return as_snapshot(point, self._state.data) if point is not None and mine else None

    def meters(self) -> list[metering.Meter]:
        """What is kept and what was moved, by account, vault and type."""
        with self._turn:
            return metering.meters(self._state)

    def next_event_at(self) -> datetime | None:
        """When something happens by itself next: a rule runs, a job goes on, a recovery point ages."""
        return self._state.agenda.next_at()

    def step(self, until: datetime) -> bool:
        """Do some of what is due until a time, in order, with the clock; False if there was nothing to do.

        Several instants go to disk together, for nobody was told of them yet: after a crash they happen again. One
        that fails is undone and raises, and those before it are kept, unless nothing can be. It stays due.
        """
        with self._turn:
            followed = self._follow(self._clock.now())
            if not self._due(until):
                return followed
            failure: Exception | None = None
            try:
                with self._whole():
                    enough = time.monotonic() + _STEP_SECONDS
                    before: datetime | None = None
                    while (instant := self._due(until)) is not None and failure is None:
                        if time.monotonic() >= enough and not _in_the_midst(before, instant, enough):
                            break
                        self._clock.jump(instant)
                        failure = self._happen(instant)
                        before = instant
            except Exception as error:
                failure = failure or error
            if failure is not None:
                reconcile.reconcile(self._state)  # it may have kept bytes that now have no recovery point
                raise failure
            return True

    def _due(self, until: datetime) -> datetime | None:
        instant = self._state.agenda.next_at()
        return instant if instant is not None and instant <= until else None

    def _happen(self, instant: datetime) -> Exception | None:
        """Let everything happen that is due at an instant, or, when something fails, nothing."""
        told = self._state.outbox.mark()
        try:
            with self._state.store.step():
                due = self._state.agenda.take(instant)
                self._state.tables.points.expect([one.id for one in due if one.kind in _OF_POINTS])
                for one in due:
                    HAPPENINGS[one.kind](self._state, one.id, one.at)
        except Exception as error:
            self._state.outbox.discard(told)
            return error
        return None

    def _answer(self, operation: Operation, call: Call, params: dict[str, Any]) -> Mapping[str, Any] | Listing:
        finer = call.now.microsecond % 1000
        if finer:  # AWS shows milliseconds
            call = replace(call, now=call.now - timedelta(microseconds=finer))
        with self._turn:
            self._follow(call.now)
            try:
                with self._whole():
                    guard.check(self._state, call, params)
                    answer = operation(self._state, call, params)
                    self._state.trail.called(call, params, answer)
                    return answer
            except AwsError as error:
                self._state.trail.refused(call, params, error)
                raise

    def _follow(self, at: datetime) -> bool:
        """Make plans of backup policies that changed since the last time; False if none did."""
        policies_now = self._state.world.policies
        if policies_now == self._followed:
            return False
        with self._whole():
            follow.follow(self._state, at)
        self._followed = policies_now
        return True

    def lookup(self, asking: lookup.Asking, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """A page of CloudTrail's events about AWS Backup."""
        with self._turn:
            self.write_trail()
            return lookup.events(self._state, asking, params)

    def counts(self, account: str, region: str, now: datetime, text: str, *, listing: bool) -> list[Count]:
        """What CloudWatch counts, for a request of this text."""
        with self._turn, self._state.store.lock:
            self.write_trail()
            return list(metrics.counts(self._state, account, region, now, text, listing=listing))

    def tagged(self, account: str, region: str) -> list[tuple[str, str, dict[str, str]]]:
        """AWS Backup's own resources that carry tags: ARN, type in the spelling of the tagging API, tags."""
        found = tags.all_of(self._state, account, region)
        return [(arn, f"backup:{arn.split(':', 6)[5]}", own) for arn, own in found]

    def write_trail(self) -> None:
        """Put on disk what the log of calls still holds in memory."""
        if self._state.trail.waits:
            with self._turn, self._state.store.transaction():
                self._state.trail.flush()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All or nothing, and the messages about it only once it is on disk."""
        try:
            with self._state.store.transaction():
                yield
                moments.let_go(self._state)
                if self._state.store.changed:
                    self._before_commit()
        except BaseException:
            self._state.released.clear()
            self._state.outbox.discard()
            raise
        self._state.outbox.flush()
