"""The kinds of texts are all there are, and each is there: held against matching texts one by one."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.prove.patterns import TooManyError, kinds
from backstay_aws.selection import glob

SIGNS = "ab*"
LONGEST = 6


def _vector(text: str, literals: list[str], patterns: list[str]) -> tuple[str | None, int]:
    matched = sum(1 << number for number, pattern in enumerate(patterns) if glob(pattern, text))
    return (text if text in literals else None), matched


literal = st.text("ab", max_size=4)
pattern = st.text(SIGNS, min_size=1, max_size=5).filter(lambda text: "*" in text)


@given(st.lists(literal, unique=True, max_size=4), st.lists(pattern, unique=True, max_size=4))
def test_every_text_is_of_a_kind_and_every_kind_has_a_text(literals: list[str], patterns: list[str]) -> None:
    """Over all texts up to a length that any shortest witness of such patterns has."""
    found = kinds(literals, patterns, 10_000)
    told = {(literals[kind.literal] if kind.literal is not None else None, kind.matched) for kind in found}
    assert len(told) == len(found)
    for kind in found:
        assert _vector(kind.witness, literals, patterns) == (
            literals[kind.literal] if kind.literal is not None else None,
            kind.matched,
        )
    texts = ("".join(signs) for length in range(LONGEST + 1) for signs in product("abz", repeat=length))
    assert {_vector(text, literals, patterns) for text in texts} <= told


def test_a_kind_may_have_one_text_only() -> None:
    """Begins and ends with a, and no second a: that is `a` itself, and where `a` is named there is no other."""
    found = kinds(["a"], ["a*", "*a", "a*a"], 100)
    assert [kind.witness for kind in found if kind.matched & 0b111 == 0b011] == ["a"]


def test_witnesses_are_shortest(  # what a person reads
) -> None:
    """`tmp*` is shown as `tmp`, not as `tmpxyz`."""
    assert {kind.witness for kind in kinds([], ["tmp*"], 100)} == {"", "tmp"}


def test_what_is_too_much_is_said() -> None:
    """Patterns with a star on both sides double the kinds; the caller is told instead of waiting."""
    with pytest.raises(TooManyError):
        kinds([], [f"*{sign}*" for sign in "abcdefghijklmno"], 1_000)


def test_many_beginnings_are_cheap() -> None:
    """Five hundred ARNs that share a beginning, with a star behind, are five hundred kinds and a few."""
    patterns = [f"arn:aws:s3:::bucket-{number:03}*" for number in range(500)]
    found = kinds([], patterns, 20_000)
    assert len(found) == 501
    assert all(re.match(r"arn:aws:s3:::bucket-\d{3}$", kind.witness) for kind in found if kind.matched)
