"""Coverage as a table for people, like that of coverage.py, and as JSON for programs. Pure; text is not escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backstay.coverage.items import Item
    from backstay.coverage.measure import Coverage
    from backstay.coverage.reached import Reached

_HEADS = ("Name", "Items", "Missed", "Cover", "Lines")
_ELSEWHERE = "(no file)"
Row = tuple["Item", bool]


def percent(rows: Sequence[Row]) -> float:
    """How many of a hundred items were reached; all, where there is none."""
    return 100.0 * sum(hit for _, hit in rows) / len(rows) if rows else 100.0


def shown(share: float) -> str:
    """A percentage in whole numbers, rounded down: 100 % is all."""
    return f"{int(share)}%"


def text(found: Coverage) -> str:
    """The table by file, then everything that was not reached at its place, then the accounts."""
    files = [(path, list(rows)) for path, rows in groupby(found.items, key=lambda row: _path(row[0]))]
    table = [_HEADS, *(_line(path, rows) for path, rows in files), _line("TOTAL", list(found.items), lines=False)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEADS) - 1)]
    rule = "-" * (sum(widths) + 2 * len(widths) + max(len(row[-1]) for row in table))
    drawn = [_drawn(row, widths) for row in table]
    lines = [drawn[0], rule, *drawn[1:-1], rule, drawn[-1]]
    for path, rows in files:
        missed = [item for item, hit in rows if not hit]
        if missed:
            lines += ["", path, *map(_missed, missed)]
    return "\n".join([*lines, "", *_accounts(found)])


def document(found: Coverage, reached: Reached) -> dict[str, Any]:
    """`{"total", "files": […], "accounts", "reached"}`; the last is what `--tests` takes."""
    files = [(path, list(rows)) for path, rows in groupby(found.items, key=lambda row: _path(row[0]))]
    return {
        "total": _numbers(found.items),
        "files": [
            {"path": path, **_numbers(rows), "missing": [_row(item) for item, hit in rows if not hit]}
            for path, rows in files
        ],
        "accounts": {"looked_at": list(found.looked_at), "not_looked_at": list(found.not_looked_at)},
        "reached": reached.document(),
    }


def _path(item: Item) -> str:
    return item.place.path if item.place is not None else _ELSEWHERE


def _line(name: str, rows: Sequence[Row], *, lines: bool = True) -> tuple[str, ...]:
    missed = [item for item, hit in rows if not hit]
    numbers = sorted({item.place.line for item in missed if item.place is not None}) if lines else []
    return name, str(len(rows)), str(len(missed)), shown(percent(rows)), ", ".join(map(str, numbers))


def _drawn(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers = row[:-1]
    cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))]
    return "  ".join([*cells, row[-1]]).rstrip()


def _missed(item: Item) -> str:
    place = "" if item.place is None else f"{item.place.line}:{item.place.column}"
    return f"  {place:<8}{item.name}: {item.missing}"


def _accounts(found: Coverage) -> Iterator[str]:
    whole = len(found.looked_at) + len(found.not_looked_at)
    yield f"{len(found.looked_at)} of {whole} accounts that get a plan were looked at."


def _numbers(rows: Sequence[Row]) -> dict[str, Any]:
    return {"items": len(rows), "reached": sum(hit for _, hit in rows), "percent": round(percent(rows), 2)}


def _row(item: Item) -> dict[str, Any]:
    place = item.place
    return {
        "kind": item.kind,
        "name": item.name,
        "text": f"{item.name}: {item.missing}",
        "line": place.line if place is not None else None,
        "column": place.column if place is not None else None,
    }
