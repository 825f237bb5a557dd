"""What stands between a policy file and the machine: each layer, what it stops, and how one sees that it is in force.

A test may leave layers out, to see that what one stops another stops too (`run(…, without=…)`). Who loads policies
cannot: `load` offers no way to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Inner = Literal["names", "process", "limits", "watch", "bubblewrap", "seccomp", "tripwire", "two-seeds"]
"""The layers around a run, each of which a test can leave out."""

Layer = Inner | Literal["gate", "checked"]
"""All layers. The gate is before a run, the check of its answer after it."""


@dataclass(frozen=True)
class Row:
    """One layer. `where`: "everywhere", or what has to be there for it; `seen`: how one knows that it is in force."""

    name: Layer
    stops: str
    where: str
    seen: str


EVERYWHERE: Final = "everywhere"

LAYERS: Final[tuple[Row, ...]] = (
    Row(
        "gate",
        "syntax, names, attributes and imports that are not listed; huge numbers, texts and files",
        EVERYWHERE,
        "no file runs that it has not passed",
    ),
    Row(
        "process",
        "reading the secrets of a CI job; changing the compiler that judges the file",
        EVERYWHERE,
        "the run is a process of its own, with an empty environment and an empty folder",
    ),
    Row(
        "watch",
        "what takes too long, holds too much memory or writes too much, seen from outside",
        EVERYWHERE,
        "the parent ends both runs; memory is seen on Linux",
    ),
    Row("two-seeds", "policies that mean something else on the next machine", EVERYWHERE, "two answers are compared"),
    Row("checked", "code or nonsense in an answer", EVERYWHERE, "the answer is JSON, from which nodes are made anew"),
    Row(
        "bubblewrap",
        "seeing files, the network or other processes: the run has a file system, a network and processes of its own",
        "Linux with `bwrap` installed and allowed",
        "the run finds itself in name spaces of its own, on a file system that cannot be written",
    ),
    Row(
        "limits",
        "endless loops, memory bombs, floods of output; writing files and starting processes",
        "Linux; elsewhere what the system counts",
        "the run asks for its limits after it has set them",
    ),
    Row("names", "reaching a file, a process or a module by name", EVERYWHERE, "the run hands out listed names only"),
    Row(
        "seccomp",
        "every file, network and process that Python could be tricked into",
        "Linux on x86-64 and ARM64",
        "the kernel has taken the filter",
    ),
    Row(
        "tripwire",
        "most that reaches out of the file, with a sentence about it; it observes and is no wall",
        EVERYWHERE,
        "the audit hook is set",
    ),
)

WALLS: Final[frozenset[Inner]] = frozenset({"bubblewrap", "seccomp"})
"""The kernel's walls. They hold whatever runs inside; at least one of them is what a sandbox means."""
