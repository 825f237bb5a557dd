"""`backstay local up`: start the embedded AWS in the background, and say how to reach it in words for a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from backstay_local import running
from backstay_local.running import Running

from .door import ask, default_folder
from .trouble import Trouble

_PATIENCE = 30.0
_SERVER = (sys.executable, "-m", "backstay_local.server")
_PAIR = re.compile(r"[^=\s]+=\d{12}")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 (default: any free one).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder that outlives it (default: in the user's cache).")
@click.option("--accept-key", "accept_keys", multiple=True, metavar="KEY=ACCOUNT", help="Admit one more access key.")
@click.option("--start", metavar="TIME", help="Set its clock: a time in ISO 8601, such as 2027-01-01T00:00Z.")
@click.option(
    "--setting", "settings", multiple=True, metavar="NAME=VALUE", help="How AWS Backup behaves; see the docs."
)
@click.option("--moto-reset", is_flag=True, help="Let anybody empty it by POST /moto-api/reset, as suites for moto do.")
@click.option("--foreground", is_flag=True, help="Stay in the foreground until told to stop, as in a container.")
@click.option("--host", help="With --foreground: listen on this address, and let others in who have a key.")
def up(
    port: int,
    data: Path | None,
    accept_keys: tuple[str, ...],
    start: str | None,
    settings: tuple[str, ...],
    moto_reset: bool,
    foreground: bool,
    host: str | None,
) -> None:
    """Start the embedded AWS in the background.

    Standard output is for a shell: `eval "$(backstay local up)"` makes every AWS client of that shell speak to it. If
    one runs on the folder already, the same lines are printed again.
    """
    folder = (data or default_folder()).expanduser().absolute()
    for pair in accept_keys:
        if not _PAIR.fullmatch(pair):
            raise Trouble(f"--accept-key wants KEY=ACCOUNT with twelve digits, not {pair!r}")
    if host and not foreground:
        raise Trouble("--host goes with --foreground only")
    words = ["--data", str(folder), "--port", str(port), *_options("--accept-key", accept_keys)]
    words += [*_options("--start", filter(None, [_moment(start)])), *_options("--setting", _checked(settings))]
    words += ["--moto-reset"] * moto_reset
    found = running.find(folder)
    if foreground:
        if found is not None:
            raise Trouble(f"an embedded AWS runs on {folder} at {found.endpoint} already; stop it first")
        os.execve(
            sys.executable, [*_SERVER, *words, "--speak", *_options("--host", [host] if host else [])], _inherited()
        )
    if found is None:
        found = _launch(folder, words)
    elif port and not found.endpoint.endswith(f":{port}"):
        raise Trouble(f"an embedded AWS runs on {folder} at {found.endpoint} already; stop it first")
    click.echo(running.exports(found))
    if ask(found, "GET", "status")["organization"] is None:
        click.echo("It is empty: `backstay local seed org.yaml` makes an organization in it.", err=True)


def _options(name: str, values: Iterable[str]) -> list[str]:
    """An option once for every value."""
    return [word for value in values for word in (name, value)]


def _checked(settings: tuple[str, ...]) -> tuple[str, ...]:
    """The same settings, if they are good ones."""
    if settings:
        from backstay_local.backup.option_text import settings_of

        try:
            settings_of(settings)
        except ValueError as error:
            raise Trouble(str(error)) from None
    return settings


def _inherited() -> dict[str, str]:
    """The server's environment: it must not take its own clients' settings for its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}


def _moment(start: str | None) -> str | None:
    if start is None:
        return None
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise Trouble(f"--start wants a time in ISO 8601, not {start!r}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _launch(folder: Path, words: list[str]) -> Running:
    log = folder / "server.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        output = log.open("w", encoding="utf-8")
    except OSError as error:
        raise Trouble(f"cannot write in {folder}: {error.strerror}") from None
    with output:
        child = subprocess.Popen(
            [*_SERVER, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=_inherited(),
        )
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        found = running.find(folder)
        if found is not None and found.pid == child.pid:
            child.returncode = 0  # it lives on: nobody shall wait for it
            return found
        if child.poll() is not None:
            raise Trouble(_reason(log, child.returncode))
        time.sleep(0.01)
    child.kill()
    child.wait()
    raise Trouble(f"the embedded AWS did not answer within {_PATIENCE:.0f} seconds; see {log}")


def _reason(log: Path, code: int) -> str:
    """The server's last word."""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit code {code}"
    return (
        last.removeprefix("error: ") if last.startswith("error: ") else f"the embedded AWS failed: {last} (see {log})"
    )
