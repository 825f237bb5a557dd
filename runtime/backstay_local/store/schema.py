"""Tables and indexes as the rows of this version need them, made or mended when a store is opened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from .codec import affinity, codecs
from .database import Store, StoreError


def fit(
    store: Store, name: str, row: type[Any], key: Sequence[str], indexes: Sequence[str], sparse: Sequence[str] = ()
) -> None:
    """Make a table and its indexes for the fields of a dataclass, or fit those that an earlier version made.

    Columns that are missing are added, and hold the field's default in all rows; a field without one cannot be filled
    in, and the store is refused. Columns that no field has any more are left alone, indexes that nobody declares are
    dropped. The index of a `sparse` column has the rows with a value only.
    """
    columns = {field: affinity(codec) for field, codec in codecs(row).items()}
    there = {str(column): (str(kind), int(place)) for _, column, kind, _, _, place in _info(store, name)}
    if there:
        _mend(store, name, row, key, columns, there)
    else:
        told = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        store.execute(f"CREATE TABLE {name} ({told}, PRIMARY KEY ({', '.join(key)}))")
    _index(store, name, indexes, sparse)


def _info(store: Store, name: str) -> list[tuple[Any, ...]]:
    return store.query(f"PRAGMA table_info({name})")


def _mend(
    store: Store,
    name: str,
    row: type[Any],
    key: Sequence[str],
    columns: Mapping[str, str],
    there: Mapping[str, tuple[str, int]],
) -> None:
    had = sorted((place, column) for column, (_, place) in there.items() if place)
    if [column for _, column in had] != list(key):
        raise _misfit(store, f"the rows of table {name} have another key")
    for column, kind in columns.items():
        if column not in there:
            _add(store, name, row, column, kind)
        elif there[column][0] != kind:
            raise _misfit(store, f"{column} of table {name} is {there[column][0]} there and {kind} here")


def _add(store: Store, name: str, row: type[Any], column: str, kind: str) -> None:
    field = next(one for one in dataclasses.fields(row) if one.name == column)
    if field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    elif field.default is not dataclasses.MISSING:
        value = field.default
    else:
        raise _misfit(store, f"table {name} has no {column}, and nothing can be assumed for the rows that are there")
    [(literal,)] = store.query("SELECT quote(?)", [value])
    store.execute(f"ALTER TABLE {name} ADD COLUMN {column} {kind}" + ("" if value is None else f" DEFAULT {literal}"))


def _misfit(store: Store, reason: str) -> StoreError:
    return StoreError(
        f"{store.path} was written by another version of the embedded AWS: {reason}. "
        "Start with another data folder, or with that version again"
    )


def _index(store: Store, name: str, indexes: Sequence[str], sparse: Sequence[str]) -> None:
    """The declared indexes, each named after its columns: another one never passes for it."""
    wanted = {f"{name}_by_{index.replace(', ', '_')}": f"({index})" for index in indexes}
    wanted |= {f"{name}_with_{column}": f"({column}) WHERE {column} IS NOT NULL" for column in sparse}
    listed = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    there = {str(index) for (index,) in store.query(listed, [name])}
    for index in sorted(there.difference(wanted)):
        store.execute(f"DROP INDEX {index}")
    for index, rows in wanted.items():
        if index not in there:
            store.execute(f"CREATE INDEX {index} ON {name} {rows}")
