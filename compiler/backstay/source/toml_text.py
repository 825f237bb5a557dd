"""TOML as plain data with places: the standard library reads it, and where each key and value stands is found here."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from itertools import accumulate

from backstay.source.text import DataPath, Fault, Text
from backstay_contract.findings import Span

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BASIC = r'"(?:[^"\\\n]|\\.)*"'
_LITERAL = r"'[^'\n]*'"
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}' + r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}" + f"|{_BASIC}|{_LITERAL}", re.DOTALL
)
_PART = re.compile(rf"[ \t]*(?P<part>{_BASIC}|{_LITERAL}|[A-Za-z0-9_-]+)[ \t]*")
_SIMPLE = re.compile(r"\d{4}-\d\d-\d\d [\d:.]+(?:[Zz]|[+-]\d\d:\d\d)?|[^\s,\]}#]+")
_AT = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")

Key = list[tuple[str, Span]]
"""The parts of a dotted key, each with its place."""


def read_toml(path: str, text: str) -> Text:
    """Take TOML apart; what is no TOML is one fault, where it stops being one."""
    found = Text(path)
    places = _Places(found, text)
    try:
        found.data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found.faults.append(places.fault(str(error)))
    except RecursionError:
        found.faults.append(Fault("broken", "this is no TOML: it is nested too deeply", Span(path, 1, 1, 1, 2)))
    else:
        places.document()
    return found


class _Places:
    """Walks over a text that is TOML for certain; `position` is where it has come to."""

    def __init__(self, found: Text, text: str) -> None:
        self.found = found
        self.text = text
        self.position = 0
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self.tables: dict[DataPath, int] = {}

    def fault(self, message: str) -> Fault:
        """What the standard library says, at the place that it names."""
        at = _AT.search(message)
        said = message[: at.start()] if at else message
        line = int(at[1]) if at and at[1] else len(self.starts) - 1
        column = int(at[2]) if at and at[2] else 1
        return Fault("broken", f"this is no TOML: {said}", Span(self.found.path, line, column, line, column + 1))

    def document(self) -> None:
        """Note the places of all keys and values."""
        table: DataPath = ()
        while self._next():
            if self.text[self.position] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> str:
        """Step over spaces, ends of lines and comments; the character behind them, nothing at the end."""
        match = _BLANK.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def _span(self, start: int, end: int) -> Span:
        """A piece of the text; of several lines only the first, as people look for it there."""
        line, column = self._at(start)
        end_line, end_column = self._at(end)
        if end_line != line:
            end_line, end_column = line, self.starts[line] - self.starts[line - 1]
        return Span(self.found.path, line, column, end_line, end_column)

    def _at(self, position: int) -> tuple[int, int]:
        line = bisect_right(self.starts, position, hi=len(self.starts) - 1)
        return line, position - self.starts[line - 1] + 1

    def _key(self) -> Key:
        parts: Key = []
        while match := _PART.match(self.text, self.position):
            raw = match["part"]
            name = tomllib.loads(f"x = {raw}")["x"] if raw[0] in "\"'" else raw
            parts.append((name, self._span(match.start("part"), match.end("part"))))
            self.position = match.end()
            if self.text[self.position : self.position + 1] != ".":
                break
            self.position += 1
        return parts

    def _header(self) -> DataPath:
        start = self.position
        several = self.text.startswith("[[", start)
        self.position += 2 if several else 1
        *outer, last = self._key()
        self.position += 2 if several else 1
        path: DataPath = (*self._named((), outer), last[0])
        self.found.keys.setdefault(path, last[1])
        if several:
            self.tables[path] = self.tables.get(path, 0) + 1
            path = (*path, self.tables[path] - 1)
        self.found.spans.setdefault(path, self._span(start, self.position))
        return path

    def _named(self, path: DataPath, key: Key) -> DataPath:
        """Where the parts of a key lead; into the last table where there are several of one name."""
        for name, place in key:
            path = (*path, name)
            self.found.keys.setdefault(path, place)
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
        return path

    def _pair(self, table: DataPath) -> None:
        path = self._named(table, self._key())
        self.position += 1  # the sign of equality
        self._value(path)

    def _value(self, path: DataPath) -> None:
        opening = self._next()
        start = self.position
        if opening in ("[", "{"):
            self._several(path, "]" if opening == "[" else "}")
        else:
            match = _STRING.match(self.text, start) or _SIMPLE.match(self.text, start)
            self.position = match.end() if match else len(self.text)
        self.found.spans[path] = self._span(start, self.position)

    def _several(self, path: DataPath, closing: str) -> None:
        """The items of a list or the pairs of a table in braces."""
        self.position += 1
        number = 0
        while self._next() not in (closing, ""):
            if closing == "]":
                self._value((*path, number))
            else:
                self._pair(path)
            number += 1
            if self._next() == ",":
                self.position += 1
        self.position += 1
