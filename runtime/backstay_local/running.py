"""How a running server is found: a note in its data folder saying where it listens and with which key."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import whole
from .hold import BusyError, Hold

if TYPE_CHECKING:
    from .app import LocalAws

_FILE = "server.json"


@dataclass(frozen=True, slots=True)
class Running:
    """Where an embedded AWS answers, and the management account's key to it."""

    endpoint: str
    pid: int
    access_key: str
    secret_key: str


def environment(endpoint: str, access_key: str, secret_key: str, region: str) -> dict[str, str]:
    """The variables that make every AWS client speak to an embedded AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }


def exports(server: Running) -> str:
    """The same as lines for a shell; the Region is the one that this process has, if it has one."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    variables = environment(server.endpoint, server.access_key, server.secret_key, region)
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def tell(folder: Path, endpoint: str, aws: LocalAws) -> Running:
    """Leave the note, readable by its owner only; gives what it says."""
    note = Running(endpoint, os.getpid(), aws.access_key, aws.secret_key)
    whole.write(folder / _FILE, json.dumps(asdict(note)).encode(), lasting=False)
    return note


def forget(folder: Path) -> None:
    """Take the note away."""
    (folder / _FILE).unlink(missing_ok=True)


def free(folder: Path) -> bool:
    """Whether nobody has the folder."""
    try:
        Hold(folder).release()
    except BusyError:
        return False
    except OSError:
        return True
    return True


def find(folder: Path) -> Running | None:
    """The note of a folder, if there is one whose writer still has the folder; one left by a dead process goes."""
    try:
        note = Running(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if not free(folder):
        return note
    forget(folder)
    return None
