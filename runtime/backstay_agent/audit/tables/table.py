"""What a table is: its columns with types and meaning, and how the facts of a place become its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from backstay_agent.controls.facts import Place

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; the type as DuckDB writes it, times in UTC."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Day, account and Region are the folders that its files lie in, so they are columns of every table.

    `order` are the columns that a file's rows are sorted by; `rows` gives those of a place at AWS's time of the audit.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    rows: Callable[[Place, datetime], Iterable[Row]]


FOLDERS = (
    Column("day", "VARCHAR", "the day of the audit, `2026-11-29`, by AWS's time in UTC"),
    Column("account", "VARCHAR", "the account's twelve digits"),
    Column("region", "VARCHAR", "the Region, such as `eu-central-1`"),
)
"""The columns that every table has, as names of folders and not in the files."""


def columns(text: str) -> tuple[Column, ...]:
    """Columns from lines `name TYPE: meaning`; a type may hold spaces."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        head, _, meaning = line.partition(": ")
        name, _, kind = head.partition(" ")
        found.append(Column(name, kind, meaning))
    return tuple(found)


def of(row: Any, **more: Any) -> dict[str, Any]:
    """The members of a frozen row, without copying them, and more."""
    return {field.name: getattr(row, field.name) for field in fields(row)} | more
