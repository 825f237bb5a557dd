"""What differs between two bodies of any kind, member by member, for the person who will approve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay_agent.planner import words

_STATEMENTS = "Statement"


def differences(before: Any, after: Any, path: str = "") -> tuple[str, ...]:
    """One sentence for each member that differs: of a list what goes and comes, of a policy document its statements."""
    return tuple(_differences(before, after, path))


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    lead = f"{path}: " if path else ""
    if before == after:
        return
    if any(isinstance(side, Mapping) and _STATEMENTS in side for side in (before, after)):
        yield from (f"{lead}{told}" for told in words.statements(before, after))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            yield from _differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from (f"{lead}without {words.spelt(item)}" for item in before if item not in after)
        yield from (f"{lead}with {words.spelt(item)}" for item in after if item not in before)
    else:
        yield f"{lead}{words.spelt(before)} → {words.spelt(after)}"
