"""`backstay local clock`: what time it is there, and how to make it later."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import click

from .door import ask, data_option, find
from .trouble import Trouble

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:\d+[wdhms])+")


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
    seconds = span(duration).total_seconds()
    click.echo(ask(find(data), "POST", "clock", {"seconds": seconds})["now"])


def span(text: str) -> timedelta:
    """A duration such as `30d` or `1d12h`."""
    if not _DURATION.fullmatch(text):
        raise Trouble(f"{text!r} is no duration; 30d, 12h, 90m, 1d12h are")
    parts = {_UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)([wdhms])", text)}
    try:
        return timedelta(**parts)
    except OverflowError:
        raise Trouble(f"{text!r} is too long") from None
