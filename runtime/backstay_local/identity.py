"""What an embedded AWS remembers of itself between runs: its management account, that account's key, and its clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import whole
from .credentials import new_key

DEFAULT_ACCOUNT = "123456789012"
_FILE = "identity.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """The lasting facts of one embedded AWS."""

    access_key: str
    secret_key: str
    management_account: str = DEFAULT_ACCOUNT
    partition: str = "aws"
    clock_offset: float = 0.0
    """Seconds that the clock is ahead of real time."""
    accept: Mapping[str, str] = field(default_factory=dict)
    """Further access keys, each with its account."""


def recall(folder: Path) -> Identity:
    """The stored identity, or a new one."""
    file = folder / _FILE
    if file.exists():
        return Identity(**json.loads(file.read_text(encoding="utf-8")))
    access_key, secret_key = new_key()
    return Identity(access_key, secret_key)


def remember(folder: Path, identity: Identity) -> None:
    """Store the identity, readable by its owner only."""
    whole.write(folder / _FILE, json.dumps(asdict(identity), indent=1, sort_keys=True).encode())
