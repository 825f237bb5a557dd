"""`backstay catalog`: what AWS Backup can do, by resource type, Region, control, limit and event, with sources."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from backstay.cli.catalog_rows import Row


@click.command("catalog", short_help="Show what AWS Backup can do.")
@click.argument("name", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write.",
)
def catalog(name: str | None, form: str) -> None:
    """Show what AWS Backup can do, with sources.

    NAME is a resource type (RDS), a Region (eu-central-1), a control, an event or a limit, or one of the tables types,
    regions, controls, events, limits. Without NAME: every resource type at a glance.
    """
    from backstay.cli import catalog_markdown, catalog_rows, catalog_text

    found = catalog_rows.find(name)
    if not found:
        raise click.UsageError(catalog_rows.unknown(name or ""))
    writers: Mapping[str, Callable[[str | None, Sequence[Row]], str]] = {
        "text": catalog_text.write,
        "json": lambda _, rows: json.dumps([_plain(row) for row in rows], indent=2, ensure_ascii=False),
        "markdown": catalog_markdown.write,
    }
    click.echo(writers[form](name, found))


def _plain(row: Row) -> dict[str, Any]:
    """A row as JSON: its table, and its columns as the catalogue has them."""
    from dataclasses import asdict

    return {"table": row.table, **asdict(row.fact)}
