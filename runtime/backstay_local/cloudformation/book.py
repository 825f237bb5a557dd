"""Where stacks and stack sets are kept, so that they outlive the process; the file is made when the first one is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .records import Stack, StackSet

_SCHEMA = "CREATE TABLE IF NOT EXISTS record (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
_ENDED = {"CREATE": "CREATE_FAILED", "ROLLBACK": "ROLLBACK_FAILED", "DELETE": "DELETE_FAILED"}
_STOPPED = "The embedded AWS was stopped in the middle of it."


class Book:
    """The stacks and stack sets of one embedded AWS. Not safe for several threads at once: its caller takes turns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._stacks: dict[str, Stack] = {}
        self._sets: dict[str, StackSet] = {}
        if path.exists():
            self._take_up()

    def stacks(self, account: str, region: str) -> Iterator[Stack]:
        """The stacks of an account and Region, deleted ones among them, in the order of their creation."""
        return (one for one in list(self._stacks.values()) if (one.account, one.region) == (account, region))

    def sets(self, account: str, region: str) -> Iterator[StackSet]:
        """The stack sets of an account and Region."""
        return (one for one in list(self._sets.values()) if (one.account, one.region) == (account, region))

    def every_set(self) -> list[StackSet]:
        """The stack sets of all accounts and Regions."""
        return list(self._sets.values())

    def keep(self, one: Stack | StackSet) -> None:
        """Store a stack or stack set."""
        if isinstance(one, Stack):
            self._stacks[one.id] = one
        else:
            self._sets[one.id] = one
        row = (type(one).__name__, one.id, json.dumps(one.document()))
        with self._open() as connection:
            connection.execute(
                "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body", row
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take_up(self) -> None:
        for kind, body in self._open().execute("SELECT kind, body FROM record ORDER BY rowid"):
            document = json.loads(body)
            if kind == Stack.__name__:
                stack = Stack.of(document)
                if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
                    stack.status = _ENDED.get(stack.status.partition("_")[0], "UPDATE_ROLLBACK_FAILED")
                    stack.reason = _STOPPED
                self._stacks[stack.id] = stack
            else:
                stack_set = StackSet.of(document)
                self._sets[stack_set.id] = stack_set

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, check_same_thread=False)
            self._path.chmod(0o600)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_SCHEMA)
        return self._connection
