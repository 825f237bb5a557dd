"""Opens the tables of one day, for questions: each as a view, empty where nothing lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backstay_agent.audit.tables.database import literal
from backstay_agent.audit.tables.every import TABLES
from backstay_agent.audit.tables.table import FOLDERS, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def days(folder: Path) -> tuple[str, ...]:
    """The days of which something is kept, the oldest first."""
    found = {path.name.removeprefix("day=") for path in folder.glob("accounts/day=*")}
    return tuple(sorted(found))


def attach(
    database: DuckDBPyConnection, folder: Path, day: str | None, *, accounts: Sequence[str] | None = None
) -> None:
    """A view for each table, of one day or (None) of all; of some accounts only, where they are named.

    A view has the columns of its table, account and Region (and with all days `day`) before them. Those of some
    accounts are the connection's own, and hide those of all of them.
    """
    for table in TABLES:
        kind = "VIEW" if accounts is None else "OR REPLACE TEMP VIEW"
        database.execute(f'CREATE {kind} "{table.name}" AS {_select(_files(folder, table, day, accounts), table, day)}')


def _files(folder: Path, table: Table, day: str | None, accounts: Sequence[str] | None) -> list[str]:
    """The files of a table, or one pattern that stands for all of them."""
    within = folder / table.name / ("day=*" if day is None else f"day={day}")
    rest = "region=*/*.parquet"
    if accounts is None:
        any_there = next(folder.glob(f"{table.name}/{within.name}/account=*/{rest}"), None)
        return [] if any_there is None else [str(within / "account=*" / rest)]
    return [str(path) for account in accounts for path in sorted((within / f"account={account}").glob(rest))]


def _select(files: Sequence[str], table: Table, day: str | None) -> str:
    lead = [one.name for one in FOLDERS if day is None or one.name != "day"]
    names = ", ".join(f'"{name}"' for name in (*lead, *(one.name for one in table.columns)))
    if not files:
        nothing = [f'CAST(NULL AS {one.type}) AS "{one.name}"' for one in (*FOLDERS, *table.columns)]
        return f"SELECT {names} FROM (SELECT {', '.join(nothing)}) WHERE FALSE"
    return (
        f"SELECT {names} FROM read_parquet([{', '.join(map(literal, files))}], hive_partitioning=true,"
        " hive_types_autocast=false, union_by_name=false)"
    )
