"""Reads a build that somebody who is trusted has signed, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backstay_agent.read_build import read_build
from backstay_agent.signing.demand import NotTrusted, trusted
from backstay_agent.signing.envelope import Verifier
from backstay_agent.signing.statement import about_another
from backstay_agent.wanted import Build


def read_attested(folder: Path, keys: Sequence[Verifier]) -> Build:
    """The build in a folder, signed by one of the keys; raises NotTrusted, or BuildError if it cannot be read."""
    statement = trusted(folder, keys)
    build = read_build(folder)
    other = about_another(statement, build)
    if other is not None:
        raise NotTrusted(other)
    return build
