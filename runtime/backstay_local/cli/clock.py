"""`backstay local clock`: what time it is there, and how to make it later."""

from __future__ import annotations

from pathlib import Path

import click

from backstay_local.durations import span

from .door import ask, data_option, find
from .trouble import Trouble


@click.group()
def clock() -> None:
    """Show or advance the clock of the embedded AWS."""


@clock.command()
@data_option
def show(data: Path | None) -> None:
    """Print the time there."""
    click.echo(ask(find(data), "GET", "clock")["now"])


@clock.command()
@click.argument("duration")
@data_option
def advance(duration: str, data: Path | None) -> None:
    """Move the clock forward by DURATION (30d, 12h, 1d12h, …), doing on the way whatever falls due."""
    try:
        seconds = span(duration).total_seconds()
    except ValueError as error:
        raise Trouble(str(error)) from None
    click.echo(ask(find(data), "POST", "clock", {"seconds": seconds})["now"])
