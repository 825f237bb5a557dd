"""The day on a command line, such as `--now 2026-11-22`."""

from __future__ import annotations

import datetime

import click


def day(text: str) -> datetime.date:
    """The calendar day that a text means, in ISO 8601; click's type of an option."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"`{text}` is no day; write it like 2026-11-22") from None


def today() -> datetime.date:
    """The author's own day."""
    return datetime.date.today()  # noqa: DTZ011
