"""The layers around policy files: the option that demands a sandbox, and the line that tells which are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backstay.cli.context import wishes

if TYPE_CHECKING:
    from backstay.load import Loaded

require_sandbox = click.option(
    "--require-sandbox",
    is_flag=True,
    help="Run no policy file unless bubblewrap or seccomp stands around it.",
)


def tell_layers(loaded: Loaded) -> None:
    """With `-v`: the layers that were in force, on standard error; files that did not run now had theirs before."""
    if not wishes().verbose or not loaded.layers:
        return
    click.echo(f"layers in force: {', '.join(loaded.layers)}", err=True)
    if loaded.remembered:
        count = f"{loaded.remembered} of {len(loaded.files)} files"
        click.echo(f"as they were when they ran last, and so not run again: {count}", err=True)
