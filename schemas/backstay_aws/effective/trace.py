"""Who set what in an effective policy: every operator that spoke, what became of it, and what stood in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .text import Place

Outcome = Literal["set", "added", "removed", "replaced", "lost", "without effect", "ignored"]
Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """A `@@operators_allowed_for_child_policies` somewhere above: who wrote it, where, and what it leaves allowed."""

    policy: str
    level: int
    at: str
    path: str
    allowed: tuple[str, ...]
    place: Place | None

    def __str__(self) -> str:
        line = f", line {self.place.line}" if self.place else ""
        return f"locked by policy {self.policy} at {self.at}{line}"


@dataclass(frozen=True, slots=True)
class Said:
    """One operator of one policy on a leaf, and what became of it.

    `level` is the index among the levels from the root, `at` names it (`OU ou-prod`). Outcomes: `set` (the value is
    this one), `added` and `removed` (it changed the list), `replaced` (it counted, until a lower level assigned),
    `lost` (a policy attached earlier at the same place assigned), `without effect` (its values were there already,
    or were not there), `ignored` (a level above does not allow it). `by` says what stood against it, or is empty.
    """

    operator: str
    values: tuple[str, ...]
    policy: str
    level: int
    at: str
    place: Place | None
    outcome: Outcome
    by: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the effective document with its value and everything that was said about it, root to account."""

    path: str
    value: Value
    said: tuple[Said, ...]

    @property
    def set_by(self) -> Said | None:
        """The last operator that made the value what it is."""
        return next((one for one in reversed(self.said) if one.outcome in ("set", "added", "removed")), None)

    @property
    def contributing(self) -> tuple[str, ...]:
        """The policies whose operators made the value what it is, in the order in which they spoke."""
        counted = (one.policy for one in self.said if one.outcome in ("set", "added", "removed"))
        return tuple(dict.fromkeys(counted))


@dataclass(frozen=True, slots=True)
class Ignored:
    """An operator, or a new key (`operator` is empty), that a level above does not allow; AWS tells nobody."""

    path: str
    operator: str
    policy: str
    level: int
    at: str
    place: Place | None
    reason: str
    by: Control


@dataclass(frozen=True, slots=True)
class Speaker:
    """A policy that says something at a path, with the place of the key there."""

    policy: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The way to an effective document; `leaves` and `ignored` are sorted by path.

    `speakers` tells for every path, of maps too, which policies say something there, from the root to the account.
    """

    leaves: tuple[Leaf, ...]
    ignored: tuple[Ignored, ...]
    speakers: Mapping[str, tuple[Speaker, ...]]

    def leaf(self, path: str) -> Leaf | None:
        """The leaf at a path such as `plans/daily/regions`."""
        return next((leaf for leaf in self.leaves if leaf.path == path), None)


def conflicts(trace: Trace) -> tuple[Leaf, ...]:
    """The leaves that two policies of one level assign: the order of attachment decides, which no listing shows."""
    return tuple(leaf for leaf in trace.leaves if any(one.outcome == "lost" for one in leaf.said))
