"""What happens next: everything that time alone sets off, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from heapq import heappop, heappush
from types import MappingProxyType

from backstay_local.backup.rows import Due
from backstay_local.store import Store
from backstay_local.store.codec import micros, moment
from backstay_local.store.schema import fit

RANKS: Mapping[str, int] = MappingProxyType(
    {
        kind: rank
        for rank, kind in enumerate(
            (
                "vault-ready",
                "approval-grant",
                "approval-expire",
                "share-expire",
                "owned-key-end",
                "backup-finish",
                "backup-gather",
                "copy-finish",
                "copy-gather",
                "restore-finish",
                "restore-gather",
                "hold-active",
                "hold-release",
                "access-ready",
                "access-gone",
                "index-finish",
                "scan-finish",
                "test-timeout",
                "test-delete",
                "point-delete",
                "index-delete",
                "point-cold",
                "framework-deployed",
                "report-plan-deployed",
                "framework-evaluate",
                "report-finish",
                "backup-late",
                "backup-abort",
                "test-late",
                "rule",
                "test-run",
                "backup-start",
                "backup-nest",
                "copy-start",
                "copy-nest",
                "test-start",
                "restore-start",
                "restore-nest",
                "hold-forget",
                "tiering",
                "index-start",
                "scan-start",
                "report-start",
                "report-daily",
                "history-forget",
            )
        )
    }
)
"""What comes first among things due at the same instant: endings before beginnings."""


_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_FEW, _MORE = 16, 8  # rows looked at first for one that still stands, and how many times as many then

Entry = tuple[str, str]
"""Kind and id."""


class Agenda:
    """Things due, kept with the rows they are about, so that they survive a restart. One entry per kind and id.

    2026-11-29: what is set within a transaction stays in memory until it commits. Most of it has happened by then, and
    never costs a row: the beginning and the end of a job are seconds apart.
    """

    def __init__(self, store: Store) -> None:
        """Use (or make) the agenda of a store."""
        self._store = store
        fit(store, "due", Due, ("kind", "id"), ("at",))
        self._set: dict[Entry, datetime | None] = {}
        """What was set since the last commit; None: it does not happen."""
        self._new: set[str] = set()
        """What came into being since the last commit, so that nothing can be kept of it: what was set is just unset."""
        self._kept: dict[Entry, bool] = {}
        """What was looked for among what is kept, and whether it was there."""
        self._soon: list[tuple[datetime, str, str]] = []
        self._first: tuple[datetime, Entry] | None = None
        self._looked = False
        self._taken: datetime | None = None
        """Everything kept of this instant, and before, was taken since the last commit."""

    def begin(self, identity: str) -> None:
        """Something of a fresh id comes into being: until it is kept, nothing that is dropped need be looked for."""
        with self._store.lock:
            self._new.add(identity)
            self._store.soon(self)

    def put(self, kind: str, identity: str, at: datetime) -> None:
        """Let something happen at a time, in the place of what was set before."""
        if kind not in RANKS:
            raise ValueError(f"nothing is known to happen under the name {kind}")
        with self._store.lock:
            self._set[kind, identity] = at
            heappush(self._soon, (at, kind, identity))
            self._store.soon(self)

    def drop(self, identity: str, *kinds: str) -> None:
        """Let things of some kinds not happen."""
        with self._store.lock:
            for kind in kinds:
                self._unset(kind, identity)
            self._store.soon(self)

    def has(self, kind: str, identity: str) -> bool:
        """Whether something is set to happen."""
        with self._store.lock:
            if (kind, identity) in self._set:
                return self._set[kind, identity] is not None
            if identity in self._new:
                return False
            if (kind, identity) not in self._kept:
                found = self._store.peek("SELECT 1 FROM due WHERE kind = ? AND id = ?", (kind, identity))
                self._kept[kind, identity] = bool(found)
            return self._kept[kind, identity]

    def next_at(self) -> datetime | None:
        """When the next thing is due."""
        with self._store.lock:
            while self._soon and self._set.get(self._soon[0][1:]) != self._soon[0][0]:
                heappop(self._soon)
            times = [self._soon[0][0]] if self._soon else []
            kept = self._first_kept()
            return min([*times, kept[0]] if kept else times, default=None)

    def take(self, instant: datetime) -> list[Due]:
        """Remove and return what is due at that very instant, in order."""
        with self._store.lock:
            found = {entry for entry, at in self._due_soon(instant) if self._set.get(entry) == at}
            kept = self._store.peek("SELECT kind, id FROM due WHERE at = ?", (instant,))
            found.update(entry for entry in kept if entry not in self._set)
            for entry in found:
                self._unset(*entry)
            self._taken = instant
            if found:
                self._store.soon(self)
            return [Due(kind, identity, instant) for kind, identity in sorted(found, key=_rank)]

    def write(self) -> None:
        """Keep what was set."""
        changes = self._set
        self.forget()
        gone = [entry for entry, at in changes.items() if at is None]
        stay = [(*entry, micros(at)) for entry, at in changes.items() if at is not None]
        self._store.execute_each("DELETE FROM due WHERE kind = ? AND id = ?", gone)
        self._store.execute_each("INSERT OR REPLACE INTO due (kind, id, at) VALUES (?, ?, ?)", stay)

    def _unset(self, kind: str, identity: str) -> None:
        if identity in self._new:
            self._set.pop((kind, identity), None)
        else:
            self._set[kind, identity] = None

    def forget(self) -> None:
        """Drop what was set: it was taken back."""
        self._new.clear()
        self._kept.clear()
        self._set, self._soon, self._first, self._taken = {}, [], None, None
        self._looked = False

    def mark(self) -> dict[Entry, datetime | None]:
        """What is set now."""
        return dict(self._set)

    def go_back(self, mark: dict[Entry, datetime | None]) -> None:
        """Let that be set again which was at a mark."""
        self._set = dict(mark)
        self._soon = sorted((at, *entry) for entry, at in mark.items() if at is not None)

    def _due_soon(self, instant: datetime) -> Iterator[tuple[Entry, datetime]]:
        while self._soon and self._soon[0][0] <= instant:
            at, kind, identity = heappop(self._soon)
            if at == instant:
                yield (kind, identity), at

    def _first_kept(self) -> tuple[datetime, Entry] | None:
        """The first of what was set before and still stands; looked for again only when that is another one."""
        if not self._looked or (self._first is not None and self._first[1] in self._set):
            self._first, self._looked = self._look(), True
        return self._first

    def _look(self) -> tuple[datetime, Entry] | None:
        some = _FEW
        after = self._taken if self._taken is not None else _LONG_AGO
        while True:
            sql = "SELECT at, kind, id FROM due WHERE at > ? ORDER BY at LIMIT ?"
            rows = self._store.peek(sql, (after, some))
            found = next(((moment(at), (kind, id_)) for at, kind, id_ in rows if (kind, id_) not in self._set), None)
            if found is not None or len(rows) < some:
                return found
            some *= _MORE


def _rank(entry: Entry) -> tuple[int, str]:
    return RANKS[entry[0]], entry[1]
