"""`backstay local status`: where it is, what time it has, and whose organization."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .door import ask, data_option, find


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
def status(data: Path | None, form: str) -> None:
    """Say where the embedded AWS is and what is in it."""
    server = find(data)
    facts = {"endpoint": server.endpoint, **ask(server, "GET", "status")}
    if form == "json":
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' '):20} {'none' if value is None else value}")
