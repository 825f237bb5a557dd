"""`backstay local metering`: what is kept, warm and cold, and what was moved, by account, vault and type."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from .door import ask, data_option, find

_COLUMNS = {
    "account": "account",
    "region": "Region",
    "vault": "vault",
    "type": "type",
    "recovery_points": "points",
    "warm_bytes": "warm",
    "cold_bytes": "cold",
    "transferred_bytes": "transferred",
    "restored_bytes": "restored",
}


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
def metering(data: Path | None, form: str) -> None:
    """Count bytes by account, Region, vault and resource type.

    Kept warm and cold now; copied to other Regions and restored in all jobs that are remembered.
    """
    answer = ask(find(data), "GET", "metering")
    if form == "json":
        click.echo(json.dumps(answer, indent=2))
        return
    for line in _lines(answer["meters"]):
        click.echo(line)


def _lines(meters: list[Mapping[str, Any]]) -> Iterator[str]:
    rows = [list(_COLUMNS.values()), *([str(one[name]) for name in _COLUMNS] for one in meters)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if place >= 4 else cell.ljust(width) for place, (cell, width) in _placed(row, widths)
        )
        yield "  ".join(cells).rstrip()


def _placed(row: list[str], widths: list[int]) -> Iterator[tuple[int, tuple[str, int]]]:
    yield from enumerate(zip(row, widths, strict=True))
