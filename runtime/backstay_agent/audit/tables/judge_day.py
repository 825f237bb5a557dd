"""Puts controls to the tables of a day, two slices of accounts at a time, each on one thread of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay_agent.audit.tables import opened
from backstay_agent.audit.tables.database import THREADS, connect, literal
from backstay_agent.audit.tables.judge import Judge
from backstay_agent.audit.tables.slices import SIZE, slices
from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import OWNER_TAGS
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.relations import ANYWHERE, wanted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ORDER = "control, account, region, resource, framework, asked_by"
"""The order of findings."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many there are by control and status; the findings that were made rows of, as Parquet."""

    counts: Mapping[tuple[str, str], int]
    parts: tuple[Path, ...]

    def select(self) -> str:
        """SQL of all findings, without order."""
        return f"SELECT * FROM read_parquet([{', '.join(literal(str(part)) for part in self.parts)}])"


@dataclass(frozen=True, slots=True)
class _Task:
    folder: Path
    day: str
    now: datetime
    chosen: Sequence[Control[Any]]
    parameters: Mapping[str, Parameters]
    owner_tags: Sequence[str]
    compliant: bool

    def put(self, database: DuckDBPyConnection, accounts: Sequence[str], part: Path) -> Counter[tuple[str, str]]:
        """Judge a slice, write its findings, and count."""
        with database.cursor() as own:
            opened.attach(own, self.folder, self.day, accounts=accounts)
            judge = Judge(own, self.now, compliant=self.compliant, owner_tags=self.owner_tags)
            counts = judge.put(self.chosen, self.parameters)
            own.execute(f"COPY found TO {literal(str(part))} (FORMAT parquet, COMPRESSION snappy)")
            return counts


def judge_day(
    folder: Path,
    day: str,
    chosen: Sequence[Control[Any]],
    parameters: Mapping[str, Parameters],
    into: Path,
    *,
    owner_tags: Sequence[str] = OWNER_TAGS,
    compliant: bool = False,
    size: int = SIZE,
) -> Verdicts:
    """Judge everything that the tables hold; rows are made of what does not hold (`compliant`: of all), in `into`.

    How it is divided (`size`: bytes of a slice) changes nothing of what is found. Raises MissingDuckDBError, and
    DuckDB's errors for files that are no tables.
    """
    divided = slices(folder, day, size)
    parts = tuple(into / f"part-{number:05}.parquet" for number in range(len(divided)))
    with connect() as database:
        opened.attach(database, folder, day)
        task = _Task(folder, day, _now(database), chosen, parameters, owner_tags, compliant)
        _anywhere(database, task)
        database.execute("SET threads=1")  # of each connection: slices are what is done side by side
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(lambda one: task.put(database, *one), zip(divided, parts, strict=True))
            counts = sum(found, Counter())
    return Verdicts(counts, parts)


def _now(database: DuckDBPyConnection) -> datetime:
    row = database.execute("SELECT min(started) FROM accounts").fetchone()
    started: datetime | None = row[0] if row else None
    return (started or datetime(1970, 1, 1)).replace(tzinfo=UTC)  # noqa: DTZ001 -- DuckDB's times are UTC's


def _anywhere(database: DuckDBPyConnection, task: _Task) -> None:
    """What reaches from one account into another, once for all slices."""
    sqls = (control.sql(task.parameters.get(control.name, Parameters())) for control in task.chosen)
    names = wanted(" ".join(f"{sql.status} {sql.reason} {sql.joins}" for sql in sqls))
    for name in names:
        if name in ANYWHERE:
            database.execute(f"CREATE TABLE {name} AS {ANYWHERE[name]}")
