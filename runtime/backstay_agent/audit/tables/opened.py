"""Opens the tables of one day, for questions: each as a view, empty where nothing lies."""

from __future__ import annotations

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


def attach(database: DuckDBPyConnection, folder: Path, day: str | None, *, copied: bool = False) -> None:
    """A view for each table, of one day or (None) of all; `copied`: a table in memory instead, so that no file is read.

    A view has the columns of its table, account and Region (and with all days `day`) before them.
    """
    for table in TABLES:
        kind = "TABLE" if copied else "VIEW"
        database.execute(f'CREATE {kind} "{table.name}" AS {_select(folder, table, day)}')


def _select(folder: Path, table: Table, day: str | None) -> str:
    lead = [one.name for one in FOLDERS if day is None or one.name != "day"]
    names = ", ".join(f'"{name}"' for name in (*lead, *(one.name for one in table.columns)))
    within = folder / table.name / ("day=*" if day is None else f"day={day}")
    pattern = str(within / "account=*" / "region=*" / "*.parquet")
    if next(folder.glob(f"{table.name}/{within.name}/account=*/region=*/*.parquet"), None) is None:
        nothing = [f'CAST(NULL AS {one.type}) AS "{one.name}"' for one in (*FOLDERS, *table.columns)]
        return f"SELECT {names} FROM (SELECT {', '.join(nothing)}) WHERE FALSE"
    return (
        f"SELECT {names} FROM read_parquet({literal(pattern)}, hive_partitioning=true, hive_types_autocast=false,"
        " union_by_name=false)"
    )
