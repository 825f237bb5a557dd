"""Places as tables while they are read, many at a time, so that no more than a part of them is ever in memory."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from pathlib import Path

from backstay_agent.audit.batch import Read
from backstay_agent.audit.tables import parquet
from backstay_agent.audit.tables.every import ACCOUNTS, FACTS, FINDINGS, UNREAD, rows, unread_accounts
from backstay_agent.controls.facts import Facts, Place

ROWS = 100_000
"""So many rows are held before they are written: some fifty megabytes."""
_ROWS_OF = tuple(field.name for field in fields(Place) if str(field.type).startswith("tuple"))


class Streamed:
    """Takes places over (see `collect`), writes their rows, and leaves what says whether they could be read."""

    def __init__(self, folder: Path, rows: int = ROWS) -> None:
        self._folder, self._most = folder, rows
        self._held: list[Place] = []
        self._count = 0

    def __call__(self, one: Read, *, now: datetime) -> Read:
        """Take a shard over. Raises OSError, MissingDuckDBError."""
        place = one.outcome
        if not isinstance(place, Place):
            return one
        self._held.append(place)
        self._count += sum(len(getattr(place, name)) for name in _ROWS_OF)
        if self._count >= self._most:
            self._write(now)
        return Read(Place(place.account, place.region, unread=place.unread, read=place.read), one.whole)

    def finish(self, facts: Facts) -> str:
        """Write the rest, and what is known of the whole; gives the day. Raises OSError, MissingDuckDBError."""
        self._write(facts.now)
        day = parquet.day_of(facts.now)
        gone = ((account, region) for account, region, _ in unread_accounts(facts))
        parquet.empty(self._folder, day, (ACCOUNTS, *FACTS), gone)
        parquet.empty(self._folder, day, (FINDINGS,), parquet.looked_at(facts))  # they were of other facts
        parquet.write_rows(self._folder, day, ((table, rows(facts, table)) for table in (ACCOUNTS, UNREAD)))
        return day

    def _write(self, now: datetime) -> None:
        if self._held:
            parquet.write(Facts("", now, now, (), (), tuple(self._held)), self._folder)
        self._held, self._count = [], 0
