"""What a command says when a file or folder that it was given cannot be used."""

from __future__ import annotations

from typing import IO, Any

import click


class UnusableError(click.ClickException):
    """A file that cannot be read or written: one sentence and exit code 2, without the usage that was right."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """The sentence, on standard error unless told otherwise."""
        from backstay_formats.escape import terminal

        click.echo(f"error: {terminal(self.message)}", file=file, err=file is None)
