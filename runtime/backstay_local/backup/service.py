"""AWS Backup as a whole: its operations by name, and what happens as time goes by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from backstay_local.backup import (
    backup_jobs,
    backup_runs,
    copy_jobs,
    copy_runs,
    expiry,
    locks,
    notifications,
    plans,
    policies,
    protected_resources,
    reconcile,
    recovery_points,
    restore_jobs,
    restore_runs,
    scheduler,
    selections,
    settings,
    summaries,
    tags,
    templates,
    vaults,
)
from backstay_local.backup.options import Settings
from backstay_local.backup.restore_testing import endings, metadata, runs, validation
from backstay_local.backup.restore_testing import plans as test_plans
from backstay_local.backup.restore_testing import selections as test_selections
from backstay_local.backup.state import Happenings, Operation, State
from backstay_local.store import Store
from backstay_local.wire.call import Call, Handler, Listing

if TYPE_CHECKING:
    from backstay_local.clock import Clock
    from backstay_local.data import Data
    from backstay_local.world.world import World

_STEP_SECONDS = 0.2  # how long callers wait while time goes by, at most, for one instant after another

_NOUNS = (
    vaults,
    locks,
    policies,
    notifications,
    plans,
    templates,
    selections,
    tags,
    settings,
    backup_jobs,
    recovery_points,
    protected_resources,
    copy_jobs,
    restore_jobs,
    summaries,
    test_plans,
    test_selections,
    metadata,
    validation,
)

_RUNS = (scheduler, backup_runs, copy_runs, restore_runs, expiry, runs, endings)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {name: operation for noun in _NOUNS for name, operation in noun.OPERATIONS.items()}
)
"""The behaviour of every operation that there is, by its name."""

HAPPENINGS: Happenings = MappingProxyType(
    {kind: happening for noun in _RUNS for kind, happening in noun.HAPPENINGS.items()}
)
"""What each kind of entry in the agenda does when its time has come."""


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
        self._turn = threading.RLock()
        self.handlers: Mapping[str, Handler] = MappingProxyType(
            {name: partial(self._answer, operation) for name, operation in OPERATIONS.items()}
        )

    def reconcile(self) -> int:
        """Delete bytes that a crash left without a recovery point; answers how many backups that were."""
        with self._turn:
            return reconcile.reconcile(self._state)

    def next_event_at(self) -> datetime | None:
        """When something happens by itself next: a rule runs, a job goes on, a recovery point ages."""
        return self._state.agenda.next_at()

    def step(self, until: datetime) -> bool:
        """Do some of what is due until a time, in order, with the clock; False if there was nothing to do.

        Several instants go to disk together, for nobody was told of them yet: after a crash they happen again. One
        that fails is undone, and those before it are kept.
        """
        with self._turn:
            if not self._due(until):
                return False
            failure: Exception | None = None
            with self._whole():
                enough = time.monotonic() + _STEP_SECONDS
                while (instant := self._due(until)) is not None and failure is None and time.monotonic() < enough:
                    self._clock.jump(instant)
                    failure = self._happen(instant)
            if failure is not None:
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
                for one in self._state.agenda.take(instant):
                    HAPPENINGS[one.kind](self._state, one.id, one.at)
        except Exception as error:
            self._state.outbox.discard(told)
            return error
        return None

    def _answer(self, operation: Operation, call: Call, params: dict[str, Any]) -> Mapping[str, Any] | Listing:
        call = replace(call, now=call.now.replace(microsecond=call.now.microsecond // 1000 * 1000))  # as AWS shows it
        with self._turn, self._whole():
            policies.guard(self._state, call, params)
            return operation(self._state, call, params)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All or nothing, and the messages about it only once it is on disk."""
        try:
            with self._state.store.transaction():
                yield
                recovery_points.let_go(self._state)
                self._before_commit()
        except BaseException:
            self._state.released.clear()
            self._state.outbox.discard()
            raise
        self._state.outbox.flush()
