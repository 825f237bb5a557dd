"""JSON with places: a strict reader that keeps repeated members, the spelling of numbers, and where everything stands.

Repeated members and spelling are kept because Organizations judges by them: two equal keys are refused, and `60` is an
integer where `60.0` is none.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from json import decoder
from typing import Any, Literal, TypeAlias

DEEPEST = 100
_LONGEST = 400  # characters of a number; Python refuses to make integers of very long ones
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9a-zA-Z.])")
_WORD = re.compile(r"[A-Za-z_$][\w$.]*")
_scan: Any = vars(decoder)["scanstring"]  # typeshed does not know it


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A piece of a text. Lines and columns count from 1, in characters; `end_column` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: `text` is what a string says, or how a number, boolean or null is spelled."""

    text: str
    kind: Literal["string", "number", "boolean", "null"]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """A list."""

    items: tuple[Node, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A name with its value; `place` is the name's."""

    name: str
    value: Node
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """An object with its members as they were written, repeated ones too."""

    members: tuple[Member, ...]
    place: Place | None = None

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def get(self, name: str) -> Node | None:
        """The value of the first member of that name."""
        return next((member.value for member in self.members if member.name == name), None)


Node: TypeAlias = Scalar | Array | Object


class TextError(ValueError):
    """The text is no JSON: what is wrong, and where it stops being JSON."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def read(text: str) -> Node:
    """Take a JSON text apart; raises `TextError` at the first character that is wrong."""
    return _Reader(text).document()


def node(data: Any) -> Node:
    """Plain data as nodes without places."""
    match data:
        case Mapping():
            return Object(tuple(Member(str(name), node(value)) for name, value in data.items()))
        case list() | tuple():
            return Array(tuple(map(node, data)))
        case str():
            return Scalar(data, "string")
        case bool():
            return Scalar("true" if data else "false", "boolean")
        case None:
            return Scalar("null", "null")
        case _:
            return Scalar(json.dumps(data), "number")


def data(one: Node) -> Any:
    """Nodes as plain data; of repeated members the last counts, as in Python's own reader."""
    match one:
        case Object():
            return {member.name: data(member.value) for member in one}
        case Array():
            return [data(item) for item in one.items]
        case Scalar(kind="string"):
            return one.text
        case Scalar(kind="number") if len(one.text) > _LONGEST:
            return float(one.text)
        case Scalar():
            return json.loads(one.text)


def written(one: Node) -> str:
    """Nodes as text in its shortest form; repeated members and the spelling of numbers stay."""
    match one:
        case Object():
            return f"{{{','.join(f'{_quoted(member.name)}:{written(member.value)}' for member in one)}}}"
        case Array():
            return f"[{','.join(map(written, one.items))}]"
        case Scalar():
            return _quoted(one.text) if one.kind == "string" else one.text


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


class _Reader:
    """Reads one text from its beginning to its end; `position` is where it has come to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        lengths = (len(line) + 1 for line in text.split("\n"))
        self.starts = [0, *accumulate(lengths)][:-1]

    def document(self) -> Node:
        """The one value that the text is."""
        value = self._value(0)
        if self._space():
            raise self._wrong("there is more behind the end of the value")
        return value

    def _at(self, position: int) -> tuple[int, int]:
        line = bisect_right(self.starts, position)
        return line, position - self.starts[line - 1] + 1

    def _place(self, start: int) -> Place:
        return Place(*self._at(start), *self._at(self.position))

    def _wrong(self, message: str, position: int | None = None) -> TextError:
        line, column = self._at(self.position if position is None else position)
        if self.text.startswith(("//", "/*", "#"), self.position):
            message = "JSON has no comments"
        return TextError(message, Place(line, column, line, column + 1))

    def _space(self) -> str:
        """The next character that counts; empty at the end."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def _value(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._wrong("it is nested too deeply")
        match self._space():
            case "{":
                return self._object(depth)
            case "[":
                return self._array(depth)
            case '"':
                start = self.position
                return Scalar(self._string(), "string", self._place(start))
            case "":
                raise self._wrong("the text ends where a value should stand")
            case _:
                return self._simple()

    def _object(self, depth: int) -> Object:
        start, members = self.position, []
        self.position += 1
        more = self._space() != "}"
        while more:
            members.append(self._member(depth))
            more = self._goes_on("}")
        self.position += 1
        return Object(tuple(members), self._place(start))

    def _member(self, depth: int) -> Member:
        if self._space() != '"':
            raise self._wrong("a member's name in double quotes should stand here")
        start = self.position
        name = self._string()
        place = self._place(start)
        if self._space() != ":":
            raise self._wrong(f"a `:` should stand behind the name `{name}`")
        self.position += 1
        return Member(name, self._value(depth + 1), place)

    def _array(self, depth: int) -> Array:
        start, items = self.position, []
        self.position += 1
        more = self._space() != "]"
        while more:
            items.append(self._value(depth + 1))
            more = self._goes_on("]")
        self.position += 1
        return Array(tuple(items), self._place(start))

    def _goes_on(self, bracket: str) -> bool:
        """Steps over a comma; whether there was one. It stands before the bracket if there was none."""
        found = self._space()
        if found == bracket:
            return False
        if found != ",":
            raise self._wrong(f"a `,` or the closing `{bracket}` should stand here")
        comma = self.position
        self.position += 1
        if self._space() == bracket:
            raise self._wrong(f"no `,` stands before the closing `{bracket}`", comma)
        return True

    def _string(self) -> str:
        try:
            value, self.position = _scan(self.text, self.position + 1, True)
        except json.JSONDecodeError as error:
            said = {"Unterminated string starting at": "this text has no closing quote"}.get(error.msg, error.msg)
            raise self._wrong(said[:1].lower() + said[1:], error.pos) from None
        return str(value)

    def _simple(self) -> Scalar:
        start = self.position
        if number := _NUMBER.match(self.text, start):
            self.position = number.end()
            return Scalar(number[0], "number", self._place(start))
        word = _WORD.match(self.text, start)
        if word is None or word[0] not in ("true", "false", "null"):
            raise self._wrong(f"`{word[0]}` is no value" if word is not None else "a value should stand here")
        self.position = word.end()
        return Scalar(word[0], "null" if word[0] == "null" else "boolean", self._place(start))
