"""Rows of a report as a file: CSV with a header, or JSON as AWS's samples show it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, assert_never

Row = Mapping[str, Any]
"""Column → value; a column that is missing is not there at all, one that is None has nothing to say."""

Format = Literal["CSV", "JSON"]


def rendered(rows: Sequence[Row], columns: Sequence[str], form: Format) -> bytes:
    """The content of a report file; JSON is an object with the list `reportItems`."""
    match form:
        case "CSV":
            return _csv(rows, columns)
        case "JSON":
            items = [{column: row[column] for column in columns if column in row} for row in rows]
            return json.dumps({"reportItems": items}, indent=2).encode()
        case _:
            assert_never(form)


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)
