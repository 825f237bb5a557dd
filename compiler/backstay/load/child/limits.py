"""The layer that the operating system counts: seconds, memory, files, processes."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Mapping
from typing import Any


def apply(bounds: Mapping[str, Any]) -> list[str]:
    """Lower this process's limits for good; `bounds` has `cpu_seconds` and `memory_bytes`. Tells the layers in force.

    A limit that the system does not know or cannot lower (macOS: memory) is left as it is; the parent's wall clock
    holds all the same.
    """
    seconds, memory = bounds["cpu_seconds"], bounds["memory_bytes"]
    wanted = {
        "RLIMIT_CPU": (seconds, seconds + 1),
        "RLIMIT_AS": (memory, memory),
        "RLIMIT_FSIZE": (0, 0),
        "RLIMIT_NOFILE": (16, 16),
        "RLIMIT_NPROC": (0, 0),
        "RLIMIT_CORE": (0, 0),
    }
    for name, limit in wanted.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), limit)
    in_force = resource.getrlimit(resource.RLIMIT_CPU)[0] == seconds
    return ["limits"] if in_force else []
