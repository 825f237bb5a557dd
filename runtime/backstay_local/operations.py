"""Which operations of AWS Backup have a behaviour here, as a table: `python -m backstay_local.operations`.

The table follows from botocore's model (all operations) and from the handlers that there are (those with a behaviour),
so that it cannot say more than is true. `docs/operations.md` is its output; a test holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from .backup.registry import OPERATIONS
from .wire.model import operations as modelled

SERVICE = "backup"


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: its name, its HTTP request, and whether something happens or the wire alone answers."""

    name: str
    request: str
    behaves: bool


def rows() -> tuple[Row, ...]:
    """Every operation that botocore's model of AWS Backup names, by name."""
    found = (
        Row(name, f"{model.http['method']} {model.http['requestUri']}", name in OPERATIONS)
        for name, model in modelled(SERVICE).items()
    )
    return tuple(sorted(found, key=lambda row: row.name))


def markdown() -> str:
    """The table as a page of the documentation."""
    return "\n".join(_page(rows())) + "\n"


def _page(every: tuple[Row, ...]) -> Iterator[str]:
    behaving = sum(row.behaves for row in every)
    yield "# Operations of the embedded AWS Backup"
    yield ""
    yield "<!-- Written by `make docs` from the code; a test holds it in step. Do not edit. -->"
    yield ""
    yield f"Of the {len(every)} operations that AWS Backup has, {behaving} have a behaviour here: what they promise"
    yield "happens. The other operations are there on the wire only: the request is routed and checked against AWS's"
    yield "model, and a good one is then answered with status 501 and `NotImplementedException`, never with a false"
    yield "success."
    yield ""
    yield "| operation | request | here |"
    yield "|---|---|---|"
    for row in every:
        yield f"| `{row.name}` | `{row.request}` | {'behaviour' if row.behaves else 'wire only'} |"


if __name__ == "__main__":
    sys.stdout.write(markdown())
