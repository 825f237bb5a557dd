"""Rows of the catalogue by what a person calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from backstay_aws import catalog
from backstay_aws.catalog import Control, Event, Limit, Region, ResourceType

Table = Literal["types", "regions", "controls", "events", "limits"]
Fact = ResourceType | Region | Control | Event | Limit


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the table that it stands in."""

    table: Table
    fact: Fact

    @property
    def names(self) -> tuple[str, ...]:
        """What the row may be asked for by: its name, and in CloudFormation's and the console's words."""
        fact = self.fact
        match fact:
            case ResourceType():
                return (fact.name, fact.opt_in, fact.cfn_type, fact.title)
            case Region() | Control() | Limit():
                return (fact.name, fact.title)
            case Event():
                return (fact.name,)


def every() -> Iterator[Row]:
    """All rows, table by table."""
    yield from (Row("types", one) for one in catalog.resource_types())
    yield from (Row("regions", one) for one in catalog.regions())
    yield from (Row("controls", one) for one in catalog.controls())
    yield from (Row("events", one) for one in catalog.events())
    yield from (Row("limits", one) for one in catalog.limits())


def find(name: str | None) -> tuple[Row, ...]:
    """The rows of a table, or the one of a name in any case; without a name every resource type."""
    wanted = (name or "types").casefold()
    rows = tuple(every())
    table = tuple(row for row in rows if row.table == wanted)
    return table or _named(rows, wanted)


def _named(rows: Iterable[Row], wanted: str) -> tuple[Row, ...]:
    return tuple(row for row in rows if wanted in {name.casefold() for name in row.names})[:1]


def unknown(name: str) -> str:
    """The complaint about a name that nothing has, with the nearest that something has."""
    rows = tuple(every())
    known = {one.casefold(): one for row in rows for one in (row.table, *row.names)}
    near = get_close_matches(name.casefold(), known, n=1)
    hint = f"did you mean `{known[near[0]]}`?" if near else "the tables are types, regions, controls, events, limits"
    return f"the catalogue has no `{name}`; {hint}"
