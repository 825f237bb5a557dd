"""A table beside a plain dictionary: whatever is done, with transactions that fail and steps that fail, both agree."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backstay_local.store import LostError, Store, Table

ENDED = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = st.sampled_from("abcdefgh")
GROUPS = st.sampled_from(["red", "blue"])


@dataclass(frozen=True, slots=True)
class Job:
    """A row that can be moved to another group, and end."""

    name: str
    colour: str
    number: int
    more: dict[str, int]
    completed: datetime | None = None


def table_of(store: Store, name: str, *, steady: bool = False) -> Table[Job]:
    """A table with everything that a table can keep at hand."""
    return Table(
        store,
        name,
        Job,
        key=("name",),
        indexes=("colour, name",),
        steady=steady,
        open_by=("colour",),
        counted_by="colour",
    )


class UndoneError(Exception):
    """What makes a transaction or a step fail."""


class Twice(RuleBasedStateMachine):
    """The same done to two tables of one store and to two dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.open()
        self.model: dict[str, dict[str, Job]] = {name: {} for name in self.tables}
        self.blocks: list[tuple[AbstractContextManager[None], dict[str, dict[str, Job]]]] = []

    def open(self) -> None:
        """The store, as a process finds it."""
        self.store = Store(Path(self.folder.name) / "s.sqlite3")
        self.tables = {"plain": table_of(self.store, "plain"), "steady": table_of(self.store, "steady", steady=True)}

    def copied(self) -> dict[str, dict[str, Job]]:
        """The model as it is now."""
        return {name: dict(rows) for name, rows in self.model.items()}

    @rule(
        table=st.sampled_from(["plain", "steady"]),
        name=NAMES,
        group=GROUPS,
        number=st.integers(0, 3),
        done=st.booleans(),
    )
    def put(self, table: str, name: str, group: str, number: int, done: bool) -> None:
        """A new row, or another in the place of one."""
        row = Job(name, group, number, {"n": number}, ENDED if done else None)
        self.tables[table].put(row)
        self.model[table][name] = row

    @rule(table=st.sampled_from(["plain", "steady"]), name=NAMES)
    def end(self, table: str, name: str) -> None:
        """A row that was read is written again with one member changed."""
        row = self.tables[table].get(name)
        assert row == self.model[table].get(name)
        if row is not None:
            self.tables[table].put(replace(row, completed=ENDED))
            self.model[table][name] = replace(row, completed=ENDED)

    @rule(table=st.sampled_from(["plain", "steady"]), name=NAMES)
    def remove(self, table: str, name: str) -> None:
        """A row goes, if it is there."""
        assert self.tables[table].remove(name) == (self.model[table].pop(name, None) is not None)

    @rule(table=st.sampled_from(["plain", "steady"]), number=st.integers(0, 3))
    def drop(self, table: str, number: int) -> None:
        """Many rows go at once."""
        gone = [name for name, row in self.model[table].items() if row.number == number]
        assert self.tables[table].drop_where("number = ?", number) == len(gone)
        for name in gone:
            del self.model[table][name]

    @precondition(lambda self: len(self.blocks) < 3)
    @rule()
    def begin(self) -> None:
        """A transaction, or a step within it."""
        block = self.store.step() if self.blocks else self.store.transaction()
        before = self.copied()
        block.__enter__()
        self.blocks.append((block, before))

    @precondition(lambda self: self.blocks)
    @rule()
    def keep(self) -> None:
        """The end of a transaction or step."""
        block, _ = self.blocks.pop()
        block.__exit__(None, None, None)

    @precondition(lambda self: self.blocks)
    @rule()
    def fail(self) -> None:
        """An error ends a transaction or step: it did not happen."""
        block, before = self.blocks.pop()
        assert not block.__exit__(UndoneError, UndoneError(), None)  # the error goes on to whoever began
        self.model = before

    @precondition(lambda self: self.blocks)
    @rule(table=st.sampled_from(["plain", "steady"]), name=NAMES)
    def spoil(self, table: str, name: str) -> None:
        """A row that no database can hold: the transaction or step ends as if it had not been."""
        block, before = self.blocks.pop()
        self.tables[table].put(Job(name, "red", 2**70, {}))
        if self.blocks:  # within a transaction it shows when somebody asks
            with pytest.raises(OverflowError) as caught:
                self.tables[table].where("1 = 1")
            assert not block.__exit__(OverflowError, caught.value, None)
        else:
            with pytest.raises(OverflowError):
                block.__exit__(None, None, None)
        self.model = before

    @precondition(lambda self: not self.blocks)
    @rule()
    def reopen(self) -> None:
        """The next process."""
        self.store.close()
        self.open()

    @rule(table=st.sampled_from(["plain", "steady"]), group=GROUPS)
    def look(self, table: str, group: str) -> None:
        """What is remembered between changes, asked at any time."""
        rows = self.model[table].values()
        assert self.tables[table].number(group) == sum(row.colour == group for row in rows)
        assert {row.name for row in self.tables[table].unfinished("colour", group)} == {
            row.name for row in rows if row.colour == group and row.completed is None
        }

    @invariant()
    def agree(self) -> None:
        """Whatever is asked, both answer the same."""
        for name, table in self.tables.items():
            rows = self.model[name]
            # In some states only, so that what waits to be written is not always written at once.
            if (len(rows) + len(self.blocks)) % 2:
                continue
            assert [table.get(key) for key in "abcdefgh"] == [rows.get(key) for key in "abcdefgh"]
            assert table.where("1 = 1", order="name") == [rows[key] for key in sorted(rows)]
            assert [key for key, _ in table.scan("name", "b", "colour = ?", "red")] == sorted(
                key for key, row in rows.items() if row.colour == "red" and key > "b"
            )
            assert table.count("number > ?", 1) == sum(row.number > 1 for row in rows.values())
            for group in ("red", "blue"):
                self.look(name, group)

    def teardown(self) -> None:
        """Nothing of an open transaction is kept."""
        while self.blocks:
            self.fail()
        self.reopen()
        self.agree()
        self.store.close()
        self.folder.cleanup()


TestTwice = Twice.TestCase
TestTwice.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_an_error_that_was_swallowed_still_undoes_the_transaction(tmp_path: Path) -> None:
    """What could not be written on the way is not forgotten because somebody caught the error: nothing is kept."""
    store = Store(tmp_path / "s.sqlite3")
    table = table_of(store, "jobs")

    def swallow(step: Any) -> None:
        with store.transaction():
            table.put(Job("a", "red", 1, {}))
            with step():
                table.put(Job("b", "red", 2**70, {}))
                with pytest.raises(OverflowError):
                    table.where("1 = 1")
                table.put(Job("c", "red", 1, {}))
                with pytest.raises(LostError):
                    table.where("1 = 1")

    with pytest.raises(LostError):
        swallow(store.transaction)
    assert table.where("1 = 1") == []
    with store.transaction(), pytest.raises(LostError):
        swallow(store.step)
    assert [row.name for row in table.where("1 = 1")] == ["a"]
    store.close()


def test_a_full_database_undoes_the_whole_transaction(tmp_path: Path) -> None:
    """SQLite takes everything back when the disk is full; what comes after in the transaction is not kept alone."""
    store = Store(tmp_path / "s.sqlite3")
    table = table_of(store, "jobs")
    [(pages,)] = store.query("PRAGMA page_count")

    def grow() -> None:
        with store.transaction():
            table.put(Job("before", "red", 1, {}))
            with suppress(sqlite3.OperationalError), store.step():
                for number in range(2000):
                    table.put(Job(f"{number:0200d}", "red", 1, {}))
                assert table.count("1 = 1") == 2001
            table.put(Job("after", "red", 1, {}))

    store.query(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(LostError):
        grow()
    assert table.where("1 = 1") == []
    assert table.number("red") == 0
    assert table.unfinished("colour", "red") == []
    store.query("PRAGMA max_page_count = 100000")
    grow()
    assert table.number("red") == 2002
    store.close()
    again = Store(tmp_path / "s.sqlite3")
    assert len(table_of(again, "jobs").unfinished("colour", "red")) == 2002
    again.close()
