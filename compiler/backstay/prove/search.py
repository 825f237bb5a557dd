"""Finds a point that lies in one box and in none of some others, or shows that there is none. Pure and exact.

A box is a set of cells for each of some keys, and any value of the others. That is what a selection takes (one box for
each thing that takes a resource in), and what a requirement is about. The search narrows the cells that are still
possible for each key: a box of which all keys but one are inside leaves that one no choice; where there is a choice it
is made on the box with the fewest ways out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Box = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Point:
    """Cells that are outside of every box: any value of each key's set will do."""

    domain: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Covered:
    """There is no such point; `used` are the indices of the boxes that the proof needs."""

    used: frozenset[int]


class LostError(Exception):
    """More steps than the search was given."""


def outside(within: Box, boxes: Sequence[Box], every: Mapping[str, int], steps: int = 200_000) -> Point | Covered:
    """A point in `within` and in no box. `every` has all cells of each key. Raises `LostError` after so many steps."""
    keys = dict(every)
    for key, cells in within.items():
        keys[key] = keys[key] & cells
        if not keys[key]:
            return Covered(frozenset())
    return _Search(boxes, steps).solve(keys, range(len(boxes)))


class _Search:
    def __init__(self, boxes: Sequence[Box], steps: int) -> None:
        self._boxes = boxes
        self._steps = steps

    def solve(self, domain: dict[str, int], left: Sequence[int]) -> Point | Covered:
        """A point in a domain (which is changed) outside of the boxes that are left."""
        forced: set[int] = set()
        narrowed = True
        while narrowed:
            self._steps -= 1
            if self._steps < 0:
                raise LostError
            narrowed, kept = False, []
            for index in left:
                ways = self._ways(domain, self._boxes[index])
                if ways is None:
                    continue
                if len(ways) > 1:
                    kept.append(index)
                    continue
                forced.add(index)
                if not ways:
                    return Covered(frozenset(forced))
                key, cells = ways[0]
                domain[key] &= ~cells
                narrowed = True
            left = kept
        if not left:
            return Point(domain)
        found = self._split(domain, left)
        return found if isinstance(found, Point) else Covered(found.used | forced)

    def _ways(self, domain: Mapping[str, int], box: Box) -> list[tuple[str, int]] | None:
        """The keys by which a point of the domain may be outside of a box; None where all its points are."""
        ways = []
        for key, cells in box.items():
            possible = domain[key]
            if not possible & cells:
                return None
            if possible & ~cells:
                ways.append((key, cells))
        return ways

    def _split(self, domain: dict[str, int], left: Sequence[int]) -> Point | Covered:
        """Try a way out of the box that has the fewest; if it leads nowhere, all points are inside by that key."""
        index = min(left, key=lambda one: len(self._ways(domain, self._boxes[one]) or ()))
        others = [one for one in left if one != index]
        used: frozenset[int] = frozenset({index})
        inside = dict(domain)
        for key, cells in self._ways(domain, self._boxes[index]) or ():
            tried = {**inside, key: inside[key] & ~cells}
            found = self.solve(tried, others)
            if isinstance(found, Point):
                return found
            used |= found.used
            inside[key] &= cells
        return Covered(used)
