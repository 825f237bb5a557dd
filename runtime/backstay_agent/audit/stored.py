"""Facts from a file: as `--keep-facts` wrote them, or as an evidence bundle holds them."""

from __future__ import annotations

from pathlib import Path

from backstay_agent.audit.packed import UnreadableFactsError, unpack
from backstay_agent.controls.facts import Facts

_ZIP = b"PK"


def stored_facts(path: Path) -> Facts:
    """The facts in a file; raises UnreadableFactsError, or OSError."""
    with path.open("rb") as file:
        bundle = file.read(len(_ZIP)) == _ZIP
    return _in_bundle(path) if bundle else unpack(Facts, path.read_bytes())


def _in_bundle(path: Path) -> Facts:
    from backstay_agent.audit.evidence.archive import UnreadableEvidenceError, opened
    from backstay_agent.audit.evidence.verify import facts_in

    try:
        with opened(path) as archive:
            return facts_in(archive)
    except UnreadableEvidenceError as error:
        raise UnreadableFactsError(str(error)) from error
