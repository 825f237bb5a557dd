"""A data key at work, without any disk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_local.data import DataError
from backstay_local.data.seal import Seal

SEAL = Seal("one", b"1" * 32)
OTHER = Seal("two", b"2" * 32)


@given(st.binary(max_size=5000), st.binary(max_size=100))
def test_what_is_closed_opens_to_the_same_bytes(content: bytes, context: bytes) -> None:
    """Any content comes back exactly, whether it was worth compressing or not."""
    assert SEAL.open(SEAL.close(content, context), context) == content


@given(st.binary(max_size=200), st.data())
def test_every_single_flipped_bit_is_found(content: bytes, draw: st.DataObject) -> None:
    """A closed content in which one bit differs never opens."""
    closed = bytearray(SEAL.close(content, b""))
    bit = draw.draw(st.integers(0, len(closed) * 8 - 1))
    closed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DataError, match="damaged"):
        SEAL.open(bytes(closed), b"")


def test_another_key_or_another_context_does_not_open() -> None:
    """Content opens only under the key and in the place that it was closed for."""
    closed = SEAL.close(b"content", b"here")
    for seal, context in ((OTHER, b"here"), (SEAL, b"there")):
        with pytest.raises(DataError):
            seal.open(closed, context)


@given(st.binary(max_size=200))
def test_names_under_two_keys_never_meet(content: bytes) -> None:
    """The same content has the same name under one key, and another under another key."""
    assert SEAL.name(content) == Seal("one", b"1" * 32).name(content)
    assert SEAL.name(content) != OTHER.name(content)


def test_text_is_compressed_and_noise_is_not_blown_up() -> None:
    """Compression pays for text and costs noise no more than a few bytes."""
    import os

    noise = os.urandom(100_000)
    assert len(SEAL.close(b"backup " * 10_000, b"")) < 2_000
    assert len(SEAL.close(noise, b"")) < len(noise) + 64


def test_the_key_is_not_shown() -> None:
    """Printing a seal, as a traceback might, does not print its key."""
    assert "1111" not in repr(SEAL)
