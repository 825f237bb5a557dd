"""What happens next: everything that time alone sets off, in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from backstay_local.backup.rows import Due
from backstay_local.store import Store, Table, moment

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
                "copy-finish",
                "restore-finish",
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
                "copy-start",
                "test-start",
                "restore-start",
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


class Agenda:
    """Things due, kept with the rows they are about, so that they survive a restart. One entry per kind and id."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the agenda of a store."""
        self._store = store
        self._table = Table(store, "due", Due, key=("kind", "id"), indexes=("at",))

    def put(self, kind: str, identity: str, at: datetime) -> None:
        """Let something happen at a time, in the place of what was set before."""
        if kind not in RANKS:
            raise ValueError(f"nothing is known to happen under the name {kind}")
        self._table.put(Due(kind, identity, at))

    def drop(self, identity: str, *kinds: str) -> None:
        """Let things of some kinds not happen."""
        for kind in kinds:
            self._table.discard(kind, identity)

    def has(self, kind: str, identity: str) -> bool:
        """Whether something is set to happen."""
        return self._table.get(kind, identity) is not None

    def next_at(self) -> datetime | None:
        """When the next thing is due."""
        found = self._store.query("SELECT MIN(at) FROM due")[0][0]
        return None if found is None else moment(found)

    def take(self, instant: datetime) -> list[Due]:
        """Remove and return what is due at that very instant, in order."""
        found = self._table.where("at = ?", instant)
        for one in found:
            self._table.discard(one.kind, one.id)
        return sorted(found, key=lambda due: (RANKS[due.kind], due.id))
