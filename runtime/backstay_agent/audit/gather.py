"""Has every shard read by whoever reads: batch after batch, what was lost again, a bounded number of times."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from backstay_agent.audit.batch import INTERRUPTED, Read, Shard
from backstay_agent.audit.workers import LostError, Workers
from backstay_agent.observed import Unread

_LOOK_AROUND = 0.5
"""Seconds after which one looks whether anybody is still at work, and whether it is to stop."""

Batch = Sequence[Shard]


@dataclass(slots=True)
class Gathered:
    """What came of the shards so far; `lost` says why a shard was not read."""

    read: dict[Shard, Read] = field(default_factory=dict)
    lost: dict[Shard, str] = field(default_factory=dict)


def gather(
    workers: Workers,
    shards: Sequence[Shard],
    arrived: Callable[[Shard, Read], None],
    stop: threading.Event | None = None,
    absorb: Callable[[Read], Read] | None = None,
) -> Gathered:
    """Read the shards; `arrived` is told of each as it comes, in this thread. After `stop` no further one is begun.

    `absorb` gives what of a shard is to be held, after `arrived` was told of it.

    A batch that is lost with its worker is read again shard by shard, and what is lost then, each alone: so a shard
    that kills whoever reads it takes no other one along.
    """
    gathering = _Gathering(workers, arrived, stop or threading.Event(), Gathered(), absorb)
    todo: Sequence[Shard] = shards
    for number in range(workers.rounds):
        for group in _groups(todo, number, workers.size(len(todo))):
            if number and not gathering.ended:
                workers.renew()
            gathering.read(group)
        todo = [shard for shard in todo if shard not in gathering.found.read]
        if not todo or gathering.ended:
            break
    return gathering.found


def _groups(todo: Sequence[Shard], number: int, size: int) -> Iterator[list[Batch]]:
    """What is submitted together: first batches, then single shards, then each single shard by itself."""
    if number == 0:
        yield [todo[start : start + size] for start in range(0, len(todo), max(1, size))]
    elif number == 1:
        yield [(shard,) for shard in todo]
    else:
        for shard in todo:
            yield [(shard,)]


@dataclass(slots=True)
class _Gathering:
    workers: Workers
    arrived: Callable[[Shard, Read], None]
    stop: threading.Event
    found: Gathered
    absorb: Callable[[Read], Read] | None
    ended: bool = False
    """Nothing more is to be read: it was interrupted, or nobody is left who could."""

    def read(self, batches: Sequence[Batch]) -> None:
        """Submit some batches and wait for all of them, unless it ends before."""
        done: SimpleQueue[Future[Any]] = SimpleQueue()
        running: dict[Future[Any], Batch] = {}
        for batch in batches:
            if self.ended:
                self._lose(batch, INTERRUPTED)
                continue
            try:
                future = self.workers.submit(batch)
            except LostError as error:
                self._lose(batch, str(error))
                continue
            running[future] = batch
            future.add_done_callback(done.put)
        while running:
            try:
                future = done.get(timeout=_LOOK_AROUND)
            except Empty:
                self._look_around(running)
                continue
            self._take(future, running.pop(future, ()))
            if self.stop.is_set():
                self._look_around(running)

    def _take(self, future: Future[Any], batch: Batch) -> None:
        if not batch:
            return
        try:
            read = self.workers.read(future)
        except CancelledError:
            self._lose(batch, INTERRUPTED)
        except LostError as error:
            self._lose(batch, str(error))
        else:
            for shard, one in zip(batch, read, strict=True):
                if isinstance(one.outcome, Unread) and one.outcome.error == INTERRUPTED:
                    self._lose((shard,), INTERRUPTED)
                    continue
                self.found.lost.pop(shard, None)
                self.arrived(shard, one)
                self.found.read[shard] = self.absorb(one) if self.absorb else one

    def _look_around(self, running: dict[Future[Any], Batch]) -> None:
        """End what will not end by itself."""
        if self.stop.is_set() and not self.ended:
            self.ended = True
            for future in list(running):
                future.cancel()  # those that are being read go on, and stop before their next call
        why = INTERRUPTED if self.ended and not self.workers.stoppable else self.workers.gone()
        if why is not None:
            self.ended = True
            for batch in running.values():
                self._lose(batch, why)
            running.clear()

    def _lose(self, batch: Batch, why: str) -> None:
        self.found.lost |= dict.fromkeys(batch, why)
