"""Batches on a Dask cluster, through the Executor that its client gives. The only module that knows `distributed`."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from backstay_agent.audit.batch import Read, Shard, read_batch
from backstay_agent.audit.workers import LostError, Patience, Remote, batch_size
from backstay_agent.aws import Aws
from backstay_agent.wanted import Build

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[^\s/:\[\]]+):([0-9]{1,5})")
_CONNECT = 10
"""Seconds until a scheduler has answered."""
_HELLO = 30
"""Seconds until some worker has taken a first, tiny task."""
ALONE = 60.0
"""Seconds without any worker after which nobody is waited for any more."""


class DaskError(Exception):
    """A cluster that cannot be used; the message says why and what to do."""


def check_address(address: str) -> str:
    """An address of a Dask scheduler; raises DaskError."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[3]) < 65536:
        raise DaskError(f"{address!r} is no address of a Dask scheduler: say dask=tcp://HOST:PORT")
    return address


def _knock(address: str) -> None:
    """Find out at once where nobody listens; Dask's own client goes on trying. Raises OSError."""
    found = _ADDRESS.fullmatch(address)
    assert found is not None
    socket.create_connection((found[2].strip("[]"), int(found[3])), timeout=_CONNECT).close()


def about() -> str:
    """The version of Backstay, as a worker has it."""
    try:
        return version("backstay")
    except PackageNotFoundError:
        return "0"


class Dask(Remote):
    """A cluster. Dask itself gives the batch of a dead worker to another one, a few times; see `allowed-failures`."""

    rounds = 2

    def __init__(self, build: Build, aws: Aws, address: str, *, alone: float = ALONE) -> None:
        """Connects, and asks one worker for its version. Raises DaskError."""
        super().__init__(build, aws)
        self._address, self._patience = address, Patience(alone)
        try:
            from distributed import Client
        except ImportError:
            raise DaskError("--executor dask needs the extra: pip install 'backstay[dask]'") from None
        for name in ("distributed", "distributed.core", "tornado.application", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what happens to the cluster is told in our words
        try:
            _knock(address)
            self._client: Any = Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise DaskError(f"no Dask scheduler answers at {address}: {_first(error)}") from error
        self._executor: Any = self._client.get_executor(pure=False)
        try:
            self._greet()
        except DaskError:
            self.close()
            raise

    def _greet(self) -> None:
        if not self._workers():
            raise DaskError(f"the Dask scheduler at {self._address} has no workers: start some (dask worker ADDRESS)")
        try:
            theirs = self._executor.submit(about).result(_HELLO)
        except TimeoutError:
            raise DaskError(f"no worker of {self._address} took a task within {_HELLO} s") from None
        except Exception as error:  # whatever a worker without Backstay raises
            raise DaskError(f"the workers of {self._address} cannot run Backstay: {_first(error)}") from error
        if theirs != about():
            told = f"the workers of {self._address} have Backstay {theirs}, and here it is {about()}"
            raise DaskError(f"{told}: they must be the same")

    def _workers(self) -> dict[str, int]:
        """The workers that are there, each with its number of threads."""
        try:
            found: dict[str, int] = self._client.nthreads()
        except (OSError, TimeoutError):
            return {}
        return found

    def size(self, shards: int) -> int:
        """A few batches for each thread of the cluster."""
        return batch_size(shards, max(1, sum(self._workers().values())))

    def submit(self, shards: Sequence[Shard]) -> Future[Any]:
        """Have a batch read."""
        try:
            future: Future[Any] = self._executor.submit(read_batch, self.task(shards))
        except Exception as error:  # the client's own words for a scheduler that is gone
            raise LostError(f"the Dask scheduler is gone: {_first(error)}") from error
        return future

    def read(self, done: Future[Any]) -> Sequence[Read]:
        """What came of a batch."""
        try:
            return self.unpacked(done.result())
        except CancelledError as error:
            raise LostError("the Dask cluster gave it up") from error
        except LostError:
            raise
        except Exception as error:  # KilledWorker, and whatever else comes from elsewhere
            raise LostError(_told(error)) from error

    def gone(self) -> str | None:
        """Nobody works any more, and that for a while."""
        number = len(self._workers()) if self._client.status == "running" else 0
        return "no worker of the Dask cluster is left" if self._patience.over(number) else None

    def renew(self) -> None:
        """Dask has replaced its workers, where anything does."""

    def close(self) -> None:
        """Forget what is under way, and leave."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=2)


def _told(error: Exception) -> str:
    if type(error).__name__ == "KilledWorker":
        return "the Dask workers that were reading it died, one after another"
    return f"a Dask worker failed: {type(error).__name__}: {_first(error)}"


def _first(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
