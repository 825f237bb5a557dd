"""Writes tables as Parquet, zstd: `TABLE/day=…/account=…/region=…/*.parquet`, which Athena reads as it lies.

Same rows, same bytes: rows are sorted, one thread writes, and nothing of the clock or the machine is in the files. The
version of DuckDB is, so that another version may write other bytes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay_agent.audit.tables.database import connect, literal
from backstay_agent.audit.tables.every import ACCOUNTS, FACTS, all_columns, rows, unread_accounts
from backstay_agent.audit.tables.table import Row, Table
from backstay_agent.controls.facts import Facts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
"""Level 1: a tenth larger than DuckDB's own level, written in two thirds of the time and read in three quarters."""


def write(facts: Facts, folder: Path) -> None:
    """Write everything that was read under its day; what lay there of the same shards is replaced. Raises OSError."""
    write_rows(
        folder, day_of(facts.now), ((table, rows(facts, table)) for table in (ACCOUNTS, *FACTS)), looked_at(facts)
    )


def looked_at(facts: Facts) -> set[tuple[str, str]]:
    """The accounts and Regions that an audit looked at, also those in which it could read nothing."""
    read = {(place.account, place.region) for place in facts.places}
    return read | {(account, region) for account, region, _ in unread_accounts(facts)}


def write_rows(
    folder: Path, day: str, filled: Iterable[tuple[Table, Iterable[Row]]], places: Iterable[tuple[str, str]] = ()
) -> None:
    """Write rows of tables, each with its `account` and `region`; `places` are emptied where nothing is written."""
    folder.mkdir(parents=True, exist_ok=True)
    old = tuple(places)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as fresh, connect(threads=1) as database:
        import duckdb

        for table, found in filled:
            try:
                _copy(database, table, found, day, Path(fresh))
            except duckdb.OperationalError as error:  # what DuckDB makes of a full disk, among others
                raise OSError(f"table {table.name}: {error}") from error
            _replace(Path(fresh) / table.name, folder / table.name, day, old)


def empty(folder: Path, day: str, tables: Iterable[Table], places: Iterable[tuple[str, str]]) -> None:
    """Drop what lies in tables of some accounts and Regions."""
    old = tuple(places)
    for table in tables:
        _drop(folder / table.name, day, old)


def day_of(moment: datetime) -> str:
    """The day of a time, as folders are named."""
    return f"{moment:%Y-%m-%d}"


def _copy(database: DuckDBPyConnection, table: Table, found: Iterable[Row], day: str, fresh: Path) -> None:
    source = fresh / f"{table.name}.ndjson"
    count = _lines(source, found)
    if count:
        members = ", ".join(f"{literal(one.name)}: {literal(one.type)}" for one in all_columns(table))
        order = ", ".join(f'"{name}"' for name in ("account", "region", *table.order))
        names = ", ".join(f'"{one.name}"' for one in table.columns)
        database.execute(
            f"""COPY (
                SELECT {names}, {literal(day)} AS day, account, region
                FROM read_json({literal(str(source))}, format='newline_delimited', columns={{{members}}},
                    maximum_object_size=67108864)
                ORDER BY {order}
            ) TO {literal(str(fresh / table.name))}
            ({FORMAT}, PARTITION_BY (day, account, region), FILENAME_PATTERN 'part_{{i}}')"""
        )
    source.unlink()


def _lines(path: Path, found: Iterable[Row]) -> int:
    import orjson

    count = 0
    with path.open("wb") as out:
        for row in found:
            count += 1
            out.write(orjson.dumps({name: _plain(value) for name, value in row.items()}, option=_OPTION))
    return count


_OPTION = 1 << 10 | 1 << 1  # orjson: OPT_APPEND_NEWLINE, OPT_NAIVE_UTC


def _plain(value: Any) -> Any:
    """Times without their offset, which is UTC; everything else as it is."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _replace(fresh: Path, target: Path, day: str, old: Iterable[tuple[str, str]]) -> None:
    """Put what was written in the place of what lies there of the same shards."""
    _drop(target, day, old)
    for shard in _shards(fresh):
        there = target / shard.relative_to(fresh)
        shutil.rmtree(there, ignore_errors=True)
        there.parent.mkdir(parents=True, exist_ok=True)
        shard.replace(there)


def _drop(table: Path, day: str, old: Iterable[tuple[str, str]]) -> None:
    for account, region in old:
        shutil.rmtree(table / f"day={day}" / f"account={account}" / f"region={region}", ignore_errors=True)


def _shards(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("day=*/account=*/region=*")))
