"""The lines of a policy around a place, with the place marked, for a page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstay_contract.findings import Span

Line = Callable[[str, int], "str | None"]
"""A line of a file by path and number (from 1); None where the file cannot be read."""

_AROUND = 1
_MOST = 8
"""Lines that an excerpt has at most; of a longer place its beginning is shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line in three parts, of which the middle one is the place; what all lines are indented by is left out."""

    number: int
    before: str
    marked: str
    after: str


def excerpt(place: Span | None, line: Line) -> tuple[Row, ...]:
    """The place with a line around it; nothing where there is no place or its file cannot be read."""
    if place is None or not line(place.path, place.line):
        return ()
    found = dict(_lines(place, line))
    indent = min(len(text) - len(text.lstrip()) for text in found.values() if text.strip())
    return tuple(_row(number, text, place, indent) for number, text in found.items())


def _lines(place: Span, line: Line) -> Iterator[tuple[int, str]]:
    first = max(1, place.line - _AROUND)
    for number in range(first, min(place.end_line + _AROUND, first + _MOST - 1) + 1):
        text = line(place.path, number)
        if text is None:
            return
        if text.strip() or place.line <= number <= place.end_line:
            yield number, text


def _row(number: int, text: str, place: Span, indent: int) -> Row:
    if not place.line <= number <= place.end_line:
        return Row(number, text[indent:], "", "")
    start = place.column - 1 if number == place.line else len(text) - len(text.lstrip())
    end = max(start, place.end_column - 1 if number == place.end_line else len(text.rstrip()))
    return Row(number, text[min(indent, start) : start], text[start:end], text[end:])
