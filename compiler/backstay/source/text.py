"""Data with places: what YAML and JSON files say, and where each value and each member's name stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from backstay_contract.findings import Span

DataPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: it cannot be parsed, a member is there twice (`first`: where before), a tag or a
    member's name means nothing."""

    kind: Literal["broken", "repeated", "tag", "name"]
    message: str
    span: Span
    first: Span | None = None


@dataclass
class Text:
    """Data with places: `spans` of values, `keys` of the names of members, both by path in the data.

    Where a member is repeated the last one counts; `faults` tell.
    """

    path: str
    data: Any = None
    spans: dict[DataPath, Span] = field(default_factory=dict)
    keys: dict[DataPath, Span] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def place(self, path: DataPath) -> Span:
        """The place of a value, or of the nearest thing around it whose place is known."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.spans:
                return self.spans[path[:length]]
        return Span(self.path, 1, 1, 1, 2)

    def key(self, path: DataPath) -> Span:
        """The place of a member's name, or else of its value."""
        return self.keys.get(path) or self.place(path)


def point(path: str, line: int, column: int) -> Span:
    """One character, by its line and column from 0."""
    return Span(path, line + 1, column + 1, line + 1, column + 2)
