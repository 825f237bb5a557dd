"""What the levels below may do at a node: every level's controls tighten it, and none loosens it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .grammar import ALL, CONTROL, OPERATORS
from .text import Array, Node, Object, Place, Scalar
from .trace import Control


@dataclass(frozen=True, slots=True)
class Voice:
    """What one policy says about one node; `place` is that of the node's key."""

    policy: str
    node: Node
    place: Place | None = None


class Allowed:
    """The operators that are still allowed, with everybody who took some away."""

    def __init__(self) -> None:
        self._operators = frozenset(OPERATORS)
        self._controls: list[Control] = []

    def narrow(self, controls: Iterable[Control]) -> None:
        """Take away what controls do not list."""
        for control in controls:
            self._operators &= frozenset(control.allowed)
            self._controls.append(control)

    def blocker(self, operators: Iterable[str]) -> Control | None:
        """The control that took away the last of some operators; None while one of them is allowed."""
        wanted = frozenset(operators)
        if wanted & self._operators:
            return None
        for control in self._controls:
            wanted &= frozenset(control.allowed)
            if not wanted:
                return control
        return None


def controls(path: str, level: int, at: str, voices: Sequence[Voice]) -> Iterator[Control]:
    """The controls that a level states at a node; `@@all` allows everything, whatever stands beside it."""
    for voice in voices:
        stated = voice.node.get(CONTROL) if isinstance(voice.node, Object) else None
        if stated is not None and ALL not in (allowed := texts(stated)):
            yield Control(voice.policy, level, at, path, allowed, stated.place)


def texts(node: Node) -> tuple[str, ...]:
    """Single values as Organizations keeps them: as text, each once, in order."""
    items = node.items if isinstance(node, Array) else (node,)
    return tuple(dict.fromkeys(item.text for item in items if isinstance(item, Scalar)))
