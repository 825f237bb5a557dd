"""Places as the protocol counts them: lines and characters from 0, characters in units that the editor chose."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec

from backstay_contract.findings import Span

Point = tuple[int, int]


def range_of(lines: Sequence[str], span: Span, codec: PositionCodec) -> types.Range:
    """The range of a place in a text with these lines; what lies behind the end of one ends there."""
    start = _position(lines, span.line, span.column, codec)
    return types.Range(start, _position(lines, span.end_line, span.end_column, codec))


def point_of(lines: Sequence[str], position: types.Position, codec: PositionCodec) -> Point:
    """A position as line and column, both from 1."""
    found = codec.position_from_client_units(lines, position)
    return found.line + 1, found.character + 1


def touches(span: Span, start: Point, end: Point) -> bool:
    """Whether a place and a stretch of text have a character in common, or meet."""
    return (span.line, span.column) <= end and start <= (span.end_line, span.end_column)


def _position(lines: Sequence[str], line: int, column: int, codec: PositionCodec) -> types.Position:
    if line > len(lines):
        last = lines[-1] if lines else ""
        return types.Position(max(len(lines) - 1, 0), codec.client_num_units(last))
    return types.Position(line - 1, codec.client_num_units(lines[line - 1][: column - 1]))
