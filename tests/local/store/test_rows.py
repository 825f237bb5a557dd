"""The store: rows come back as they were put, and lists go through them once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstay_local.backup.rows import newest_first
from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class Thing:
    """A row with a column of every kind."""

    name: str
    number: int
    share: float | None
    active: bool
    at: datetime | None
    more: dict[str, Any]
    words: list[str]


TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # made aware
THINGS = st.builds(
    Thing,
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    number=st.integers(-(2**63), 2**63 - 1),
    share=st.none() | st.floats(allow_nan=False),
    active=st.booleans(),
    at=st.none() | TIMES,
    more=st.dictionaries(st.text("abc", max_size=3), st.integers(0, 9) | st.text("xyz", max_size=3), max_size=3),
    words=st.lists(st.text("abc", max_size=3), max_size=3),
)


@settings(max_examples=15, deadline=None)
@given(things=st.lists(THINGS, max_size=12, unique_by=lambda thing: thing.name))
def test_rows_come_back(tmp_path_factory: Any, things: list[Thing]) -> None:
    """What is put comes back equal, by key, by condition and by scan."""
    store = Store(Path(tmp_path_factory.mktemp("store")) / "s.sqlite3")
    table = Table(store, "things", Thing, key=("name",), indexes=("number",))
    for thing in things:
        table.put(thing)
    assert [table.get(thing.name) for thing in things] == things
    assert table.count("1 = 1") == len(things)
    assert {row.name for _, row in table.scan("name", None, "1 = 1")} == {thing.name for thing in things}
    store.close()


def test_scan_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """A scan over more rows than one piece gives each once, and can begin anywhere."""
    store = Store(tmp_path / "s.sqlite3")
    table = Table(store, "things", Thing, key=("name",))
    names = [f"{number:04d}" for number in range(250)]
    with store.transaction():
        for name in names:
            table.put(Thing(name, 0, None, True, None, {}, []))
    assert [key for key, _ in table.scan("name", None, "1 = 1")] == names
    assert [key for key, _ in table.scan("name", "0240", "1 = 1")] == names[241:]
    assert table.drop_where("name < ?", "0200") == 200
    assert table.count("1 = 1") == 50
    store.close()


@given(TIMES, TIMES)
def test_newest_first(one: datetime, two: datetime) -> None:
    """The place in a list is the earlier the later the row."""
    assert (newest_first(one, "x") < newest_first(two, "x")) == (one > two)


@dataclass(frozen=True, slots=True)
class Note:
    """A row."""

    name: str
    text: str


def test_a_step_that_fails_takes_back_only_itself(tmp_path: Path) -> None:
    """Within a transaction what came before a failed step is kept, and what a steady table remembered is right."""
    store = Store(tmp_path / "s.sqlite3")
    table = Table(store, "notes", Note, key=("name",), steady=True)

    def fail() -> None:
        with store.step():
            table.put(Note("a", "changed"))
            assert table.get("a") == Note("a", "changed")
            raise KeyError

    with store.transaction():
        table.put(Note("a", "first"))
        assert table.get("a") == Note("a", "first")
        with pytest.raises(KeyError):
            fail()
        assert table.get("a") == Note("a", "first")
        with store.step():
            table.put(Note("b", "second"))
    assert [note.text for note in table.where("1 = 1", order="name")] == ["first", "second"]
    table.remove("a")
    assert table.get("a") is None
    store.close()
