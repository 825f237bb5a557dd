"""The complaint of these commands: one line on standard error, exit code 2."""

from __future__ import annotations

import click


class Trouble(click.ClickException):
    """Something that the caller has to mend."""

    exit_code = 2
