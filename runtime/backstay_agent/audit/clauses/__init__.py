"""Which clauses of regulations and standards a control bears on: rows with sources, metadata and no legal advice."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A regulation or standard: `source` says where it stands, `date` when its rows were written."""

    name: str
    title: str
    version: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a text, as it is cited, and in our words what it is about."""

    text: str
    id: str
    title: str

    @property
    def cited(self) -> str:
        """The clause with its text, as one word for labels: `NIST-800-53 CP-9`."""
        return f"{self.text} {self.id}"


def texts() -> tuple[Text, ...]:
    """The regulations and standards of the table, in its order."""
    return tuple(
        Text(row["name"], row["title"], row["version"], row["source"], row["date"]) for row in _table()["text"]
    )


def of(control: str) -> tuple[Clause, ...]:
    """The clauses that a control bears on, in the order of the table; none for one that the table does not name."""
    return _by_control().get(control, ())


def of_text(name: str) -> tuple[Clause, ...]:
    """The clauses of a text, in its order."""
    return tuple(
        Clause(row["name"], clause["id"], clause["title"])
        for row in _table()["text"]
        for clause in row["clauses"]
        if row["name"] == name
    )


@cache
def _by_control() -> Mapping[str, tuple[Clause, ...]]:
    known = {
        (row["name"], clause["id"]): Clause(row["name"], clause["id"], clause["title"])
        for row in _table()["text"]
        for clause in row["clauses"]
    }
    return {
        row["name"]: tuple(known[text.name, cited] for text in texts() for cited in row.get(text.name, ()))
        for row in _table()["control"]
    }


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__name__).joinpath("clauses.toml").read_text("utf-8"))
