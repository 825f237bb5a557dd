"""Values of API bodies as plain ones, whatever a file wrote in their place: a number as text, one text for a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NOTHING: Mapping[str, Any] = {}
_COUNTED = 10**8


def text(value: Any) -> str:
    """A text; "" where there is none."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def texts(value: Any) -> tuple[str, ...]:
    """A list of text."""
    if isinstance(value, str):
        return (value,)
    return tuple(found for one in value if (found := text(one))) if isinstance(value, list | tuple) else ()


def number(value: Any, otherwise: int) -> int:
    """A whole number, also one that is written as text; beyond what any clock can count, the last that one can."""
    if isinstance(value, bool):
        return otherwise
    try:
        return max(-_COUNTED, min(int(value), _COUNTED))
    except (TypeError, ValueError, OverflowError):
        return otherwise


def pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """A dictionary of text to text, sorted."""
    return tuple(sorted((str(key), text(item)) for key, item in mapping(value).items()))


def mapping(value: Any) -> Mapping[str, Any]:
    """A structure; an empty one where there is none."""
    return value if isinstance(value, Mapping) else _NOTHING


def mappings(value: Any) -> tuple[Mapping[str, Any], ...]:
    """A list of structures; what stands among them and is none is left out."""
    several = value if isinstance(value, list | tuple) else ()
    return tuple(one for one in several if isinstance(one, Mapping))
