"""Where the embedded AWS Backup keeps its state: one SQLite file, typed rows, every acknowledged call on disk."""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

Row = TypeVar("Row")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "cache_size=-65536",  # KiB: keys are random, and a day of jobs touches pages everywhere
    "wal_autocheckpoint=8000",
)
_PAGE = 200
_REMEMBERED = 20_000


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
        self._undone: list[Callable[[], None]] = []
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}").close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do everything inside at once or not at all; blocks may nest, the outermost commits."""
        with self.lock:
            self._depth += 1
            if self._depth == 1:
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._leave("ROLLBACK")
                raise
            self._leave("COMMIT")

    @contextmanager
    def step(self) -> Iterator[None]:
        """Within a transaction: what is done inside is undone when it raises, what came before it stays."""
        with self.lock:
            self._connection.execute("SAVEPOINT step")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK TO step")
                self._connection.execute("RELEASE step")
                self._tell_undone()
                raise
            self._connection.execute("RELEASE step")

    def _leave(self, ending: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._connection.execute(ending)
            if ending == "ROLLBACK":
                self._tell_undone()

    def when_undone(self, do: Callable[[], None]) -> None:
        """Call this whenever something that was written is taken back."""
        self._undone.append(do)

    def _tell_undone(self) -> None:
        for do in self._undone:
            do()

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        """Run one statement that changes something; answers how many rows it touched."""
        with self.lock:
            return self._connection.execute(sql, [encode(value) for value in arguments]).rowcount

    def query(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SELECT, as SQLite's plain values."""
        with self.lock:
            return self._connection.execute(sql, [encode(value) for value in arguments]).fetchall()

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self.lock:
            self._connection.close()


class Table(Generic[Row]):
    """A table whose columns are the fields of one frozen dataclass.

    Times are whole microseconds since 1970, booleans 0 and 1, anything with a shape of its own is canonical JSON.
    Rows of a `steady` table, which changes seldom, are remembered from question to question; leave them as they are.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        row: type[Row],
        *,
        key: tuple[str, ...],
        indexes: Sequence[str] = (),
        steady: bool = False,
    ) -> None:
        """Make the table and its indexes (each a comma-separated list of columns) unless they are there."""
        self._store = store
        self._name = name
        self._row = row
        self._fields = _codecs(row)
        # The columns whose values are others in Python than in SQLite.
        self._shaped = [pair for pair in enumerate(self._fields.values()) if pair[1] not in (str, int, float)]
        self._columns = ", ".join(self._fields)
        self._match = " AND ".join(f"{column} = ?" for column in key)
        marks = ", ".join("?" * len(self._fields))
        self._insert = f"INSERT OR REPLACE INTO {name} ({self._columns}) VALUES ({marks})"
        self._steady = steady
        self._known: dict[tuple[Any, ...], list[Row]] = {}
        store.when_undone(self._known.clear)
        columns = ", ".join(f"{column} {_affinity(codec)}" for column, codec in self._fields.items())
        store.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}, PRIMARY KEY ({', '.join(key)})) WITHOUT ROWID")
        for number, index in enumerate(indexes):
            store.execute(f"CREATE INDEX IF NOT EXISTS {name}_{number} ON {name} ({index})")

    def put(self, row: Row) -> None:
        """Write a row, in the place of the one with the same key."""
        self._change(self._insert, [getattr(row, column) for column in self._fields])

    def get(self, *key: Any) -> Row | None:
        """The row with this key."""
        found = self.where(self._match, *key)
        return found[0] if found else None

    def remove(self, *key: Any) -> bool:
        """Drop the row with this key; False when there was none."""
        return self._change(f"DELETE FROM {self._name} WHERE {self._match}", key) > 0

    def where(self, condition: str, *arguments: Any, order: str = "", limit: int | None = None) -> list[Row]:
        """The rows for which an SQL condition holds."""
        sql = f"SELECT {self._columns} FROM {self._name} WHERE {condition}"
        sql += f" ORDER BY {order}" if order else ""
        sql += f" LIMIT {limit}" if limit is not None else ""
        return self._remembered(sql, arguments) if self._steady else self._read(sql, arguments)

    def first(self, condition: str, *arguments: Any, order: str = "") -> Row | None:
        """The first row for which an SQL condition holds."""
        found = self.where(condition, *arguments, order=order, limit=1)
        return found[0] if found else None

    def count(self, condition: str, *arguments: Any) -> int:
        """How many rows an SQL condition holds for."""
        return int(self._store.query(f"SELECT COUNT(*) FROM {self._name} WHERE {condition}", arguments)[0][0])

    def drop_where(self, condition: str, *arguments: Any) -> int:
        """Drop all rows for which an SQL condition holds; answers how many."""
        return self._change(f"DELETE FROM {self._name} WHERE {condition}", arguments)

    def scan(self, column: str, after: str | None, condition: str, *arguments: Any) -> Iterator[tuple[str, Row]]:
        """Rows in ascending order of a column, strictly after a value of it, read a piece at a time.

        The column must differ from row to row within the condition: it is the place where the next page begins.
        """
        place = after
        while True:
            beyond = f"({condition}) AND {column} > ?" if place is not None else condition
            values = (*arguments, place) if place is not None else arguments
            rows = self.where(beyond, *values, order=column, limit=_PAGE)
            for row in rows:
                yield str(getattr(row, column)), row
            if len(rows) < _PAGE:
                return
            place = str(getattr(rows[-1], column))

    def _change(self, sql: str, values: Sequence[Any]) -> int:
        with self._store.lock:
            self._known.clear()
            return self._store.execute(sql, values)

    def _read(self, sql: str, arguments: Sequence[Any]) -> list[Row]:
        return [self._decode(values) for values in self._store.query(sql, arguments)]

    def _remembered(self, sql: str, arguments: Sequence[Any]) -> list[Row]:
        with self._store.lock:
            found = self._known.get((sql, *arguments))
            if found is None:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                found = self._known[sql, *arguments] = self._read(sql, arguments)
            return list(found)

    def _decode(self, values: tuple[Any, ...]) -> Row:
        decoded = list(values)
        for place, codec in self._shaped:
            if decoded[place] is not None:
                decoded[place] = codec(decoded[place])
        return self._row(*decoded)


def encode(value: Any) -> Any:
    """A Python value as SQLite holds it."""
    if value is None or type(value) is str or isinstance(value, str | float):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def moment(value: int) -> datetime:
    """The aware UTC time that a column of times holds."""
    return _EPOCH + timedelta(microseconds=value)


def _codecs(row: type[Any]) -> dict[str, Callable[[Any], Any]]:
    """For each field of a row class, what turns SQLite's value into Python's."""
    hints = typing.get_type_hints(row)
    return {field.name: _codec(hints[field.name]) for field in dataclasses.fields(row)}


def _codec(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, types.UnionType):
        (hint,) = (part for part in typing.get_args(hint) if part is not type(None))
    if hint is datetime:
        return moment
    if typing.get_origin(hint) is typing.Literal:
        return str
    if hint in (str, int, float, bool):
        return typing.cast(Callable[[Any], Any], hint)
    return orjson.loads


def _affinity(codec: Callable[[Any], Any]) -> str:
    if codec is moment or codec in (int, bool):
        return "INTEGER"
    return "REAL" if codec is float else "TEXT"
