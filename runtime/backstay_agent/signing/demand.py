"""Demands that a build is signed by a key that is trusted, before anything of it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from backstay_agent.signing import envelope, statement
from backstay_agent.signing.envelope import Verifier
from backstay_agent.signing.files import SignatureError, covered, read_envelope
from backstay_contract.signature import Statement


class NotTrusted(Exception):  # noqa: N818 -- a verdict about a build
    """A build that may not be acted on; the message says why."""


def trusted(folder: Path, keys: Sequence[Verifier]) -> Statement:
    """What one of the keys has signed about a build's folder, whose files are just as then; raises NotTrusted."""
    from pydantic import ValidationError

    try:
        found = read_envelope(folder)
        files = covered(folder)
    except SignatureError as error:
        raise NotTrusted(str(error)) from error
    if found is None:
        raise NotTrusted("it is not signed")
    payload = envelope.opened(found, keys)
    if payload is None:
        raise NotTrusted("none of the keys that are trusted here has signed it")
    try:
        said = Statement.model_validate(json.loads(payload))
    except (ValueError, ValidationError) as error:
        raise NotTrusted("what was signed is not a statement about a build") from error
    changed = statement.changed(said, files)
    if changed is not None:
        raise NotTrusted(changed)
    return said
