"""Several files as one reading, from which a policy can be written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backstay.importer.found import Reading
from backstay.importer.settle import settle
from backstay.importer.together import together


def gather(readings: Iterable[Reading]) -> Reading:
    """All readings as one, settled: what a policy cannot say without inventing it is left out.

    So is what the sources' own defaults leave out; the readings say it.
    """
    present = (replace(one, found=tuple(thing for thing in one.found if not thing.off)) for one in readings)
    return settle(together(present))
