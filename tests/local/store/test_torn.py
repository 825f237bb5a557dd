"""A write-ahead log that is torn anywhere: what was committed before the tear is there, and nothing by halves.

What a checkpoint has moved into the database file is no longer the log's to lose: it is written through before the log
begins anew. So the log here holds what was committed since, first in a fresh file, then over older frames.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backstay_local.store import Store, Table

TRANSACTIONS = 21
HEADER, FRAME = 32, 24  # bytes in front of the log, and of each page in it (SQLite's file format)
SEED = 20261129


@dataclass(frozen=True, slots=True)
class Row:
    """Part of what one transaction wrote."""

    key: str
    transaction_: int
    text: str


class Torn:
    """A store that was copied while it was open, and the number of its transactions that the log does not hold."""

    def __init__(self, folder: Path, kept: int) -> None:
        self.folder, self.kept = folder, kept
        self.log = (folder / "s.sqlite3-wal").read_bytes()
        page = int.from_bytes(self.log[8:12], "big")
        self.borders = list(range(HEADER, len(self.log) + 1, FRAME + page))
        self.copies = 0

    def opened(self, log: bytes) -> list[int]:
        """The transactions that a store with this log has: each is checked to be whole; then it goes on working."""
        self.copies += 1
        place = self.folder / str(self.copies)
        place.mkdir()
        shutil.copy(self.folder / "s.sqlite3", place)
        (place / "s.sqlite3-wal").write_bytes(log)
        store = Store(place / "s.sqlite3")
        store.query("PRAGMA synchronous = OFF")  # hundreds of these: the disk need not be waited for
        table = table_of(store)
        assert store.query("PRAGMA quick_check") == [("ok",)]
        found: dict[int, int] = {}
        for row in table.where("1 = 1"):
            found[row.transaction_] = found.get(row.transaction_, 0) + 1
        assert all(number == rows_of(transaction) for transaction, number in found.items())
        assert len(table.where("transaction_ >= 0 AND transaction_ < ?", 1000)) == sum(found.values())
        commit(store, table, 999)
        store.close()
        if self.copies % 10 == 0:
            store = Store(place / "s.sqlite3")
            assert table_of(store).count("transaction_ = ?", 999) == rows_of(999)
            store.close()
        shutil.rmtree(place)
        return sorted(found)


def table_of(store: Store) -> Table[Row]:
    """The table in which transactions leave their rows."""
    return Table(store, "rows", Row, key=("key",), indexes=("transaction_",))


def rows_of(transaction: int) -> int:
    """How many rows a transaction writes."""
    return 1 + transaction % 7


def commit(store: Store, table: Table[Row], transaction: int) -> None:
    """One transaction: some rows, now and then with long texts."""
    with store.transaction():
        for number in range(rows_of(transaction)):
            table.put(Row(f"{transaction:04d}-{number}", transaction, "x" * (3000 if transaction % 5 == 0 else 10)))


@pytest.fixture(params=["fresh", "begun anew"])
def torn(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Torn]:
    """A store whose log holds the last transactions, in a file of its own or over frames of earlier ones."""
    (tmp_path / "live").mkdir()
    store = Store(tmp_path / "live" / "s.sqlite3")
    table = table_of(store)
    kept = 0
    store.query("PRAGMA wal_checkpoint(TRUNCATE)")
    if request.param == "begun anew":
        while kept < TRANSACTIONS:
            commit(store, table, kept)
            kept += 1
        store.query("PRAGMA wal_checkpoint(RESTART)")
    for transaction in range(kept, kept + TRANSACTIONS - 4 * (kept > 0)):
        commit(store, table, transaction)
    made = tmp_path / "copy"
    made.mkdir()
    for name in ("s.sqlite3", "s.sqlite3-wal"):
        shutil.copy(tmp_path / "live" / name, made)
    yield Torn(made, kept)
    store.close()


def test_a_log_cut_anywhere_leaves_what_came_before(torn: Torn) -> None:
    """Cut at every border of a frame, around it, and at random: what is left is a prefix, the longer the later."""
    chance = random.Random(SEED)
    near = {border + by for border in torn.borders for by in (-1, 0, 1) if border + by <= len(torn.log)}
    cuts = sorted(near | {chance.randrange(len(torn.log)) for _ in range(20)} | {0, 1, HEADER - 1})
    before: list[int] = []
    whole = torn.opened(torn.log)
    for cut in cuts:
        found = torn.opened(torn.log[:cut])
        assert found == list(range(len(found)))
        assert len(found) >= torn.kept
        assert len(found) >= len(before)
        before = found
    assert before == whole
    assert len(whole) > torn.kept + 15


def test_a_log_damaged_anywhere_leaves_what_came_before(torn: Torn) -> None:
    """A bit that differs, or a stretch of zeros, ends the log there: transactions that lie before it are whole."""
    chance = random.Random(SEED)
    whole = torn.opened(torn.log)
    places = [border + by for border in torn.borders[:-1] for by in (0, 5, 9, FRAME, FRAME + 100)]
    for place in chance.sample(places, 40) + [chance.randrange(len(torn.log)) for _ in range(10)]:
        log = bytearray(torn.log)
        if place % 2:
            log[place] ^= 1 << chance.randrange(8)
        else:
            log[place : place + 512] = bytes(len(log[place : place + 512]))
        found = torn.opened(bytes(log))
        assert found == list(range(len(found)))
        assert torn.kept <= len(found) <= len(whole)
        untouched = torn.opened(torn.log[: max(border for border in [0, *torn.borders] if border <= place)])
        assert len(found) >= len(untouched)
