"""Who reads the shards: threads of this process, processes of this machine, or a Dask cluster; each by an Executor.

All of them give the same bytes. A worker that dies takes only its batch along: `gather` tries that again.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, Protocol

from backstay_agent.audit.batch import (
    WORKERS,
    DamagedError,
    Packed,
    Read,
    Shard,
    Task,
    begin_child,
    pack_build,
    read_batch,
    read_many,
    travelling,
    unpacked,
)
from backstay_agent.audit.packed import UnreadableFactsError
from backstay_agent.aws import Aws
from backstay_agent.wanted import Build

_MOST = 64
"""Shards in a batch at most: what a dead worker costs."""
_BATCHES_EACH = 4
"""Batches for each worker at least, so that none waits for the last one."""


class LostError(Exception):
    """A batch came to nothing, because whoever read it died or could not be reached; the message says why."""


class Workers(Protocol):
    """Whoever reads batches of shards."""

    rounds: int
    """How often a batch that was lost is tried in all."""
    stoppable: bool
    """Whether what is being read ends by itself when the caller's connection is stopped."""

    def size(self, shards: int) -> int:
        """How many shards go into a batch."""
        ...

    def submit(self, shards: Sequence[Shard]) -> Future[Any]:
        """Have a batch read; raises LostError where nobody is there to take it."""
        ...

    def read(self, done: Future[Any]) -> Sequence[Read]:
        """What came of a batch, in its order; raises LostError."""
        ...

    def gone(self) -> str | None:
        """Why no batch will ever end any more; None as long as somebody works."""
        ...

    def renew(self) -> None:
        """Before another round: replace what broke."""
        ...

    def close(self) -> None:
        """Let everybody go, whether they are done or not."""
        ...


class Threads:
    """Threads of this process, over the one connection that is open."""

    rounds, stoppable = 1, True

    def __init__(self, build: Build, aws: Aws, executor: Executor | None = None) -> None:
        """`executor` instead of threads of its own; it is left open."""
        self._build, self._aws = build, aws
        self._own = None if executor else ThreadPoolExecutor(WORKERS)
        self._executor = executor or self._own

    def size(self, shards: int) -> int:
        """One: there is nothing to send."""
        return min(1, shards)

    def submit(self, shards: Sequence[Shard]) -> Future[Any]:
        """Have a batch read."""
        assert self._executor is not None
        return self._executor.submit(read_many, self._build, self._aws, shards)

    def read(self, done: Future[Any]) -> Sequence[Read]:
        """What came of a batch; what it raises is raised here."""
        batch: Sequence[Read] = done.result()
        return batch

    def gone(self) -> str | None:
        """Threads do not die alone."""
        return None

    def renew(self) -> None:
        """Nothing breaks."""

    def close(self) -> None:
        """Wait for the shards that are being read."""
        if self._own is not None:
            self._own.shutdown(wait=True, cancel_futures=True)


class Remote:
    """What workers in other processes have in common: a task for each batch, packed bytes back."""

    stoppable = False

    def __init__(self, build: Build, aws: Aws) -> None:
        self._build, self._endpoint, self._caller = pack_build(build), travelling(aws.endpoint), aws.caller()

    def task(self, shards: Sequence[Shard]) -> Task:
        """What a worker is given."""
        return Task(self._build, self._endpoint, self._caller, tuple(shards))

    @staticmethod
    def unpacked(batch: Sequence[Packed]) -> Sequence[Read]:
        """What a worker sent; raises LostError where it was damaged on the way."""
        try:
            return [unpacked(one) for one in batch]
        except (DamagedError, UnreadableFactsError) as error:
            raise LostError(str(error)) from error


class Processes(Remote):
    """Processes of this machine, one for each processor. A killed one breaks the pool, which is then made anew."""

    rounds = 3

    def __init__(self, build: Build, aws: Aws, number: int | None = None) -> None:
        """Nothing is started before the first batch."""
        super().__init__(build, aws)
        self._number = number or max(2, os.cpu_count() or 2)
        self._keys = aws.endpoint.keys
        self._others = frozenset(multiprocessing.active_children())
        self._pool = self._make()

    def _make(self) -> ProcessPoolExecutor:
        fresh = multiprocessing.get_context("spawn")  # threads of ours must not be forked
        return ProcessPoolExecutor(self._number, fresh, begin_child, (self._keys,))

    def size(self, shards: int) -> int:
        """A few batches for each process."""
        return batch_size(shards, self._number)

    def submit(self, shards: Sequence[Shard]) -> Future[Any]:
        """Have a batch read."""
        try:
            return self._pool.submit(read_batch, self.task(shards))
        except BrokenExecutor as error:
            raise LostError(_KILLED) from error

    def read(self, done: Future[Any]) -> Sequence[Read]:
        """What came of a batch."""
        try:
            return self.unpacked(done.result())
        except BrokenExecutor as error:
            raise LostError(_KILLED) from error

    def gone(self) -> str | None:
        """A broken pool ends its batches by itself."""
        return None

    def renew(self) -> None:
        """Another pool, if this one broke."""
        self.close()
        self._pool = self._make()

    def close(self) -> None:
        """End them, in the middle of a batch too: they only read."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            if process not in self._others:
                process.terminate()


_KILLED = "the process that was reading it died"


def batch_size(shards: int, workers: int) -> int:
    """How many shards go into a batch, so that every worker gets several and none is too large."""
    return max(1, min(_MOST, -(-shards // (workers * _BATCHES_EACH))))


class Patience:
    """How long nobody may be there before that is taken for good; by this machine's monotonic clock."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._alone_since: float | None = None

    def over(self, number: int) -> bool:
        """Take note of how many are there; whether there has been nobody for too long."""
        if number:
            self._alone_since = None
            return False
        if self._alone_since is None:
            self._alone_since = self._clock()
        return self._clock() - self._alone_since >= self._seconds
