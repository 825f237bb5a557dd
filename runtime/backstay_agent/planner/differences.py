"""What differs between two bodies of any kind, member by member, for the person who will approve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backstay_agent.planner import words

_STATEMENTS = "Statement"
_NAMES = ("ControlName", "ParameterName", "Key")
"""Members that tell the elements of a list apart (API reference: FrameworkControl, ControlInputParameter, KeyValue)."""


def differences(before: Any, after: Any, path: str = "") -> tuple[str, ...]:
    """One sentence for each member that differs: of a list what goes and comes, of a policy document its statements."""
    return tuple(_differences(before, after, path))


def _by_name(items: Sequence[Any]) -> dict[str, Any]:
    """The elements of a list that have names, by them; none if two have the same."""
    found = {
        str(item[member]): item
        for item in items
        for member in _NAMES
        if isinstance(item, Mapping) and isinstance(item.get(member), str)
    }
    return found if len(found) == len(items) else {}


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
        old, new = _by_name(before), _by_name(after)
        for name in sorted(old.keys() & new.keys()):
            yield from _differences(old[name], new[name], f"{path}[{name}]")
        known = [*(item for name, item in old.items() if name in new), *(new[name] for name in new if name in old)]
        yield from (f"{lead}without {words.spelt(item)}" for item in before if item not in after and item not in known)
        yield from (f"{lead}with {words.spelt(item)}" for item in after if item not in before and item not in known)
    else:
        yield f"{lead}{words.spelt(before)} → {words.spelt(after)}"
