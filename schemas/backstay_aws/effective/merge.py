"""From the backup policies along a path of the organization to the one that an account ends up with, with its trace.

At every node and level the first `@@assign` in attachment order wins, then every `@@append` adds, then every
`@@remove` takes away, whatever document it stands in. What the levels above allow decides whether an operator counts;
a level's own controls bind only the levels below it, and only tighten. A map's control decides about new keys directly
inside it and about nothing deeper. (AWS Organizations User Guide, "Inheritance operators" and "Inheritance examples",
read 2026-11; recorded effective policies, published 2026-09.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .allowed import Allowed, Voice, controls, texts
from .grammar import APPEND, ASSIGN, OPERATORS, PLANS, Grammar, Kind, under
from .leaf import Telling
from .settings import USUAL, Settings
from .text import Member, Object
from .trace import Control, Ignored, Leaf, Said, Speaker, Trace

# Which control lets the levels below add keys to a map is documented for `@@append` (yes) and `@@none` (no); either
# of the two operators that bring values is taken as leave.
_BRING = (ASSIGN, APPEND)

Path = tuple[str, ...]
Floors = Sequence[Sequence[Voice]]
"""What is said about one node, level by level."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A level of the tree: what to call it, and what its policies say, in attachment order."""

    at: str
    voices: tuple[Voice, ...]


def merge(floors: Sequence[Floor], settings: Settings = USUAL) -> tuple[dict[str, Any], Trace]:
    """The merged document below `plans` with its trace. Each voice's node is the object under the key `plans`."""
    merging = _Merging([floor.at for floor in floors], settings)
    merged = merging.container(("plans",), PLANS, [floor.voices for floor in floors])
    leaves = sorted(merging.leaves, key=lambda leaf: leaf.path)
    ignored = sorted(merging.ignored, key=lambda one: (one.path, one.level))
    return merged or {}, Trace(tuple(leaves), tuple(ignored), merging.speakers)


class _Merging:
    """One merge: goes down the grammar and collects the trace on its way."""

    def __init__(self, names: Sequence[str], settings: Settings) -> None:
        self.names = names
        self.settings = settings
        self.leaves: list[Leaf] = []
        self.ignored: list[Ignored] = []
        self.speakers: dict[str, tuple[Speaker, ...]] = {}

    def container(self, path: Path, grammar: Grammar, floors: Floors) -> dict[str, Any] | None:
        """The children, each merged on its own; None where nothing is left of the map."""
        self._speak(path, floors)
        merged = {
            name: self._node((*path, name), under(grammar, name), below)
            for name, below in self._children(path, grammar, floors).items()
        }
        return {name: value for name, value in merged.items() if value is not None} or None

    def _node(self, path: Path, known: Grammar | Kind | None, floors: Floors) -> Any:
        if known is None:
            return None
        return self._leaf(path, known, floors) if isinstance(known, str) else self.container(path, known, floors)

    def _children(self, path: Path, grammar: Grammar, floors: Floors) -> dict[str, list[list[Voice]]]:
        """What is said about each child. A key that no level above has needs the leave of the levels above."""
        allowed = Allowed()
        spelled: dict[str, str] = {}
        children: dict[str, list[list[Voice]]] = {}
        for level, voices in enumerate(floors):
            known = frozenset(spelled)
            for voice, member in _keys(voices):
                folded = member.name.lower()
                blocker = None if folded in known else allowed.blocker(_BRING)
                if blocker is not None:
                    self._ignore((*path, folded), "", level, voice, member, blocker)
                    continue
                fixed = folded in grammar or self.settings.keys == "lower"
                name = spelled.setdefault(folded, folded if fixed else member.name)
                said = Voice(voice.policy, member.value, member.place)
                children.setdefault(name, [[] for _ in floors])[level].append(said)
            allowed.narrow(self._controls(path, level, voices))
        return children

    def _leaf(self, path: Path, kind: Kind, floors: Floors) -> str | list[str] | None:
        self._speak(path, floors)
        allowed = Allowed()
        telling = Telling(kind)
        for level, voices in enumerate(floors):
            for voice, member in _operators(voices):
                values, place = texts(member.value), member.value.place
                said = Said(member.name, values, voice.policy, level, self.names[level], place, "set")
                blocker = allowed.blocker((member.name,))
                if blocker is None:
                    telling.hear(said)
                else:
                    telling.ignore(said, str(blocker))
                    self._ignore(path, member.name, level, voice, member, blocker)
            allowed.narrow(self._controls(path, level, voices))
        return self._told(path, telling)

    def _told(self, path: Path, telling: Telling) -> str | list[str] | None:
        """The value that came out, with its trace written."""
        value = telling.value
        if value is None or (value == () and self.settings.emptied == "drop" and _optional(path)):
            return None
        self.leaves.append(Leaf("/".join(path), value, tuple(telling.said)))
        return list(value) if isinstance(value, tuple) else value

    def _speak(self, path: Path, floors: Floors) -> None:
        heard = (Speaker(voice.policy, voice.place) for voices in floors for voice in voices)
        self.speakers["/".join(path)] = tuple(dict.fromkeys(heard))

    def _controls(self, path: Path, level: int, voices: Sequence[Voice]) -> Iterator[Control]:
        return controls("/".join(path), level, self.names[level], voices)

    def _ignore(self, path: Path, operator: str, level: int, voice: Voice, member: Member, by: Control) -> None:
        what = f"`{operator}` does not count" if operator else f"`{member.name}` is a new key, which does not count"
        reason = f"{what}: {by}"
        at = self.names[level]
        self.ignored.append(Ignored("/".join(path), operator, voice.policy, level, at, member.place, reason, by))


def _keys(voices: Sequence[Voice]) -> Iterator[tuple[Voice, Member]]:
    for voice in voices:
        if isinstance(voice.node, Object):
            yield from ((voice, member) for member in voice.node if not member.name.startswith("@@"))


def _operators(voices: Sequence[Voice]) -> Iterator[tuple[Voice, Member]]:
    """A level's operators on a leaf, in the order in which they are applied."""
    for operator in OPERATORS:
        for voice in voices:
            if isinstance(voice.node, Object):
                yield from ((voice, member) for member in voice.node if member.name == operator)


def _optional(path: Path) -> bool:
    """Whether a list may be missing from an effective document."""
    return path[-1] == "not_resource_types" or path[-2] in ("index_actions", "guardduty")
