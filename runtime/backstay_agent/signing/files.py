"""The files of a build and of its signature, on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from backstay_contract.covered import FILES, FOLDERS, SIGNATURE
from backstay_contract.signature import Envelope


class SignatureError(Exception):
    """A signature, or a file that it covers, that cannot be read; the message names it."""


def covered(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file that a signature covers, by path from the build's folder; raises SignatureError."""
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in _paths(folder)}


def _paths(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in FILES if (folder / name).is_file())
    for name in FOLDERS:
        yield from (path for path in (folder / name).rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SignatureError(f"{path} cannot be read: {error.strerror or error}") from error


def read_envelope(folder: Path) -> Envelope | None:
    """The signature of a build; None where there is none; raises SignatureError for a file that is none."""
    from pydantic import ValidationError

    path = folder / SIGNATURE
    try:
        return Envelope.model_validate(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SignatureError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError, ValidationError) as error:
        raise SignatureError(f"{path} is no DSSE envelope around an in-toto statement") from error
