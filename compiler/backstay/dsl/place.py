"""Where a policy file wrote a node: the extent of the constructor call, read off the caller's frame."""

from __future__ import annotations

import sys
from types import CodeType, FrameType

from backstay_contract.findings import Span

_INSIDE = "backstay.dsl"
_Positions = list[tuple[int | None, int | None, int | None, int | None]]
_tables: dict[int, tuple[CodeType, _Positions]] = {}


def caller() -> Span | None:
    """The call expression outside this package that is being evaluated now.

    Columns are those of CPython's position table: counted in UTF-8 bytes from 0. The loader turns them into
    characters from 1 (`backstay.source`), since only it has the text.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(_INSIDE):
        frame = frame.f_back
    return None if frame is None else at(frame.f_code, frame.f_lasti)


def at(code: CodeType, instruction: int) -> Span | None:
    """The extent of the expression that an instruction (`f_lasti`, `tb_lasti`) belongs to."""
    table = _table(code)
    line, end_line, column, end_column = table[instruction // 2] if instruction // 2 < len(table) else (None,) * 4
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return Span(code.co_filename, line, column, end_line, end_column)


def _table(code: CodeType) -> _Positions:
    """The position table, unpacked once a code object: a file of a thousand rules asks it thousands of times."""
    known = _tables.get(id(code))
    if known is None:
        known = _tables[id(code)] = (code, list(code.co_positions()))
    return known[1]
