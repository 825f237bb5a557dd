"""All kinds of texts that some literals and patterns tell apart, each with a shortest witness. Pure.

`*` stands for any run of characters. The automata of all patterns run side by side, bit by bit in one integer; beside
them the literals as one trie. A state is reached by some shortest text, so walking the states breadth first finds each
kind once, and finds it whole: no bound on length, no sampling.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_GONE = -1
"""The trie's state of a text that is the beginning of no literal."""


class TooManyError(Exception):
    """There are more kinds than the caller wants to hear of."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Texts that no literal and no pattern tells apart: a shortest one, which literal it is, which patterns it matches.

    `literal` is an index, None for a text that is none of the literals; `matched` has one bit a pattern.
    """

    witness: str
    literal: int | None
    matched: int


def kinds(literals: Sequence[str], patterns: Sequence[str], most: int) -> tuple[Kind, ...]:
    """Every kind of text, shortest witness first. Raises `TooManyError` beyond `most` kinds or fifty states a kind."""
    automaton, trie = _Automaton(patterns), _Trie(literals)
    letters = sorted({sign for text in (*literals, *patterns) for sign in text} - {"*"})
    signs = (_other(letters), *letters)
    found: dict[tuple[int | None, int], Kind] = {}
    seen = {(0, automaton.start)}
    queue: deque[tuple[int, int, str]] = deque([(0, automaton.start, "")])
    while queue:
        node, state, text = queue.popleft()
        kind = Kind(text, trie.ends.get(node), automaton.accepted(state))
        found.setdefault((kind.literal, kind.matched), kind)
        if len(found) > most or len(seen) > 50 * most:
            raise TooManyError
        for sign in signs:
            following = (trie.step(node, sign), automaton.step(state, sign))
            if following not in seen:
                seen.add(following)
                queue.append((*following, text + sign))
    return tuple(found.values())


def _other(letters: Iterable[str]) -> str:
    """A character that none of the texts has; it stands for all others."""
    taken = set(letters)
    return next(sign for sign in _candidates() if sign not in taken)


def _candidates() -> Iterator[str]:
    yield from "xyzabcdefghijklmnopqrstuvw0123456789"
    yield from (chr(number) for number in range(0x4E00, 0x9FFF))


class _Trie:
    """The literals, letter by letter."""

    def __init__(self, literals: Sequence[str]) -> None:
        self.ends: dict[int, int] = {}
        self._next: dict[tuple[int, str], int] = {}
        for number, literal in enumerate(literals):
            node = 0
            for sign in literal:
                node = self._next.setdefault((node, sign), len(self._next) + 1)
            self.ends[node] = number

    def step(self, node: int, sign: str) -> int:
        return self._next.get((node, sign), _GONE)


class _Automaton:
    """The patterns, each a row of places in one integer: a place for each sign, and one behind the last."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._at: dict[str, int] = {}
        self._stars = 0
        self._ends: list[int] = []
        place, begins = 0, 0
        for pattern in (re.sub(r"\*+", "*", one) for one in patterns):
            begins |= 1 << place
            for sign in pattern:
                if sign == "*":
                    self._stars |= 1 << place
                else:
                    self._at[sign] = self._at.get(sign, 0) | 1 << place
                place += 1
            self._ends.append(place)
            place += 1
        self.start = self._closed(begins)

    def _closed(self, state: int) -> int:
        """A star may stand for nothing; two never stand side by side."""
        return state | (state & self._stars) << 1

    def step(self, state: int, sign: str) -> int:
        return self._closed((state & self._at.get(sign, 0)) << 1 | state & self._stars)

    def accepted(self, state: int) -> int:
        return sum(1 << number for number, end in enumerate(self._ends) if state >> end & 1)
