"""Cutting streams into chunks and listings into segments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstay_local.data.listing import Entry, read, segments, spelled
from backstay_local.data.split import split


@given(st.lists(st.binary(max_size=40)), st.integers(1, 20))
def test_split_loses_nothing_and_cuts_evenly(parts: list[bytes], size: int) -> None:
    """Joined again the chunks are the stream; all but the last have the full size; none is empty."""
    chunks = list(split(parts, size))
    assert b"".join(chunks) == b"".join(parts)
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)


def _entry(name: str) -> Entry:
    return Entry(name, "stamp", 3, {"ContentType": "text/plain", "Metadata": {"a": "ü"}}, {"k\n": "v"}, ("ab", "cd"))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=30))
def test_a_listing_reads_back_as_it_was_written(names: list[str]) -> None:
    """Segments hold every entry, in order, whatever characters its name has."""
    entries = [_entry(name) for name in names]
    assert [entry for segment in segments(entries) for entry in read(spelled(segment))] == entries


def test_one_new_name_changes_one_segment() -> None:
    """All other segments stay byte for byte, so that they are shared with the backup before."""
    names = [f"object-{number:05}" for number in range(3000)]
    before = {spelled(segment) for segment in segments(map(_entry, names))}
    after = {spelled(segment) for segment in segments(map(_entry, sorted([*names, "object-01234-new"])))}
    assert len(before) > 10
    assert len(after - before) == 1
