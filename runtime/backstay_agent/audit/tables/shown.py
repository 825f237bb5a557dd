"""The answer to a question as text, JSON or CSV. No cell reaches a terminal or a spreadsheet as a command. Pure."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from typing import Any

from backstay_agent.audit.tables.question import Answer
from backstay_formats.escape import terminal

_WIDEST = 60
_FORMULA = ("=", "+", "-", "@")


def text(answer: Answer) -> str:
    """A table with a heading and the number of rows below; long cells are cut."""
    rows = [[_cut(_cell(value)) for value in row] for row in answer.rows]
    widths = [max(map(len, column)) for column in zip(answer.columns, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (answer.columns, *rows)
    ]
    many = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
    return "\n".join((*(line.rstrip() for line in lines), f"({many}{', and more' if answer.cut else ''})")) + "\n"


def as_json(answer: Answer) -> str:
    """A list of objects; times in ISO 8601, of UTC."""
    rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
    return json.dumps(rows, indent=2) + "\n"


def as_csv(answer: Answer) -> str:
    """Headings and rows, with the line ends of RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(answer.columns)
    for row in answer.rows:
        cells = (_cell(value) for value in row)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) and not _number(cell) else cell for cell in cells])
    return out.getvalue()


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return str(value)


def _cell(value: Any) -> str:
    plain = _plain(value)
    return terminal(plain if isinstance(plain, str) else "" if plain is None else json.dumps(plain, ensure_ascii=False))


def _cut(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 1]}…"


def _number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
