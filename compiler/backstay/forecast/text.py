"""A forecast for people at a terminal. Pure; text is not escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from backstay.forecast.outlook import Outlook
from backstay.forecast.plot import plot
from backstay.forecast.words import Table, estimate, headline, money, tables

_MOST = 20


def text(found: Outlook, width: int) -> str:
    """The headline, curves, tables and what they rest on, in so many columns."""
    return "\n".join(_lines(found, width))


def _lines(found: Outlook, width: int) -> Iterator[str]:
    ends = found.ask.start.isoformat(), found.end.isoformat()
    yield f"{headline(found)}, from {ends[0]} to {ends[1]}."
    if found.inventory:
        low, likely, high = found.cost
        yield f"Cost in all: ${money(likely)} (${money(low)} to ${money(high)})."
    points = [warm + cold for warm, cold in zip(found.days.warm, found.days.cold, strict=True)]
    yield from ("", f"Recovery points{', cold ones included' if any(found.days.cold) else ''}")
    yield from plot(points, *ends, width=width)
    if found.inventory and any(found.days.gb):
        yield from ("", "US dollars a month")
        yield from plot([row.cost[1] for row in found.total], *ends, width=width, height=5)
    for table in tables(found):
        yield ""
        yield from wrap(f"{table.title} ({table.note})" if table.note else table.title, width)
        yield from aligned(table, width)
    yield ""
    for note in (*(f"note: {note}" for note in found.notes), estimate(found)):
        yield from wrap(note, width)


def aligned(table: Table, width: int) -> Iterator[str]:
    """A table in columns; the first and the longest give way where the width does not do."""
    shown = _shown(table.rows)
    widths = [max(len(row[at]) for row in (table.head, *shown)) for at in range(len(table.head))]
    while sum(widths) + 2 * len(widths) > width and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    for row in (table.head, *shown):
        cells = (
            _cell(cell, size, right=at in table.right) for at, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        yield f"  {'  '.join(cells)}".rstrip()
    if len(shown) < len(table.rows):
        yield f"  … and {len(table.rows) - _MOST:,} more (--format json has all)"


def _shown(rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    if len(rows) <= _MOST + 1:
        return rows
    total = [row for row in rows[_MOST:] if row[0] == "Total"]
    return [*rows[:_MOST], *total]


def _cell(text: str, size: int, *, right: bool) -> str:
    cut = text if len(text) <= size else f"{text[: size - 1]}…"
    return f"{cut:>{size}}" if right else f"{cut:<{size}}"
