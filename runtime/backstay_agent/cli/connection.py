"""The options of every command that speaks to AWS, and the way from them to `Aws`."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from backstay_agent.cli.exits import USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.aws import Aws, Endpoint

_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Connection:
    """What the caller said about where AWS is and in which role to act."""

    local: bool
    endpoint_url: str | None
    profile: str | None
    role_name: str
    role_path: str
    external_id: str | None

    def open(self, region: str | None, *, role: str | None = None) -> Aws:
        """AWS as the options say; leaves with 2 when nobody answers there."""
        from backstay_agent.aws import Aws, UnreachableError

        try:
            aws = Aws(self.endpoint(region), role=role)
            aws.caller()
        except UnreachableError as error:
            leave(USAGE, f"error: {error}")
        return aws

    def endpoint(self, region: str | None) -> Endpoint:
        """The endpoint; with --local, one that is running by then."""
        from backstay_agent.aws import Endpoint

        url, keys = self.endpoint_url, None
        if self.local and not _is_here(os.environ.get("AWS_ENDPOINT_URL")):
            told = _start_embedded()
            url, keys = told["AWS_ENDPOINT_URL"], (told["AWS_ACCESS_KEY_ID"], told["AWS_SECRET_ACCESS_KEY"])
        return Endpoint(url, self.profile, region, keys, self.role_name, self.role_path, self.external_id)


def aws_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command gets one argument `connection` for them. Also adds --debug."""

    @functools.wraps(command)
    def run(*args: Any, debug: bool, **options: Any) -> Any:
        names = ("local", "endpoint_url", "profile", "role_name", "role_path", "external_id")
        connection = Connection(**{name: options.pop(name) for name in names})
        if connection.local and (connection.endpoint_url or connection.profile):
            raise click.UsageError("--local stands alone: it says where AWS is, and brings its own credentials")
        try:
            return command(*args, connection=connection, **options)
        except Exception as error:
            if debug and not isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort):
                traceback.print_exc()
                raise click.exceptions.Exit(USAGE) from error
            raise

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


_OPTIONS = (
    click.option("--local", is_flag=True, help="Use the embedded AWS; it is started unless it runs."),
    click.option("--endpoint-url", metavar="URL", help="Where AWS is (default: AWS's own configuration)."),
    click.option("--profile", metavar="NAME", help="A profile of the AWS configuration."),
    click.option("--role-name", default="backstay-agent", show_default=True, help="Role to take in member accounts."),
    click.option("--role-path", default="/", show_default=True, help="Path of that role."),
    click.option("--external-id", metavar="ID", help="External id that the role asks for."),
    click.option("--debug", is_flag=True, help="Show tracebacks."),
)


def _is_here(url: str | None) -> bool:
    """Whether the environment names an endpoint on this machine already (after `eval "$(backstay local up)"`)."""
    return url is not None and urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def _start_embedded() -> dict[str, str]:
    """Start or join the embedded AWS with the command that a person would use, and read what it prints."""
    beside = Path(sys.executable).with_name("backstay")
    command = str(beside) if beside.exists() else shutil.which("backstay")
    if command is None:
        leave(USAGE, "error: --local needs the command `backstay` beside this Python")
    try:
        done = subprocess.run(
            [command, "local", "up"], capture_output=True, text=True, timeout=_START_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        leave(USAGE, f"error: the embedded AWS could not be started: {error}")
    if done.returncode != 0:
        leave(USAGE, done.stderr.strip() or "error: the embedded AWS could not be started")
    if done.stderr.strip():
        click.echo(done.stderr.strip(), err=True)
    exports = (line.removeprefix("export ").split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    return {name: value.strip("'\"") for name, value in exports}
