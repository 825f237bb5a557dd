"""The database file: transactions that happen whole or not at all, and rows that wait to be written together.

2026-11-29: rows are not written one by one as they are put but together, when somebody asks with a condition or the
transaction ends; a year of jobs is a few statements a row otherwise, and SQLite's share of the time was two thirds.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from .codec import encode

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "cache_size=-65536",  # KiB: keys are random, and a day of jobs touches pages everywhere
    "wal_autocheckpoint=8000",
)


class Waiting(Protocol):
    """Something that holds rows back until they are written together."""

    def write(self) -> None:
        """Write them now."""


class Store:
    """One SQLite database (WAL, synchronous FULL) used by all threads through one lock.

    A statement outside of `transaction` commits by itself; inside, everything commits together when the outermost
    block ends, and nothing does when it raises.
    """

    def __init__(self, path: Path) -> None:
        """Open the database file, making it and its folder when they are not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._depth = 0
        self._waiting: dict[Waiting, None] = {}
        self._undone: list[Callable[[], None]] = []
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}").close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside at once or not at all; blocks may nest, the outermost commits."""
        with self.lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if outermost:
                    self.flush()
                    self._connection.execute("COMMIT")
            except BaseException:
                if outermost:
                    self._take_back()
                raise
            finally:
                self._depth -= 1

    @contextmanager
    def step(self) -> Iterator[None]:
        """Within a transaction: what is done inside is undone when it raises, what came before it stays."""
        with self.lock:
            self.flush()
            self._connection.execute("SAVEPOINT step")
            try:
                yield
                self.flush()
            except BaseException:
                self._forget_waiting()
                if self._connection.in_transaction:  # a full disk has undone the whole of it already
                    self._connection.execute("ROLLBACK TO step")
                    self._connection.execute("RELEASE step")
                raise
            self._connection.execute("RELEASE step")

    def _take_back(self) -> None:
        """Undo the transaction; SQLite has done so by itself when the disk was full."""
        self._forget_waiting()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _forget_waiting(self) -> None:
        self._waiting.clear()
        for do in self._undone:
            do()

    def when_undone(self, do: Callable[[], None]) -> None:
        """Call this whenever something that was written, or waits to be, is taken back."""
        self._undone.append(do)

    def soon(self, one: Waiting) -> None:
        """Let rows be written before anybody could miss them; at once outside of a transaction."""
        self._waiting[one] = None
        if self._depth == 0:
            self.flush()

    def flush(self) -> None:
        """Write all rows that wait."""
        try:
            while self._waiting:
                one, _ = self._waiting.popitem()
                one.write()
        except BaseException:
            if self._depth == 0:
                self._forget_waiting()
            raise

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        """Run one statement that changes something; answers how many rows it touched."""
        with self.lock:
            self.flush()
            return self._connection.execute(sql, [encode(value) for value in arguments]).rowcount

    def execute_each(self, sql: str, each: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each list of SQLite's own values; for those who write what waits."""
        self._connection.executemany(sql, each)

    def query(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SELECT, as SQLite's plain values."""
        with self.lock:
            self.flush()
            return self.peek(sql, arguments)

    def peek(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The same, without what waits to be written."""
        with self.lock:
            return self._connection.execute(sql, [encode(value) for value in arguments]).fetchall()

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self.lock:
            self._connection.close()
