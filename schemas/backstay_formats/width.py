"""How many columns of a terminal a piece of text takes: wide characters two, combining ones none, tabs up to a stop."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import accumulate

from backstay_formats.escape import visible

TAB = 4


@dataclass(frozen=True, slots=True)
class Cells:
    """A source line as it is drawn: what is printed for each character, and the column in which each begins.

    `starts` has one more entry than `shown`: the column after the last character.
    """

    shown: tuple[str, ...]
    starts: tuple[int, ...]

    def column(self, character: int) -> int:
        """The column in which a character (counted from 0, also past the end) begins."""
        past = max(0, character - len(self.shown))
        return self.starts[min(character, len(self.shown))] + past

    def text(self) -> str:
        """The whole line, as printed."""
        return "".join(self.shown)


def cells(line: str) -> Cells:
    """Lay a line out."""
    if line.isascii() and line.isprintable():
        return Cells(tuple(line), tuple(range(len(line) + 1)))  # as most lines are
    shown: list[str] = []
    widths: list[int] = []
    at = 0
    for character in line:
        text, width = _cell(character, at)
        shown.append(text)
        widths.append(width)
        at += width
    return Cells(tuple(shown), tuple(accumulate(widths, initial=0)))


def columns(text: str) -> int:
    """The columns that a text takes once it is made printable."""
    return cells(text).starts[-1]


def _cell(character: str, at: int) -> tuple[str, int]:
    if character == "\t":
        width = TAB - at % TAB
        return " " * width, width
    if unicodedata.combining(character) or unicodedata.category(character) == "Me":
        return character, 0
    text = visible(character)
    wide = text == character and unicodedata.east_asian_width(character) in "WF"
    return text, 2 if wide else len(text)
