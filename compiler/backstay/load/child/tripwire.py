"""A tripwire with a good message: audit events tell that something reaches out of the file. Observation, not a wall."""

from __future__ import annotations

import sys

# What happens in any run: looking up a caller's place, running compiled code, telling nodes apart by identity.
USUAL = frozenset({"sys._getframe", "exec", "builtins.id"})

# The modules that may look at frames and tracebacks, to tell where an author wrote something.
OURS = frozenset({"backstay.dsl.place", "backstay.load.child.execute"})

# Beginnings of event names → what a policy may not do.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("open", "open files"),
    ("import", "import other modules"),
    ("socket", "use the network"),
    ("subprocess", "start programs"),
    ("os.system", "start programs"),
    ("os.exec", "start programs"),
    ("os.fork", "start programs"),
    ("os.posix_spawn", "start programs"),
    ("os.", "look at the system"),
    ("ctypes", "call into C"),
    ("compile", "compile text into code"),
    ("marshal", "load code"),
    ("pickle", "load code"),
    ("code.", "make code"),
    ("object.", "look inside Python's objects"),
    ("gc.", "look inside Python's objects"),
)


class ForbiddenActError(Exception):
    """Something that a policy did and may not do."""


def apply() -> list[str]:
    """From now on an act outside `USUAL` raises `ForbiddenActError` where it happens. Cannot be undone."""
    sys.addaudithook(_hook)
    return ["tripwire"]


def meaning(event: str) -> str:
    """What an audit event is in an author's words."""
    return next((what for start, what in MEANINGS if event.startswith(start)), f"do this (`{event}`)")


def _hook(event: str, _arguments: tuple[object, ...]) -> None:
    if event in USUAL or (event == "object.__getattr__" and _is_ours(sys._getframe(1).f_globals.get("__name__"))):
        return
    raise ForbiddenActError(f"policies may not {meaning(event)}")


def _is_ours(module: object) -> bool:
    return module in OURS
