"""The value of one leaf as operator after operator is heard, and what became of each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from .grammar import APPEND, ASSIGN, OF, Kind
from .trace import Outcome, Said, Value

_COUNTS: tuple[Outcome, ...] = ("set", "added", "removed")


class Telling:
    """Hears operators level by level; on one level all `@@assign` first, then `@@append`, then `@@remove`."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.value: Value | None = None
        self.said: list[Said] = []

    def hear(self, said: Said) -> None:
        """Take an operator that is allowed."""
        if said.operator not in OF[self.kind]:
            self._keep(said, "without effect", "it holds a single value")
        elif said.operator == ASSIGN:
            self._assign(said)
        elif said.operator == APPEND:
            self._append(said)
        else:
            self._remove(said)

    def ignore(self, said: Said, by: str) -> None:
        """Keep an operator that is not allowed."""
        self._keep(said, "ignored", by)

    def _keep(self, said: Said, outcome: Outcome, by: str = "") -> None:
        self.said.append(replace(said, outcome=outcome, by=by))

    def _assign(self, said: Said) -> None:
        peers = [one for one in self.said if one.level == said.level and one.outcome == "set"]
        if peers:
            self._keep(said, "lost", f"policy {peers[0].policy} assigns too and is attached earlier at {said.at}")
            return
        by = f"policy {said.policy} at {said.at} assigns over it"
        self.said = [replace(one, outcome="replaced", by=by) if one.outcome in _COUNTS else one for one in self.said]
        match self.kind:
            case "list":
                self.value = said.values
            case "value":
                self.value = said.values[0] if said.values else None
            case other:
                assert_never(other)
        self._keep(said, "set")

    def _append(self, said: Said) -> None:
        before = self._list()
        fresh = tuple(value for value in said.values if value not in before)
        self.value = (*before, *fresh)
        self._keep(said, *(("added", "") if fresh else ("without effect", "nothing in it is new")))

    def _remove(self, said: Said) -> None:
        before = self._list()
        left = tuple(value for value in before if value not in said.values)
        if self.value is not None:
            self.value = left
        self._keep(said, *(("removed", "") if left != before else ("without effect", "nothing in it is there")))

    def _list(self) -> tuple[str, ...]:
        return self.value if isinstance(self.value, tuple) else ()
