"""One's own question in SQL over the kept tables: read-only, and about nothing but them.

Three walls: only one SELECT is run; no file outside of the tables can be opened; no setting can be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstay_agent.audit.tables import opened
from backstay_agent.audit.tables.database import connect, literal


class QuestionError(Exception):
    """A question that cannot be answered; the message says why, in DuckDB's words where they are its."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns' names and the rows; `cut` where there were more rows than were asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool = False


def ask(folder: Path, sql: str, day: str | None = None, *, every_day: bool = False, most: int | None = None) -> Answer:
    """Run one SELECT over the tables of a day (the newest where none is named), or over those of all days.

    Raises QuestionError, MissingDuckDBError.
    """
    chosen = choose_day(opened.days(folder), day, str(folder))
    with connect() as database:
        import duckdb

        try:
            opened.attach(database, folder.resolve(), None if every_day else chosen)
            database.execute(
                f"SET allowed_directories=[{literal(str(folder.resolve()))}]; SET enable_external_access=false;"
                " SET python_enable_replacements=false; SET lock_configuration=true"
            )
            statements = database.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise QuestionError("only one SELECT can be asked: the tables are read, and nothing else is done")
            return _answer(database.execute(statements[0]), most)
        except duckdb.Error as error:
            raise QuestionError(str(error)) from None


def choose_day(known: Sequence[str], day: str | None, where: str) -> str:
    """That day, or the newest of those kept; raises QuestionError."""
    if not known:
        raise QuestionError(f"there are no tables in {where}: run backstay audit BUILD first")
    if day is not None and day not in known:
        raise QuestionError(f"there is no audit of {day}; the days kept are {_told_days(known)}")
    return day or known[-1]


def named_in(sql: str) -> frozenset[str]:
    """The tables that a question names; raises QuestionError where it is none, MissingDuckDBError."""
    with connect() as database:
        import duckdb

        try:
            return frozenset(database.get_table_names(sql))
        except duckdb.Error as error:
            raise QuestionError(str(error)) from None


def _told_days(known: Sequence[str]) -> str:
    """The days in one line, the latest ones where there are many."""
    shown = ", ".join(known[-5:])
    return shown if len(known) <= 5 else f"{len(known)} from {known[0]} on, the latest {shown}"


def _answer(found: Any, most: int | None) -> Answer:
    columns = tuple(str(column[0]) for column in found.description)
    rows = found.fetchall() if most is None else found.fetchmany(most + 1)
    cut = most is not None and len(rows) > most
    return Answer(columns, tuple(rows[:most] if cut else rows), cut)


TREND = """
    SELECT day, control, count(*) FILTER (WHERE status = 'NON_COMPLIANT') AS failed,
        count(*) FILTER (WHERE status = 'UNKNOWN') AS unknown, count(*) FILTER (WHERE status = 'COMPLIANT') AS held
    FROM findings GROUP BY day, control ORDER BY control, day
"""
"""How many findings of each control there were, day by day."""
