"""Several files as one reading, from which a policy can be written."""

from __future__ import annotations

from collections.abc import Iterable

from backstay.importer.found import Reading
from backstay.importer.settle import settle
from backstay.importer.together import together


def gather(readings: Iterable[Reading]) -> Reading:
    """All readings as one, settled: what a policy cannot say without inventing it is left out."""
    return settle(together(readings))
