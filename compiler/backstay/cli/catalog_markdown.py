"""The catalogue as Markdown: docs/catalog.md is made with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from backstay.cli.catalog_rows import Row, every
from backstay.cli.catalog_text import COLUMNS, MARKS, page
from backstay_aws.catalog import Control, Event, Limit, Region, ResourceType

_TITLES = {
    "types": "Resource types",
    "regions": "Regions",
    "controls": "Controls of Audit Manager",
    "events": "Events of vault notifications",
    "limits": "Quotas and ranges",
}
_INTRODUCTION = """# What AWS Backup can do

Made by `backstay catalog --format markdown` from the tables in `schemas/backstay_aws/catalog/`, where every row has its
source and date. `yes` and `-` are what AWS states; `?` is where AWS says nothing or contradicts itself, and refuses
nothing.
"""


def write(name: str | None, rows: Sequence[Row]) -> str:
    """One row as a section, several as tables; without a name all tables."""
    if len(rows) == 1 and name is not None:
        return "\n".join(_section(rows[0]))
    shown: Iterable[Row] = every() if name is None else rows
    lines = [_INTRODUCTION] if name is None else []
    for table, group in groupby(shown, key=lambda row: row.table):
        lines += [f"## {_TITLES[table]}", "", *_table(list(group)), ""]
    return "\n".join(lines).rstrip("\n")


def _section(row: Row) -> Iterator[str]:
    head, *rest = page(row)
    yield from (f"## {head}", "", "```", *rest, "```")


def _table(rows: Sequence[Row]) -> Iterator[str]:
    facts = [row.fact for row in rows]
    heads = _heads(facts[0])
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for fact in facts:
        for one in (fact, *fact.kinds) if isinstance(fact, ResourceType) else (fact,):
            yield f"| {' | '.join(_cells(one))} |"


def _heads(fact: object) -> list[str]:
    match fact:
        case ResourceType():
            return ["type", *COLUMNS]
        case Region():
            return ["Region", "title", "partition", "to be enabled", "air gap"]
        case Control():
            return ["control", "what it asks", "parameters"]
        case Event():
            return ["event", "delivered", "instead"]
        case _:
            return ["name", "value", "raised on request", "what"]


def _cells(fact: object) -> list[str]:
    match fact:
        case ResourceType():
            name = f"{fact.name}, {fact.kind}" if fact.kind else fact.name
            return [name, *(MARKS[getattr(fact, cell)] for cell in COLUMNS.values())]
        case Region():
            return [fact.name, fact.title, fact.partition, MARKS[fact.opt_in], MARKS[fact.air_gap]]
        case Control():
            return [f"`{fact.name}`", fact.title, ", ".join(one.name for one in fact.parameters)]
        case Event():
            return [f"`{fact.name}`", MARKS[fact.delivered], fact.instead]
        case Limit():
            return [fact.name, f"{fact.value:,}", MARKS[fact.adjustable], fact.title]
    raise AssertionError(f"no row of the catalogue: {fact!r}")
