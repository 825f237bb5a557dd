"""`backstay local check`: whether everything that backups hold can still be read."""

from __future__ import annotations

from pathlib import Path

import click

from .door import ask, data_option, find


@click.command()
@data_option
@click.pass_context
def check(context: click.Context, data: Path | None) -> None:
    """Verify the stored data; exit 1 if something is wrong with them."""
    problems = ask(find(data), "POST", "check")["problems"]
    for problem in problems:
        click.echo(problem)
    if problems:
        context.exit(1)
    click.echo("everything is whole", err=True)
