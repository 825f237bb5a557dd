"""The tags that a selection asks for, whatever list of the API they end up in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay.ir import PlanSelection


@dataclass(frozen=True, slots=True)
class Pair:
    """A tag key with a value that is asked for or excluded; `exact`: no pattern."""

    key: str
    value: str
    exact: bool


def pairs(selection: PlanSelection) -> Iterator[Pair]:
    """Every key and value of a selection."""
    chosen = selection.selection
    exact = chosen.list_of_tags + chosen.string_equals + chosen.string_not_equals
    yield from (Pair(key, value, True) for key, value in exact)
    yield from (Pair(key, value, False) for key, value in chosen.string_like + chosen.string_not_like)
