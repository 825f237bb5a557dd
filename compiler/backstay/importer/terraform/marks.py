"""Turns the parts of a template, as they come one after another, into text, variables, choices and loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from backstay.importer.terraform.syntax import Choice, Expression, Loop, Part


@dataclass(frozen=True, slots=True)
class Mark:
    """`%{ if }`, `%{ else }`, `%{ endif }`, `%{ for }`, `%{ endfor }`; a tilde takes the white space beside it away."""

    kind: Literal["if", "else", "endif", "for", "endfor"]
    expression: Expression | None = None
    key: str | None = None
    value: str = ""
    before: bool = False
    behind: bool = False


Piece = str | Expression | Mark


class UnmatchedError(Exception):
    """A directive without its beginning or end."""


def assembled(pieces: list[Piece]) -> tuple[Part, ...]:
    """The parts of a template; raises `UnmatchedError` where directives do not fit together."""
    stream = iter(_stripped(pieces))
    parts, end = _until(stream)
    if end is not None:
        raise UnmatchedError(f"`%{{ {end.kind} }}` has no beginning")
    return parts


def _until(stream: Iterator[Piece]) -> tuple[tuple[Part, ...], Mark | None]:
    """Parts up to a mark that ends them."""
    parts: list[Part] = []
    for piece in stream:
        if not isinstance(piece, Mark):
            parts.append(piece)
        elif piece.kind in ("else", "endif", "endfor"):
            return tuple(parts), piece
        else:
            parts.append(_directive(piece, stream))
    return tuple(parts), None


def _directive(mark: Mark, stream: Iterator[Piece]) -> Part:
    then, end = _until(stream)
    if mark.expression is None:
        raise UnmatchedError(f"`%{{ {mark.kind} }}` lacks its expression")
    if mark.kind == "for":
        if end is None or end.kind != "endfor":
            raise UnmatchedError("`%{ for }` has no `%{ endfor }`")
        return Loop(mark.key, mark.value, mark.expression, then)
    otherwise: tuple[Part, ...] = ()
    if end is not None and end.kind == "else":
        otherwise, end = _until(stream)
    if end is None or end.kind != "endif":
        raise UnmatchedError("`%{ if }` has no `%{ endif }`")
    return Choice(mark.expression, then, otherwise)


def _stripped(pieces: list[Piece]) -> Iterator[Piece]:
    for number, piece in enumerate(pieces):
        if not isinstance(piece, str):
            yield piece
            continue
        before = pieces[number - 1] if number else None
        behind = pieces[number + 1] if number + 1 < len(pieces) else None
        text = piece.lstrip() if isinstance(before, Mark) and before.behind else piece
        yield text.rstrip() if isinstance(behind, Mark) and behind.before else text
