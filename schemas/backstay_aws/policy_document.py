"""How IAM writes a policy document: one or a list, wherever either may stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def statements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the statements of a document, which may hold one or a list; anything else is passed over."""
    found = document.get("Statement")
    for one in found if isinstance(found, list | tuple) else (found,):
        if isinstance(one, Mapping):
            yield one


def values(value: Any) -> tuple[str, ...]:
    """Read what may be one value or a list of them, as text (`true` and 35 are written without quotes too)."""
    if value is None:
        return ()
    many = value if isinstance(value, list | tuple) else (value,)
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in many)
