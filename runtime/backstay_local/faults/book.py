"""The faults that are asked for now, and their tallies. Safe for several threads; nothing lasts beyond the process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .decide import UNHARMED, Asked, Tally, Verdict, concerns, strikes, verdict
from .rules import Kind, Rule, kind_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule in force."""

    id: str
    rule: Rule
    tally: Tally

    def to_json(self) -> dict[str, Any]:
        """The rule with its id and how often it has struck."""
        return {"id": self.id, **self.rule.to_json(), "matched": self.tally.matched, "struck": self.tally.struck}


class Faults:
    """What goes wrong on request. A fresh one lets everything go well."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._made = 0

    def add(self, kind: str | Kind, operations: str = "backup:*", **members: Any) -> str:
        """Let calls go wrong from now on; gives the id of the new fault.

        `kind` is a `Kind` or its word, `members` are those of `Rule`: account, region, rate, skip, count, seed,
        seconds. `ValueError` says what is wrong with them, `TypeError` names one that there is not.
        """
        return self.put(Rule(kind=kind if isinstance(kind, Kind) else kind_of(kind), operations=operations, **members))

    def put(self, rule: Rule) -> str:
        """Put a rule in force behind those that there are; gives its id."""
        with self._lock:
            self._made += 1
            name = f"fault-{self._made}"
            self._entries[name] = Entry(name, rule, Tally())
            return name

    def list(self) -> tuple[Entry, ...]:
        """The rules in force, the oldest first, with their tallies."""
        with self._lock:
            return tuple(self._entries.values())

    def clear(self, fault_id: str | None = None) -> int:
        """Take one fault away, or all; gives how many that were."""
        with self._lock:
            gone = [fault_id] if fault_id in self._entries else [] if fault_id else list(self._entries)
            for name in gone:
                del self._entries[name]
            return len(gone)

    def judge(self, ask: Callable[[], Asked]) -> Verdict:
        """What befalls a call. `ask` says what the call is; it is not asked while there are no rules."""
        if not self._entries:
            return UNHARMED
        asked = ask()
        with self._lock:
            struck = []
            for name, entry in self._entries.items():
                if concerns(entry.rule, asked):
                    hit = strikes(entry.rule, entry.tally)
                    tally = Tally(entry.tally.matched + 1, entry.tally.struck + hit)
                    self._entries[name] = Entry(name, entry.rule, tally)
                    struck += [entry.rule] * hit
        return verdict(struck)
