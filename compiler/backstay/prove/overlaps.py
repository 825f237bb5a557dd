"""Which pairs of boxes have a point in common, for many boxes at once: a row of bits for each cell. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backstay.prove.search import Box


def overlaps(
    boxes: Sequence[Box], owners: Sequence[str], told: set[tuple[str, str]], every: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Two boxes of each pair of owners that have any in common, in their order; `told` pairs are left out, and added.

    Two boxes have a point in common if and only if they have a cell of each key in common.
    """
    meets = _Meets(boxes, every)
    own: dict[str, int] = {}
    for number, owner in enumerate(owners):
        own[owner] = own.get(owner, 0) | 1 << number
    for number, box in enumerate(boxes):
        left = meets.those(box) & -(1 << number) & ~own[owners[number]]
        while left:
            other = (left & -left).bit_length() - 1
            left &= ~own[owners[other]]
            pair = owners[number], owners[other]
            if pair not in told and pair[::-1] not in told:
                told.add(pair)
                yield number, other


class _Meets:
    """The boxes that meet a box, as bits."""

    def __init__(self, boxes: Sequence[Box], every: Mapping[str, int]) -> None:
        self._all = (1 << len(boxes)) - 1
        self._by_set: dict[str, dict[int, int]] = {key: {} for key in every}
        """Key → set of cells → the boxes that ask for just this set."""
        self._free: dict[str, int] = dict.fromkeys(every, self._all)
        """Key → the boxes that ask nothing of it."""
        self._known: dict[tuple[str, int], int] = {}
        for number, box in enumerate(boxes):
            for key, cells in box.items():
                self._by_set[key][cells] = self._by_set[key].get(cells, 0) | 1 << number
                self._free[key] &= ~(1 << number)

    def those(self, box: Box) -> int:
        found = self._all
        for key, cells in box.items():
            found &= self._of(key, cells)
        return found

    def _of(self, key: str, cells: int) -> int:
        known = self._known.get((key, cells))
        if known is None:
            known = self._free[key]
            for other, numbers in self._by_set[key].items():
                if other & cells:
                    known |= numbers
            self._known[key, cells] = known
        return known
