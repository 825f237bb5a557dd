"""Where the members of a body stand in somebody's file, under the keywords that rules ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.foreign.values import mapping
from backstay.importer.found import Found
from backstay.ir import Where
from backstay_contract.findings import Span

NOWHERE = Span("", 1, 1, 1, 1)
"""The place of what no file says: it stands in for something that is declared elsewhere."""
_WRAPPERS = ("BackupPlan", "BackupSelection", "RestoreTestingPlan", "RestoreTestingSelection", "TieringConfiguration")


@dataclass(frozen=True, slots=True)
class Placed:
    """The places of one thing that was found."""

    found: Found

    def where(
        self, pointer: str, *tables: Mapping[str, str], inner: str = "", said: Mapping[str, Any] | None = None
    ) -> Where:
        """The place of a construct at a JSON pointer, and of those members of it that keywords say.

        `inner`: a member under whose pointers those of a value inside it are wanted too (`/Resources/0`). `said`: the
        construct's body, so that a member which is there has a place even where only that of the construct is known.
        """
        span = self.at(pointer) or self._first(pointer) or self.found.place
        fields = {
            keyword: place
            for table in tables
            for member, keyword in table.items()
            if (place := self.at(f"{pointer}/{member}") or (span if _holds(said, member) else None)) is not None
        }
        if inner:
            start = f"{inner}/" if any(one.startswith(f"{inner}/") for one in self.found.places) else "/"
            known = [(name, place) for name, place in self.found.places.items() if name.startswith(start)]
            inside = {f"/{name[len(start) :]}": place for name, place in known}
            fields |= {**dict(_items(inside)), **inside}
        return Where(span, fields)

    def at(self, pointer: str) -> Span | None:
        """The place of a value; None if it is not known."""
        return self.found.places.get(self._pointer(pointer))

    def _first(self, pointer: str) -> Span | None:
        """The first of the places inside an item of a list."""
        if not pointer.rpartition("/")[2].isdigit():
            return None
        for start in (pointer, f"/{pointer[1:].partition('/')[2]}"):
            inside = [place for name, place in self.found.places.items() if name.startswith(f"{start}/")]
            if inside:
                return min(inside, key=lambda place: (place.line, place.column))
        return None

    def _pointer(self, pointer: str) -> str:
        """A pointer as this body has it: requests may be wrapped (`/BackupPlan/…`) in one file and bare in another."""
        if pointer in self.found.places:
            return pointer
        head, _, rest = pointer[1:].partition("/")
        return f"/{rest}" if head in _WRAPPERS and f"/{rest}" in self.found.places else pointer


def _items(inside: Mapping[str, Span]) -> Iterator[tuple[str, Span]]:
    """Items of lists of which only the members have places, each at its last one (of a comparison: the value)."""
    for name, at in inside.items():
        item, _, member = name.rpartition("/")
        if not member.isdigit() and item.rpartition("/")[2].isdigit():
            yield item, at


def _holds(body: Mapping[str, Any] | None, member: str) -> bool:
    """Whether a body has a member, by a path (`Lifecycle/DeleteAfterDays`)."""
    found: Any = body
    for part in member.split("/"):
        found = mapping(found).get(part)
    return found is not None
