"""Takes an item out of a list, or an argument out of a call: with its comma, and its lines where it has them alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstay.source import SourceFile
from backstay_contract.findings import Span

_GAP = r"(?:\s|#[^\r\n]*|\\\r?\n)*"
_AFTER_ITEM = re.compile(rf"{_GAP},{_GAP}")
_AFTER_LAST = re.compile(rf"{_GAP},?{_GAP}")
_OPENING = re.compile(rf"{_GAP}\(?{_GAP}")
_REST_OF_LINE = re.compile(r"[ \t]*(?P<comma>,?)[ \t]*(?:#.*)?")

Item = ast.expr | ast.keyword
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Held:
    """An item, its value, and what is around: where the brackets open and close, and its neighbours if it has any."""

    place: Span
    value: Span
    opened: Point
    before: Span | None
    after: Span | None
    closed: Point


def removal(file: SourceFile, span: Span) -> Span | None:
    """What to cut so that the item goes that stands at a place (or has its value there).

    None if no list or call holds it there alone, or if a comment stands where the cut would have to be.
    """
    held = [one for one in _all(file) if span in (one.place, one.value)]
    return _cut(file, held[0]) if len(held) == 1 else None


def _all(file: SourceFile) -> Iterator[_Held]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.List):
            place = file.place(node)
            yield from _items(file, node.elts, (place.line, place.column + 1), place)
        elif isinstance(node, ast.Call):
            function = file.place(node.func)
            items: list[Item] = [*node.args, *node.keywords]
            items.sort(key=lambda item: (item.lineno, item.col_offset))
            yield from _items(file, items, (function.end_line, function.end_column), file.place(node))


def _items(file: SourceFile, items: Sequence[Item], opened: Point, around: Span) -> Iterator[_Held]:
    places = [file.place(item) for item in items]
    values = [file.place(item.value if isinstance(item, ast.keyword) else item) for item in items]
    closed = (around.end_line, around.end_column - 1)
    neighbours = zip([None, *places], [*places[1:], None], strict=False)
    for place, value, (before, after) in zip(places, values, neighbours, strict=False):
        yield _Held(place, value, opened, before, after, closed)


def _cut(file: SourceFile, held: _Held) -> Span | None:
    place = held.place
    before = _between(file, _end(held.before) if held.before else held.opened, _start(place))
    after = _between(file, _end(place), _start(held.after) if held.after else held.closed)
    if not (_AFTER_ITEM if held.before else _OPENING).fullmatch(before):
        return None
    if not (_AFTER_ITEM if held.after else _AFTER_LAST).fullmatch(after):
        return None
    return _lines(file, held) or _inline(held, before, after)


def _lines(file: SourceFile, held: _Held) -> Span | None:
    """Whole lines, if the item has them alone; a comment that stands behind it goes along."""
    place = held.place
    rest = _REST_OF_LINE.fullmatch(file.line(place.end_line)[place.end_column - 1 :])
    if file.line(place.line)[: place.column - 1].strip() or rest is None or (held.after and not rest["comma"]):
        return None
    return Span(place.path, place.line, 1, place.end_line + 1, 1)


def _inline(held: _Held, before: str, after: str) -> Span | None:
    place = held.place
    if held.after is not None:
        return None if "#" in after else Span(place.path, *_start(place), *_start(held.after))
    if held.before is not None:
        return None if "#" in before else Span(place.path, *_end(held.before), *_end(place))
    return None if "#" in after else Span(place.path, *_start(place), *held.closed)


def _between(file: SourceFile, start: Point, end: Point) -> str:
    lines = [file.line(number) for number in range(start[0], end[0] + 1)]
    lines[-1] = lines[-1][: end[1] - 1]
    lines[0] = lines[0][start[1] - 1 :]
    return "\n".join(lines)


def _start(span: Span) -> Point:
    return span.line, span.column


def _end(span: Span) -> Point:
    return span.end_line, span.end_column
