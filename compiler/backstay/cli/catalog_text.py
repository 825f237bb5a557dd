"""Rows of the catalogue for a terminal: a page for one row, a table for several."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from typing import assert_never

from backstay.cli.catalog_rows import Row
from backstay_aws.catalog import Cell, Control, Event, Limit, Parameter, Region, ResourceType

WIDTH = 100
MARKS: Mapping[str, str] = {"yes": "yes", "no": "-", "unknown": "?"}
COLUMNS: Mapping[str, str] = {
    # column of the table → cell of the row
    "Region copy": "cross_region",
    "account copy": "cross_account",
    "PITR": "continuous",
    "incr.": "incremental",
    "cold": "cold_storage",
    "air gap": "air_gap",
    "index": "index",
    "restore test": "restore_testing",
    "audit": "audit_manager",
}
_TEXTS = ("name", "title", "kind", "note", "source", "date", "kinds", "gaps", "inferred")


def write(name: str | None, rows: Sequence[Row]) -> str:
    """One row as a page, a table of rows as lines."""
    if len(rows) == 1 and name is not None:
        return "\n".join(page(rows[0]))
    lines = [line for table, group in groupby(rows, key=lambda row: row.table) for line in _table(table, list(group))]
    if name is None:
        lines += ["", "yes: AWS says so   -: AWS says not   ?: AWS leaves it open, or contradicts itself"]
        lines += ["`backstay catalog NAME` shows one row; tables: types, regions, controls, events, limits."]
    return "\n".join(lines)


def page(row: Row) -> Iterator[str]:
    """Everything that is known of one row, and where it is written."""
    fact = row.fact
    match fact:
        case ResourceType():
            yield from _type(fact)
        case Region():
            yield f"{fact.name}: {fact.title}"
            yield from ("", f"  partition                        {fact.partition}")
            yield f"  must be enabled by an account    {fact.opt_in}"
            yield f"  AWS Backup                       {fact.backup}"
            yield f"  logically air-gapped vaults      {fact.air_gap}"
        case Control():
            yield f"{fact.name}: {fact.title}"
            yield from ("", f"  evaluated   {'every day' if fact.trigger == 'periodic' else 'when something changes'}")
            yield f"  scopes      {', '.join(fact.scopes)}"
            yield from (f"  {line}" for one in fact.parameters for line in _parameter(one))
        case Event():
            yield fact.name
            yield from ("", f"  delivered   {fact.delivered}")
            if fact.instead:
                yield f"  instead     {fact.instead}"
        case Limit():
            yield f"{fact.name}: {fact.title}"
            yield from ("", f"  {fact.value:,}   (raised on request: {fact.adjustable})")
        case _:
            assert_never(fact)
    yield from ("", *textwrap.wrap(f"Source: {fact.source}, read {fact.date}", WIDTH, subsequent_indent="  "))


def _type(fact: ResourceType) -> Iterator[str]:
    yield f"{fact.name}: {fact.title}"
    yield ""
    yield from _cells(fact)
    if fact.inferred:
        yield f"  read from silence, not stated: {', '.join(word.replace('_', ' ') for word in fact.inferred)}"
    for gap in fact.gaps:
        yield f"  {gap.cell.replace('_', ' ')}: not in {', '.join(gap.regions)}"
    if fact.note:
        yield from ("", *textwrap.wrap(fact.note, WIDTH))
    for kind in fact.kinds:
        yield from ("", f"{fact.name}, {kind.kind}: {kind.title}")
        different = [name for name in _names() if getattr(kind, name) != getattr(fact, name)]
        yield from (f"  {_label(name):<30} {_shown(getattr(kind, name))}" for name in different)
        if kind.note:
            yield from textwrap.wrap(kind.note, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _cells(fact: ResourceType) -> Iterator[str]:
    for name in _names():
        value = getattr(fact, name)
        if value not in ("", (), 0):
            yield f"  {_label(name):<30} {_shown(value)}"


def _names() -> tuple[str, ...]:
    return tuple(one.name for one in fields(ResourceType) if one.name not in _TEXTS)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _parameter(one: Parameter) -> Iterator[str]:
    ranges = [f"{span.minimum:,} to {span.maximum:,}{f' {span.unit}' if span.unit else ''}" for span in one.ranges]
    facts = [
        f"one of {', '.join(one.choices)}" if one.choices else one.kind,
        *ranges,
        f"at most {one.maximum_items} items" if one.maximum_items else "",
        f"default {one.default}" if one.default is not None else "",
        f"required: {one.required}",
    ]
    yield f"parameter   {one.name}: {'; '.join(fact for fact in facts if fact)}"


def _table(table: str, rows: Sequence[Row]) -> Iterator[str]:
    if table == "types":
        yield from _types([row.fact for row in rows if isinstance(row.fact, ResourceType)])
        return
    wide = max(len(row.fact.name) for row in rows)
    yield from (f"{row.fact.name:<{wide}}  {_line(row)}".rstrip() for row in rows)


def _types(rows: Sequence[ResourceType]) -> Iterator[str]:
    every = [one for row in rows for one in (row, *row.kinds)]
    wide = max(len(_called(one)) for one in every)
    yield f"{'':<{wide}}  " + "  ".join(COLUMNS)
    for one in every:
        cells = (f"{MARKS[_cell(one, cell)]:<{len(title)}}" for title, cell in COLUMNS.items())
        yield f"{_called(one):<{wide}}  {'  '.join(cells)}".rstrip()


def _called(one: ResourceType) -> str:
    return f"{one.name}, {one.kind}" if one.kind else one.name


def _cell(row: ResourceType, name: str) -> Cell:
    value: Cell = getattr(row, name)
    return value


def _line(row: Row) -> str:
    fact = row.fact
    match fact:
        case Region():
            without = "" if fact.air_gap == "yes" else f"  air gap: {fact.air_gap}"
            return f"{fact.partition:<11}  {fact.title}{without}"
        case Limit():
            return f"{fact.value:>13,}  {fact.title}"
        case Event():
            return "delivered" if fact.delivered == "yes" else f"delivered: {fact.delivered}  {fact.instead}"
        case Control() | ResourceType():
            return fact.title
        case _:
            assert_never(fact)
