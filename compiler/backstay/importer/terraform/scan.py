"""Finds variables and directives in the text of a template: heredocs, and all text of `.tf.json`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_BEGIN = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_INSIDE = re.compile(r'["{}]')
_QUOTED = re.compile(r'(?:[^"\\$]|\\.|\$(?!\{))*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A piece of a template: text, the inside of `${ }`, or the inside of `%{ }`, and where it begins in the text."""

    kind: Literal["text", "expression", "directive"]
    content: str
    start: int


class UnclosedError(Exception):
    """A `${` or `%{` without its brace."""


def scanned(text: str) -> Iterator[Scanned]:
    """The pieces of a template's text, in order."""
    last = position = 0
    plain: list[str] = []
    while (begin := _BEGIN.search(text, position)) is not None:
        plain.append(text[last : begin.start()])
        if len(begin[0]) == 3:
            plain.append(begin[0][1:])
            last = position = begin.end()
            continue
        if any(plain):
            yield Scanned("text", "".join(plain), last)
        plain = []
        end = _end(text, begin.end())
        yield Scanned("expression" if begin[0] == "${" else "directive", text[begin.end() : end], begin.end())
        last = position = end + 1
    plain.append(text[last:])
    if any(plain):
        yield Scanned("text", "".join(plain), last)


def _end(text: str, position: int) -> int:
    """Where the brace stands that closes what was opened before `position`; quotes and braces inside are stepped over.

    `opened` holds what is open: `{` for braces, `"` for quotes (whose own `${ }` open braces again).
    """
    opened = ["{"]
    while opened:
        if opened[-1] == '"':
            rest = _QUOTED.match(text, position)
            position = rest.end() if rest is not None else position
            if text.startswith("${", position):
                opened.append("{")
                position += 2
            elif text.startswith('"', position):
                opened.pop()
                position += 1
            else:
                break
            continue
        found = _INSIDE.search(text, position)
        if found is None:
            break
        position = found.end()
        if found[0] == "}":
            opened.pop()
        else:
            opened.append(found[0])
    if opened:
        raise UnclosedError("a `${` or `%{` is not closed")
    return position - 1
