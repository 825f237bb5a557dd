"""What the options before the command say, for every command to ask."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

import click

WIDE = 160
"""Columns where nobody's terminal says how many there are: in a file, in a log."""


@dataclass
class Wishes:
    """How much the user wants to hear. Results are printed whatever it says; notes and progress are not."""

    quiet: bool = False
    verbose: int = 0
    debug: bool = False


def wishes(context: click.Context | None = None) -> Wishes:
    """The wishes of this run; the usual ones if a command runs by itself."""
    context = context or click.get_current_context(silent=True)
    found = context.find_object(Wishes) if context is not None else None
    return found or Wishes()


def note(text: str) -> None:
    """Say something beside the result, on standard error, unless the user wants quiet."""
    if not wishes().quiet:
        click.echo(text, err=True)


def width(stream_is_terminal: bool) -> int:
    """Columns to draw in: the terminal's, or `WIDE` in a file or a log."""
    return shutil.get_terminal_size((WIDE, 24)).columns if stream_is_terminal else WIDE


def colour(stream_is_terminal: bool) -> bool:
    """Whether to colour: on terminals, unless `NO_COLOR` is set to anything (no-color.org)."""
    return stream_is_terminal and not os.environ.get("NO_COLOR")
