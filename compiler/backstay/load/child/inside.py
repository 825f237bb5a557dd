"""Whether bubblewrap is around this process, as far as it can see for itself."""

from __future__ import annotations

import os

_INIT = 1  # in a world of processes of its own, bubblewrap's own process is the first


def seen() -> list[str]:
    """`["bubblewrap"]` if the first process is the parent and the root folder cannot be written, else nothing."""
    apart = os.getppid() == _INIT and bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    return ["bubblewrap"] if apart else []
