"""`backstay local down`: stop the embedded AWS; what it holds stays in its folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from backstay_local import running

from .door import ask, data_option, find
from .trouble import Trouble

_PATIENCE = 30.0


@click.command()
@data_option
def down(data: Path | None) -> None:
    """Stop the embedded AWS. Its state stays; `up` on the same folder takes it up again."""
    server = find(data)
    status = ask(server, "GET", "status")
    pid, folder = status["pid"], Path(status["data"])
    ask(server, "POST", "shutdown")
    until = time.monotonic() + _PATIENCE
    # A process whose first thread has ended may still hold the folder with its other ones.
    while _alive(pid) or not running.free(folder):
        if time.monotonic() > until:
            raise Trouble(f"process {pid} does not end")
        time.sleep(0.02)
    click.echo(f"stopped {server.endpoint}", err=True)


def _alive(pid: int) -> bool:
    """Whether a process is there; one that has ended and only waits to be fetched is not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return state != "Z"
