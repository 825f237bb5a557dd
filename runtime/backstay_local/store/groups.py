"""What a table keeps at hand beside its rows: the unfinished ones by some columns, and how many there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
Key = tuple[Any, ...]


class Unfinished(Generic[Row]):
    """The rows without `completed`, by the values of some of their columns."""

    def __init__(self, columns: Sequence[str], rows: Iterable[tuple[Key, Row]]) -> None:
        """Group these rows to begin with."""
        self._columns = tuple(columns)
        self._rows: dict[Key, Row] = {}
        self._groups: defaultdict[tuple[str, Any], dict[Key, Row]] = defaultdict(dict)
        for key, row in rows:
            self.put(key, row)

    def put(self, key: Key, row: Row) -> None:
        """Take a row in the place of what had this key, or leave it out when it is finished."""
        before = self._rows.get(key)
        if getattr(row, "completed", None) is not None:
            if before is not None:
                self.remove(key)
            return
        if before is not None and self._places(before) != self._places(row):
            self.remove(key)
        self._rows[key] = row
        for place in self._places(row):
            self._groups[place][key] = row

    def _places(self, row: Row) -> list[tuple[str, Any]]:
        return [(column, getattr(row, column)) for column in self._columns]

    def remove(self, key: Key) -> None:
        """Let a row go, if it is here."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        for place in self._places(row):
            del self._groups[place][key]
            if not self._groups[place]:
                del self._groups[place]

    def of(self, column: str, value: Any) -> list[Row]:
        """The rows with that value."""
        group = self._groups.get((column, value))
        return list(group.values()) if group else []


class Tally:
    """How many rows have each value of a column, kept up to date instead of counted again."""

    def __init__(self, column: str, counted: Iterable[tuple[Any, int]]) -> None:
        """Begin with what was counted."""
        self.column = column
        self._numbers: Counter[Any] = Counter(dict(counted))

    def change(self, before: object | None, after: object | None) -> None:
        """Take note that a row came (no `before`), went (no `after`) or changed."""
        if before is not None:
            self._numbers[getattr(before, self.column)] -= 1
        if after is not None:
            self._numbers[getattr(after, self.column)] += 1

    def of(self, value: Any) -> int:
        """How many rows have that value."""
        return self._numbers[value]
