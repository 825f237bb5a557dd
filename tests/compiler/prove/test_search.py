"""The search finds a point if and only if there is one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.prove.search import Covered, LostError, Point, outside

KEYS = {"a": 0b111, "b": 0b1111, "c": 0b11}
box = st.fixed_dictionaries({}, optional={key: st.integers(1, cells) for key, cells in KEYS.items()})


def _inside(point: tuple[int, ...], one: dict[str, int]) -> bool:
    return all(one.get(key, KEYS[key]) >> cell & 1 for key, cell in zip(KEYS, point, strict=True))


def _all_points() -> list[tuple[int, ...]]:
    return list(product(*(range(cells.bit_length()) for cells in KEYS.values())))


@given(box, st.lists(box, max_size=9))
def test_it_agrees_with_looking_at_every_point(within: dict[str, int], boxes: list[dict[str, int]]) -> None:
    """A point that is found is outside of every box; where none is found, the boxes that are named cover all."""
    left = [
        point for point in _all_points() if _inside(point, within) and not any(_inside(point, one) for one in boxes)
    ]
    found = outside(within, boxes, KEYS)
    if isinstance(found, Point):
        cells = tuple((found.domain[key] & -found.domain[key]).bit_length() - 1 for key in KEYS)
        assert cells in left
        for point in product(*([i for i in range(4) if found.domain[key] >> i & 1] for key in KEYS)):
            assert point in left
    else:
        assert left == []
        used = [boxes[index] for index in found.used]
        covered = [point for point in _all_points() if _inside(point, within)]
        assert all(any(_inside(point, one) for one in used) for point in covered)


def test_nothing_to_be_about_is_covered() -> None:
    """An empty question has no counterexample."""
    assert outside({"a": 0}, [], KEYS) == Covered(frozenset())


def test_it_gives_up_loudly() -> None:
    """A search that would take too long says so, and never guesses."""
    every = {f"k{number}": 0b111 for number in range(14)}
    names = list(every)
    boxes = [{names[i]: 1 << j, names[(i * 7 + 3) % 14]: 1 << (j + 1) % 3} for i in range(14) for j in range(3)]
    with pytest.raises(LostError):
        outside({}, boxes * 3, every, steps=3)
