"""Pieces of Python source and their layout: on one line where they fit, else one argument a line with a comma.

The layout is the one that ruff gives: four spaces, 120 columns, a comma behind the last of several lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

WIDTH = 120
STEP = "    "


@dataclass(frozen=True, slots=True)
class Atom:
    """Text that stays on one line."""

    text: str
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call, a list or a dictionary: an opening, arguments (with their keyword or key), a closing."""

    opening: str
    arguments: tuple[tuple[str, Code], ...]
    closing: str
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """Operands joined by `&` or `|`; `grouped`: in parentheses, as an operand of something else."""

    operator: str
    parts: tuple[Code, ...]
    comments: tuple[str, ...] = ()
    grouped: bool = False


Code = Atom | Call | Joined


def text(value: str) -> Atom:
    """A string literal in double quotes."""
    return Atom(quoted(value))


def quoted(value: str) -> str:
    """A string as Python source; what cannot be printed is escaped."""
    spelled = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in spelled)


def call(name: str, *arguments: Code, **keywords: Code | None) -> Call:
    """A call; keywords without a value are left out. A keyword's own underscore at the end stays."""
    named = tuple((f"{key}=", value) for key, value in keywords.items() if value is not None)
    return Call(f"{name}(", (*(("", one) for one in arguments), *named), ")")


def items(values: Iterable[Code]) -> Call:
    """A list."""
    return Call("[", tuple(("", value) for value in values), "]")


def texts(values: Iterable[str]) -> Call:
    """A list of strings."""
    return items(text(value) for value in values)


def pairs(values: Mapping[str, Code]) -> Call:
    """A dictionary."""
    return Call("{", tuple((f"{quoted(key)}: ", value) for key, value in values.items()), "}")


def literal(value: Any) -> Code:
    """Plain data: text, numbers, truth values, None, lists and dictionaries."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return pairs({str(key): literal(item) for key, item in value.items()})
    if isinstance(value, Sequence):
        return items(literal(item) for item in value)
    return Atom(repr(value))


def noted(code: Code, comments: Sequence[str]) -> Code:
    """The piece with comments above it, where it stands on a line of its own."""
    return replace(code, comments=(*code.comments, *comments)) if comments else code


def commented(code: Code) -> bool:
    """Whether a comment stands somewhere inside."""
    match code:
        case Atom():
            return False
        case Call():
            return any(part.comments or commented(part) for _, part in code.arguments)
        case Joined():
            return any(part.comments or commented(part) for part in code.parts)
        case _:
            assert_never(code)


def flat(code: Code) -> str:
    """The piece on one line."""
    match code:
        case Atom():
            return code.text
        case Call():
            inner = ", ".join(f"{key}{flat(part)}" for key, part in code.arguments)
            return f"{code.opening}{inner}{code.closing}"
        case Joined():
            joined = f" {code.operator} ".join(flat(part) for part in code.parts)
            return f"({joined})" if code.grouped else joined
        case _:
            assert_never(code)


def layout(code: Code, *, indent: str = "", before: str = "", after: str = "") -> list[str]:
    """The lines of a piece that stands behind `before` and is followed by `after`."""
    line = f"{indent}{before}{flat(code)}{after}"
    if len(line) <= WIDTH and not commented(code):
        return [line]
    match code:
        case Atom():
            return [line]
        case Call() if not code.arguments:
            return [line]
        case Call():
            inner = [
                one for key, part in code.arguments for one in _line(part, indent=indent + STEP, before=key, after=",")
            ]
            return [f"{indent}{before}{code.opening}", *inner, f"{indent}{code.closing}{after}"]
        case Joined():
            return _operands(code, indent, before, after)
        case _:
            assert_never(code)


def _line(code: Code, *, indent: str, before: str, after: str) -> list[str]:
    """A piece on lines of its own, its comments above it."""
    told = [one for comment in code.comments for one in wrapped(comment, indent)]
    return [*told, *layout(code, indent=indent, before=before, after=after)]


def _operands(code: Joined, indent: str, before: str, after: str) -> list[str]:
    inner: list[str] = []
    for number, part in enumerate(code.parts):
        sign = f"{code.operator} " if number else ""
        inner += _line(part, indent=indent + STEP, before=sign, after="")
    return [f"{indent}{before}(", *inner, f"{indent}){after}"]


def wrapped(comment: str, indent: str = "") -> list[str]:
    """A comment on as many lines as it needs."""
    import textwrap

    plain = " ".join("".join(char if char.isprintable() else " " for char in comment).split())
    head = f"{indent}# "
    return textwrap.wrap(
        plain, WIDTH, initial_indent=head, subsequent_indent=head, break_long_words=False, break_on_hyphens=False
    )


def _escaped(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
