"""How far things reach in files: of a list or structure only the beginning is known, and the places of its parts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from backstay.importer.found import Found
from backstay_contract.findings import Span

_WIDEST = 1 << 16
_LONGEST = 200
"""Lines of the last thing of a file that are looked at."""


@dataclass(frozen=True)
class Extents:
    """The extents of what was found."""

    found: tuple[Found, ...]

    def parts(self, span: Span) -> tuple[Span, ...]:
        """The places of the values inside a list or structure."""
        return tuple(self._parts.get(span, ()))

    def lines(self, span: Span) -> list[Span]:
        """The lines of what begins at a place, up to where something else begins; none of a plain value."""
        if not self._opens(span):
            return []
        last = min((line for line in self._starts[span.path] if line > span.line), default=span.line + _LONGEST)
        return [Span(span.path, number, 1, number, _WIDEST) for number in range(span.line, last)]

    def block(self, span: Span | None) -> Span | None:
        """The place of the thing that has a place inside it."""
        return self._blocks.get(span) if span is not None else None

    def _opens(self, span: Span) -> bool:
        narrow = span.line == span.end_line and span.end_column - span.column <= 1
        return narrow or span.line in self._starts[span.path]

    @cached_property
    def _starts(self) -> dict[str, set[int]]:
        starts: dict[str, set[int]] = defaultdict(set)
        for one in self.found:
            starts[one.place.path].add(one.place.line)
        return starts

    @cached_property
    def _blocks(self) -> dict[Span, Span]:
        return {span: one.place for one in self.found for span in (*one.places.values(), one.place)}

    @cached_property
    def _parts(self) -> dict[Span, dict[Span, None]]:
        parts: dict[Span, dict[Span, None]] = {}
        for one in self.found:
            for pointer, place in one.places.items():
                above = pointer.rpartition("/")[0]
                while above:
                    if above in one.places and one.places[above] != place:
                        parts.setdefault(one.places[above], {})[place] = None
                    above = above.rpartition("/")[0]
        return parts
