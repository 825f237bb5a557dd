"""What a process and those that it started hold, seen from outside (`man 5 proc`). Linux; elsewhere nothing is seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def family(pid: int) -> Iterator[int]:
    """A process and all that came of it, parents first."""
    yield pid
    for listed in _PROC.glob(f"{pid}/task/*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                yield from family(int(child))


def innermost(pid: int) -> int:
    """The process that runs the files: the last of the family, where others are wrapped around it."""
    return list(family(pid))[-1]


def held(pid: int) -> int:
    """Bytes of memory that the family holds now; 0 if that cannot be seen."""
    pages = 0
    for member in family(pid):
        with suppress(OSError, ValueError, IndexError):
            pages += int((_PROC / str(member) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") if pages else 0
