"""The exit codes, the same everywhere, and the way to leave with one and a sentence."""

from __future__ import annotations

from typing import NoReturn

import click

CLEAN = 0
FINDINGS = 1
USAGE = 2
PARTLY = 3
REFUSED = 4


def leave(code: int, sentence: str) -> NoReturn:
    """End the command with an exit code, after a sentence on standard error; what it quotes is made harmless."""
    from backstay_formats.escape import terminal

    click.echo("\n".join(map(terminal, sentence.split("\n"))), err=True)
    raise click.exceptions.Exit(code)


def worst(codes: set[int]) -> int:
    """The code to leave with where several hold: refused, then unusable, then partly done, then findings."""
    return next((code for code in (REFUSED, USAGE, PARTLY, FINDINGS) if code in codes), CLEAN)
