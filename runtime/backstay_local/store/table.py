"""A table of frozen rows: those read and written lately are at hand, changes go to the database together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import compress
from operator import attrgetter, is_not
from typing import Any, Generic, TypeVar

from .codec import codecs, encode, encoder, to_json
from .database import Store
from .groups import Key, Tally, Unfinished
from .schema import fit

Row = TypeVar("Row")

_PAGE = 200
_REMEMBERED = 20_000
_MANY = 8  # so many keys are worth a statement that asks for all of them


class Table(Generic[Row]):
    """A table whose columns are the fields of one frozen dataclass. Rows are shared: leave them as they are.

    What a `steady` table, which changes seldom, was asked with a condition is remembered, too. `open_by` names columns
    by which the rows without `completed` are kept at hand (see `unfinished`), `counted_by` one by whose values rows are
    counted (see `number`). `sparse` columns are None in most rows, which then pay nothing for their index.
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
        open_by: Sequence[str] = (),
        counted_by: str | None = None,
        sparse: Sequence[str] = (),
    ) -> None:
        """Make the table and its indexes (each a comma-separated list of columns), or fit those of an earlier version.

        `StoreError` when what is there cannot be made to fit.
        """
        if open_by:
            indexes = (*indexes, "completed")
        fit(store, name, row, key, indexes, sparse)
        self._store = store
        self.name = name
        self._row = row
        fields = codecs(row)
        # The columns whose values are others in Python than in SQLite.
        self._shaped = [pair for pair in enumerate(fields.values()) if pair[1] not in (str, int, float)]
        self._encoders = [(place, way) for place, codec in enumerate(fields.values()) if (way := encoder(codec))]
        self._names = tuple(fields)
        self._columns = ", ".join(fields)
        self._values: Callable[[Row], tuple[Any, ...]] = attrgetter(*fields) if len(fields) > 1 else _alone(*fields)
        self._key: Callable[[Row], Key] = attrgetter(*key) if len(key) > 1 else _alone(*key)
        self._key_name = key[0]
        self._match = " AND ".join(f"{column} = ?" for column in key)
        marks = ", ".join("?" * len(fields))
        self._insert = f"INSERT OR REPLACE INTO {name} ({self._columns}) VALUES ({marks})"
        self._select = f"SELECT {self._columns} FROM {name} WHERE {self._match}"
        self._bare: bool | None = None
        """Whether nothing was ever written here, so that nothing can be found; None: to be looked up."""
        self._steady = steady
        self._known: dict[tuple[Any, ...], list[Row]] = {}
        self._seen: dict[Key, Row | None] = {}
        self._fresh: dict[Key, Row | None] = {}
        self._counts: dict[tuple[Any, ...], int] = {}
        self._open_by = tuple(open_by)
        self._open: Unfinished[Row] | None = None
        self._counted_by = counted_by
        self._tally: Tally | None = None

    def put(self, row: Row) -> None:
        """Write a row, in the place of the one with the same key."""
        key = self._key(row)
        with self._store.lock:
            if self._tally is not None:
                self._tally.change(self.get(*key), row)
            if self._open is not None:
                self._open.put(key, row)
            self._change(key, row)

    def get(self, *key: Any) -> Row | None:
        """The row with this key."""
        with self._store.lock:
            if key in self._fresh:
                return self._fresh[key]
            if self._bare:
                return None
            if key not in self._seen:
                if self._is_bare():
                    return None
                found = [self._decode(values) for values in self._store.peek(self._select, key)]
                self._see(key, found[0] if found else None)
            return self._seen[key]

    def expect(self, keys: Collection[Any]) -> None:
        """Read at once the rows that will be asked for one by one, by a key of one column."""
        with self._store.lock:
            unknown = [key for key in keys if (key,) not in self._fresh and (key,) not in self._seen]
            if len(unknown) < _MANY or self._is_bare():
                return
            if len(self._seen) + len(unknown) > _REMEMBERED:
                self._seen.clear()
            sql = f"SELECT {self._columns} FROM {self.name} WHERE {self._key_name} IN (SELECT value FROM json_each(?))"
            for values in self._store.peek(sql, [to_json(unknown)]):
                row = self._decode(values)
                self._seen[self._key(row)] = row

    def _is_bare(self) -> bool:
        """Whether no row lies in the database, whatever waits to be written there."""
        if self._bare is None:
            self._bare = not self._store.peek(f"SELECT 1 FROM {self.name} LIMIT 1")
        return self._bare

    def _is_empty(self) -> bool:
        return not self._fresh and self._is_bare()

    def remove(self, *key: Any) -> bool:
        """Drop the row with this key; False when there was none."""
        with self._store.lock:
            row = self.get(*key)
            if row is None:
                return False
            if self._tally is not None:
                self._tally.change(row, None)
            if self._open is not None:
                self._open.remove(key)
            self._change(key, None)
            return True

    def discard(self, *key: Any) -> None:
        """Drop the row with this key, if there is one: not for tables with `open_by` or `counted_by`."""
        with self._store.lock:
            if key in self._fresh or not self._is_bare():
                self._change(key, None)

    def _change(self, key: Key, row: Row | None) -> None:
        if self._known:
            self._known.clear()
        if self._counts:
            self._counts.clear()
        self._fresh[key] = row
        self._store.soon(self)

    def where(
        self, condition: str, *arguments: Any, order: str = "", limit: int | None = None, skip: int = 0
    ) -> list[Row]:
        """The rows for which an SQL condition holds; `skip` needs a `limit`."""
        if self._bare and self._is_empty():
            return []
        sql = f"SELECT {self._columns} FROM {self.name} WHERE {condition}"
        sql += f" ORDER BY {order}" if order else ""
        sql += f" LIMIT {limit}" if limit is not None else ""
        sql += f" OFFSET {skip}" if skip else ""
        return self._remembered(sql, arguments) if self._steady else self._read(sql, arguments)

    def first(self, condition: str, *arguments: Any, order: str = "", skip: int = 0) -> Row | None:
        """The first row for which an SQL condition holds, after so many that are skipped."""
        found = self.where(condition, *arguments, order=order, limit=1, skip=skip)
        return found[0] if found else None

    def count(self, condition: str, *arguments: Any) -> int:
        """How many rows an SQL condition holds for; remembered until a row comes or goes."""
        with self._store.lock:
            asked = (condition, *arguments)
            if asked not in self._counts:
                sql = f"SELECT COUNT(*) FROM {self.name} WHERE {condition}"
                self._counts[asked] = int(self._ask(sql, arguments)[0][0])
            return self._counts[asked]

    def number(self, value: Any) -> int:
        """How many rows have this value in the column `counted_by`; counted once, then kept up to date."""
        with self._store.lock:
            if self._tally is None:
                column = self._counted_by or ""
                counted = self._ask(f"SELECT {column}, COUNT(*) FROM {self.name} GROUP BY {column}", ())
                self._tally = Tally(column, ((value, number) for value, number in counted))
            return self._tally.of(value)

    def unfinished(self, column: str, value: Any) -> list[Row]:
        """The rows without `completed` that have this value in a column of `open_by`; asks no database."""
        with self._store.lock:
            if self._open is None:
                rows = self._read(f"SELECT {self._columns} FROM {self.name} WHERE completed IS NULL", ())
                self._open = Unfinished(self._open_by, ((self._key(row), row) for row in rows))
            return self._open.of(column, value)

    def drop_where(self, condition: str, *arguments: Any) -> int:
        """Drop all rows for which an SQL condition holds; answers how many."""
        with self._store.lock:
            if self._is_empty():
                return 0
            self._store.changing(self)
            gone = self._store.execute(f"DELETE FROM {self.name} WHERE {condition}", arguments)
            if gone:
                self.forget()
            return gone

    def drop_ended(self, condition: str, *arguments: Any) -> int:
        """The same for rows that all have `completed`: what is known of those without stays."""
        with self._store.lock:
            kept = self._open
            gone = self.drop_where(condition, *arguments)
            self._open = kept
            return gone

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

    def write(self) -> None:
        """Write what was put and removed since the last time; of a row that is known, only what changed."""
        fresh, self._fresh = self._fresh, {}
        spelt: dict[int, str] = {}
        whole: list[list[Any]] = []
        gone: list[list[Any]] = []
        changed: dict[tuple[str, ...], list[list[Any]]] = {}
        for key, row in fresh.items():
            before = self._seen.get(key)
            if row is None:
                gone.append([encode(value) for value in key])
            elif before is None:
                whole.append(self._encoded(row, spelt))
            else:
                self._note_change(changed, key, before, row)
            self._see(key, row)
        if whole:
            self._bare = False
            self._store.execute_each(self._insert, whole)
        if gone:
            self._store.execute_each(f"DELETE FROM {self.name} WHERE {self._match}", gone)
        for names, rows in changed.items():
            setting = ", ".join(f"{name} = ?" for name in names)
            self._store.execute_each(f"UPDATE {self.name} SET {setting} WHERE {self._match}", rows)

    def _note_change(self, changed: dict[tuple[str, ...], list[list[Any]]], key: Key, before: Row, row: Row) -> None:
        new = self._values(row)
        moved = list(map(is_not, self._values(before), new))
        if not any(moved):
            return
        values = compress(new, moved)
        changed.setdefault(tuple(compress(self._names, moved)), []).append([encode(value) for value in (*values, *key)])

    def _encoded(self, row: Row, spelt: dict[int, str]) -> list[Any]:
        """The values of a row as SQLite holds them; what rows share is spelt once, and noted by its address."""
        values = list(self._values(row))
        for place, way in self._encoders:
            value = values[place]
            if value is None:
                continue
            if way is not to_json:
                values[place] = way(value)
                continue
            text = spelt.get(id(value))
            if text is None:
                text = spelt[id(value)] = to_json(value)
            values[place] = text
        return values

    def _see(self, key: Key, row: Row | None) -> None:
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[key] = row

    def mark(self) -> dict[Key, Row | None]:
        """What waits now."""
        return dict(self._fresh)

    def go_back(self, mark: dict[Key, Row | None]) -> None:
        """Let that wait again which waited at a mark."""
        self._fresh.update(mark)

    def forget(self) -> None:
        """Know nothing any more: something was taken back, or many rows went."""
        self._known.clear()
        self._counts.clear()
        self._seen.clear()
        self._fresh.clear()
        self._bare = None
        self._open = None
        self._tally = None

    def _read(self, sql: str, arguments: Sequence[Any]) -> list[Row]:
        with self._store.lock:
            if self._is_empty():
                return []
            rows = [self._decode(values) for values in self._ask(sql, arguments)]
            for row in rows:
                self._see(self._key(row), row)
            return rows

    def _ask(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows of one SELECT, which may look into other tables below its own."""
        return self._store.query(sql, arguments, of=None if sql.count("SELECT") > 1 else self)

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


def _alone(name: str) -> Callable[[Any], tuple[Any, ...]]:
    """The one value of a row, as a tuple."""
    return lambda row: (getattr(row, name),)
