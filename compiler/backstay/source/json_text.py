"""JSON as plain data with places: strict, but it goes on after a repeated member and says where it gave up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from json import JSONDecodeError, decoder
from typing import Any

from backstay.source.text import DataPath, Fault, Text
from backstay_contract.findings import Span

DEEPEST = 100
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9a-zA-Z.])")
_WORD = re.compile(r"[A-Za-z_$][\w$.]*")
_scan: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]  # typeshed does not know it
_WORDS = {"true": True, "false": False, "null": None}


def read_json(path: str, text: str, *, bare: re.Pattern[str] | None = None) -> Text:
    """Take JSON apart; what is no JSON is one fault, at the character where it stops being one.

    `bare`: what may stand without quotes where a value should, and is then a text (placeholders of a generator).
    """
    found = Text(path)
    reader = _Reader(found, text, bare)
    try:
        found.data = reader.document()
    except JSONDecodeError as error:
        found.faults.append(Fault("broken", f"this is no JSON: {error.msg}", reader.span(error.pos, error.pos + 1)))
    return found


class _Reader:
    """Reads one text from its beginning to its end; `position` is where it has come to."""

    def __init__(self, found: Text, text: str, bare: re.Pattern[str] | None) -> None:
        self.found = found
        self.bare = bare
        self.text = text
        self.position = 0
        self.starts = [0, *accumulate(len(line) for line in text.split("\n"))]
        self.starts = [start + number for number, start in enumerate(self.starts)]

    def span(self, start: int, end: int) -> Span:
        """A piece of the text; of several lines only the beginning, as people look for it there."""
        line, column = self._at(start)
        end_line, end_column = self._at(end)
        if end_line != line:
            end_line, end_column = line, column + 1
        return Span(self.found.path, line, column, end_line, end_column)

    def document(self) -> Any:
        """The one value that the text is."""
        value = self._value(())
        self._space()
        if self.position < len(self.text):
            raise self._wrong("there is more behind the end of the value")
        return value

    def _at(self, position: int) -> tuple[int, int]:
        line = bisect_right(self.starts, position, hi=len(self.starts) - 1)
        return line, position - self.starts[line - 1] + 1

    def _space(self) -> str:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def _wrong(self, message: str) -> JSONDecodeError:
        if self.text.startswith(("//", "/*", "#"), self.position):
            message = "JSON has no comments"
        return JSONDecodeError(message, self.text, self.position)

    def _value(self, path: DataPath) -> Any:
        if len(path) > DEEPEST:
            raise self._wrong("it is nested too deeply")
        read: Callable[[DataPath], Any]
        match self._space():
            case "{":
                read = self._object
            case "[":
                read = self._array
            case '"':
                read = self._string
            case "":
                raise self._wrong("the text ends where a value should stand")
            case _:
                read = self._simple
        start = self.position
        self.found.spans[path] = self.span(start, start + 1)
        value = read(path)
        self.found.spans[path] = self.span(start, self.position)
        return value

    def _object(self, path: DataPath) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self.position += 1
        if self._space() == "}":
            self.position += 1
            return members
        while True:
            if self._space() != '"':
                raise self._wrong("a member's name in double quotes should stand here")
            start = self.position
            name = self._string(path)
            self._name(members, (*path, name), name, self.span(start, self.position))
            if self._space() != ":":
                raise self._wrong(f"a `:` should stand behind the name `{name}`")
            self.position += 1
            members[name] = self._value((*path, name))
            if self._ends("}"):
                return members

    def _name(self, members: dict[str, Any], path: DataPath, name: str, place: Span) -> None:
        if name in members:
            first = self.found.keys[path]
            message = f"`{name}` is here for the second time; the first is in line {first.line}"
            self.found.faults.append(Fault("repeated", message, place, first))
        self.found.keys.setdefault(path, place)

    def _array(self, path: DataPath) -> list[Any]:
        items: list[Any] = []
        self.position += 1
        if self._space() == "]":
            self.position += 1
            return items
        while True:
            items.append(self._value((*path, len(items))))
            if self._ends("]"):
                return items

    def _ends(self, bracket: str) -> bool:
        """Whether the object or list ends here; else steps over the comma."""
        comma = self.position
        match self._space():
            case found if found == bracket:
                self.position += 1
                return True
            case ",":
                comma = self.position
                self.position += 1
                if self._space() == bracket:
                    self.position = comma
                    raise self._wrong(f"no `,` stands before the closing `{bracket}`")
                return False
            case "":
                raise self._wrong(f"the text ends before the closing `{bracket}`")
            case _:
                self.position = self.position if self._space() in "}]" else comma
                raise self._wrong(f"a `,` or the closing `{bracket}` should stand here")

    def _string(self, _path: DataPath) -> str:
        try:
            value, self.position = _scan(self.text, self.position + 1, True)
        except JSONDecodeError as error:
            said = {"Unterminated string starting at": "this text has no closing quote"}.get(error.msg, error.msg)
            raise JSONDecodeError(said[:1].lower() + said[1:], self.text, error.pos) from None
        return value

    def _simple(self, _path: DataPath) -> Any:
        number = _NUMBER.match(self.text, self.position)
        if number is not None:
            self.position = number.end()
            return float(number[0]) if number[1] or number[2] else int(number[0][:400])
        placeholder = self.bare.match(self.text, self.position) if self.bare is not None else None
        if placeholder is not None:
            self.position = placeholder.end()
            return placeholder[0]
        word = _WORD.match(self.text, self.position)
        if word is not None and word[0] in _WORDS:
            self.position = word.end()
            return _WORDS[word[0]]
        raise self._wrong(f"`{word[0]}` is no value" if word is not None else "a value should stand here")
