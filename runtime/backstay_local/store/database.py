"""The database file: transactions that happen whole or not at all, and rows that wait to be written together.

2026-11-29: rows are not written one by one as they are put but together, when somebody asks with a condition or the
transaction ends; a year of jobs is a few statements a row otherwise, and SQLite's share of the time was two thirds.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from .codec import encode

_PRAGMAS = (
    "journal_mode=WAL",
    "temp_store=MEMORY",
    "cache_size=-65536",  # KiB: keys are random, and a day of jobs touches pages everywhere
    "wal_autocheckpoint=8000",
)


class StoreError(Exception):
    """What lies in a file cannot be taken up as a store; the message says why and what to do."""


class LostError(Exception):
    """Something that a transaction had written could not be kept, so that nothing of it can."""


class Waiting(Protocol):
    """Something that holds rows back until they are written together."""

    def write(self) -> None:
        """Write them now."""

    def forget(self) -> None:
        """Drop what waits and what is remembered: it was taken back."""

    def mark(self) -> Any:
        """What waits now."""

    def go_back(self, mark: Any) -> None:
        """After `forget`: let that wait again which waited at a mark, whether or not it was written since."""


class Store:
    """One SQLite database (WAL, synchronous FULL) used by all threads through one lock.

    A statement outside of `transaction` commits by itself; inside, everything commits together when the outermost
    block ends, and nothing does when it raises, or when something could not be written on the way (a full disk):
    whoever caught that error gets a `LostError` with the next statement, and at the end.
    """

    def __init__(self, path: Path, *, lasting: bool = True) -> None:
        """Open the database file, making it and its folder when they are not there; `StoreError` if it is none.

        A file that nobody takes up again need not be `lasting`: the disk is not waited for.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.lock = threading.RLock()
        self._inside = False
        self._failure: BaseException | None = None
        self._waiting: dict[Waiting, None] = {}
        self._changed: dict[Waiting, None] = {}
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        try:
            for pragma in (*_PRAGMAS, f"synchronous={'FULL' if lasting else 'OFF'}"):
                self._connection.execute(f"PRAGMA {pragma}").close()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise StoreError(f"{path} cannot be read: {error}. Start with another data folder") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside at once or not at all; blocks may nest, the outermost commits."""
        with self.lock:
            if self._inside:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._inside = True
            try:
                yield
                self.flush()
                self._connection.execute("COMMIT")
            except BaseException:
                self._forget()
                if self._connection.in_transaction:  # SQLite undoes it by itself when it cannot write
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._inside = False
                self._failure = None
                self._changed.clear()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Within a transaction: what is done inside is undone when it raises, what came before it stays."""
        with self.lock:
            if not self._inside:
                raise RuntimeError("a step is a part of a transaction, and there is none")
            self._must_be_sound()
            marks = [(one, one.mark()) for one in self._waiting]
            self._connection.execute("SAVEPOINT step")
            try:
                yield
                self._must_be_sound()
                self._connection.execute("RELEASE step")
            except BaseException:
                self._forget()
                if self._connection.in_transaction:  # else the whole of it is lost, not the step alone
                    self._connection.execute("ROLLBACK TO step")
                    self._connection.execute("RELEASE step")
                    self._failure = None
                    for one, mark in marks:
                        one.go_back(mark)
                        self.soon(one)
                raise

    def _forget(self) -> None:
        self._waiting.clear()
        for one in self._changed:
            one.forget()

    @property
    def changed(self) -> bool:
        """Whether the transaction has changed any table so far."""
        return bool(self._changed)

    def changing(self, one: Waiting) -> None:
        """Let something forget what it remembers when the transaction, or the step, is taken back."""
        self._changed[one] = None

    def soon(self, one: Waiting) -> None:
        """Let rows be written before anybody could miss them; at once outside of a transaction."""
        if one in self._waiting:
            return
        self._waiting[one] = self._changed[one] = None
        if not self._inside:
            self.flush()
            self._changed.clear()

    def flush(self, of: Waiting | None = None) -> None:
        """Write all rows that wait, or those of one table."""
        self._must_be_sound()
        try:
            while (one := next(iter(self._waiting), None) if of is None else of) in self._waiting:
                del self._waiting[one]
                one.write()
        except BaseException as error:
            if self._inside:
                self._failure = error
            else:
                self._forget()
            raise

    def _must_be_sound(self) -> None:
        if self._inside and (self._failure is not None or not self._connection.in_transaction):
            raise LostError("the transaction could not be written, and nothing of it is kept") from self._failure

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        """Run one statement that changes something; answers how many rows it touched."""
        with self.lock:
            self.flush()
            return self._connection.execute(sql, [encode(value) for value in arguments]).rowcount

    def execute_each(self, sql: str, each: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each list of SQLite's own values; for those who write what waits."""
        self._connection.executemany(sql, each)

    def query(self, sql: str, arguments: Sequence[Any] = (), *, of: Waiting | None = None) -> list[tuple[Any, ...]]:
        """All rows of one SELECT, as SQLite's plain values; one that reads no other table may say `of` which."""
        with self.lock:
            self.flush(of)
            return self.peek(sql, arguments)

    def peek(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The same, without what waits to be written."""
        with self.lock:
            self._must_be_sound()
            return self._connection.execute(sql, [encode(value) for value in arguments]).fetchall()

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self.lock:
            self._connection.close()
