"""Reads the private key that a command signs with: from a file, or from a variable of the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from backstay_agent.cli.exits import USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.signing.keys import PrivateKey

PASSPHRASE = "BACKSTAY_SIGNING_PASSPHRASE"
_FROM_ENVIRONMENT = "env:"


def read_private_key(given: str) -> PrivateKey:
    """The key of a PEM file, or of the variable NAME for `env:NAME`; leaves with 2 at one that cannot be used."""
    from backstay_agent.signing.keys import KeyProblem, private_key

    passphrase = os.environ.get(PASSPHRASE)
    try:
        return private_key(_bytes_of(given), passphrase.encode() if passphrase else None)
    except KeyProblem as problem:
        leave(USAGE, f"error: {given} cannot be used: {problem} (a passphrase is read from {PASSPHRASE})")


def _bytes_of(given: str) -> bytes:
    if given.startswith(_FROM_ENVIRONMENT):
        text = os.environ.get(given.removeprefix(_FROM_ENVIRONMENT))
        if not text:
            leave(USAGE, f"error: the environment has no {given.removeprefix(_FROM_ENVIRONMENT)}")
        return text.encode()
    try:
        return Path(given).read_bytes()
    except OSError as error:
        leave(USAGE, f"error: the key {given} cannot be read: {error.strerror or error}")
