"""Values with their places: what a dialect's evaluator hands to the tables that make AWS bodies of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backstay.importer.found import Unknown
from backstay_contract.findings import Span


@dataclass(frozen=True, slots=True)
class Made:
    """The id or ARN that AWS will give to a plan or framework of this same source, with that thing's name."""

    kind: Literal["plan", "framework"]
    name: str | Unknown
    expression: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A value and where it was written. Lists and mappings hold placed values again; `key`: where its name stands.

    `json`: the source has the value as JSON text. `maybe` decides whether it is there at all, where that is open.
    """

    value: Any
    span: Span
    key: Span | None = None
    json: bool = False
    maybe: Unknown | None = None

    def get(self, name: str) -> Placed | None:
        """A member of a mapping, if it is there and says something."""
        found = self.value.get(name) if isinstance(self.value, Mapping) else None
        return found if isinstance(found, Placed) and found.value is not None else None

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, Mapping):
            return {name: member.plain() for name, member in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value


def spread(value: Any, span: Span) -> Placed:
    """A plain value, every part of it placed where the whole was written."""
    if isinstance(value, Mapping):
        return Placed({name: spread(member, span) for name, member in value.items()}, span)
    if isinstance(value, (list, tuple)):
        return Placed([spread(item, span) for item in value], span)
    return Placed(value, span)
