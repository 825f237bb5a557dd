"""A comment on a pull request that fits into one: parts of rows, cut between rows, with a count of what is left out.

GitHub takes 65,536 characters, GitLab a million; this stays below the smaller.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST = 60_000
_ROOM = 400
"""Kept free for the end of a part and for the count."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, rows of Markdown that each end with a line feed, and an end; without rows it is left out."""

    heading: str
    rows: tuple[str, ...]
    end: str = ""


def fit(head: str, parts: Iterable[Part], rest: str, most: int = MOST) -> str:
    """The head, which is always whole, and as many rows as there is room for; `rest` says where the others are."""
    text, left = head, 0
    for part in parts:
        room = most - _ROOM - len(rest) - len(text) - len(part.heading) - len(part.end)
        shown = _shown(part.rows, room)
        left += len(part.rows) - shown
        if shown:
            text += part.heading + "".join(part.rows[:shown]) + part.end
    return f"{text}\n… and {left:,} more rows, which one comment cannot hold: {rest}.\n" if left else text


def _shown(rows: tuple[str, ...], room: int) -> int:
    """How many of the first rows there is room for."""
    for number, row in enumerate(rows):
        room -= len(row)
        if room < 0:
            return number
    return len(rows)


def table(heading: str, columns: Iterable[str]) -> str:
    """The head of a table, under a heading."""
    names = list(columns)
    return f"\n{heading}\n\n| {' | '.join(names)} |\n|{'---|' * len(names)}\n"
