"""Comparing the items of two tables."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.verify.items import Comparison, compare, digests

_VALUES = st.one_of(
    st.builds(lambda value: {"S": value}, st.text(max_size=3)),
    st.builds(lambda value: {"N": str(value)}, st.integers(0, 3)),
    st.builds(lambda value: {"B": value}, st.binary(max_size=3)),
    st.builds(lambda value: {"SS": sorted(value)}, st.sets(st.text(max_size=2), min_size=1)),
    st.builds(lambda value: {"M": {"x": {"S": value}}}, st.text(max_size=2)),
)
_TABLES = st.dictionaries(st.sampled_from("abcd"), _VALUES)


def _items(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": {"S": key}, "value": value} for key, value in table.items()]


@given(_TABLES, _TABLES)
def test_counts(restored: dict[str, Any], source: dict[str, Any]) -> None:
    """Each item is counted once: equal, different, only in the source, or only restored."""
    found = compare(digests(_items(restored), ["id"]), digests(_items(source), ["id"]))
    shared = restored.keys() & source.keys()
    same = sum(restored[key] == source[key] for key in shared)
    assert found == Comparison(same, len(shared) - same, len(source.keys() - shared), len(restored.keys() - shared))
    assert found.equal == (restored == source)


def test_sets_have_no_order() -> None:
    """DynamoDB gives sets in any order; two orders of the same set are equal."""
    one = [{"id": {"S": "a"}, "tags": {"SS": ["x", "y"]}, "raw": {"BS": [b"1", b"2"]}}]
    other = [{"id": {"S": "a"}, "tags": {"SS": ["y", "x"]}, "raw": {"BS": [b"2", b"1"]}}]
    assert compare(digests(one, ["id"]), digests(other, ["id"])).equal


def test_lists_have_an_order() -> None:
    """A list in another order is another value."""
    one = [{"id": {"S": "a"}, "l": {"L": [{"S": "x"}, {"S": "y"}]}}]
    other = [{"id": {"S": "a"}, "l": {"L": [{"S": "y"}, {"S": "x"}]}}]
    assert compare(digests(one, ["id"]), digests(other, ["id"])).different == 1
