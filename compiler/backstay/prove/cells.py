"""The values of one key, cut into cells: within a cell no selection and no requirement tells two values apart.

A set of cells is an integer with one bit a cell. A tag may be absent, which is a cell of its own; an ARN never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from backstay.prove.patterns import Kind, kinds

MOST = 20_000
"""Cells of one key beyond which `TooManyError` is raised: the answer is then UNKNOWN."""
ABSENT = 0
"""The cell of a resource without the tag."""
Operator = Literal["==", "!=", "like", "not like"]


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison of a key's value with a text (`==`) or a pattern (`like`)."""

    operator: Literal["==", "like"]
    text: str


@dataclass(frozen=True)
class Cells:
    """The cells of a key. `witnesses` has one value a cell, None for the tag's absence (always the first cell)."""

    key: str
    witnesses: tuple[str | None, ...]
    sets: dict[Atom, int]

    @property
    def every(self) -> int:
        """All cells."""
        return (1 << len(self.witnesses)) - 1

    def holding(self, operator: Operator, text: str, *, absent: bool) -> int:
        """The cells whose values pass a comparison; `absent`: whether `!=` and `not like` hold without the tag."""
        atom = Atom("==" if operator in ("==", "!=") else "like", text)
        if operator in ("==", "like"):
            return self.sets[atom]
        without = 1 << ABSENT if self.witnesses[ABSENT] is None else 0
        return self.every & ~self.sets[atom] & (self.every if absent else ~without)

    def sets_of(self, pattern: str) -> int:
        """The cells of ARNs of a form: those that match a pattern and have a name, without a colon, for its last `*`.

        No resource that can be backed up has a colon in its name, so `…:cluster:a:db:b` is no database of a cluster.
        """
        named = self.sets[Atom("like", pattern)] & ~self.sets[Atom("==", pattern.replace("*", ""))]
        return named & ~self.sets[Atom("like", foreign(pattern))]

    def witness(self, cells: int) -> str | None:
        """A value out of a set of cells that is not empty, the shortest; absence if it is among them."""
        return self.witnesses[(cells & -cells).bit_length() - 1]


def foreign(form: str) -> str:
    """The pattern of texts that look like ARNs of a form and are none, since what would be the name has a colon."""
    return f"{form}:*"


def cut(key: str, atoms: Iterable[Atom], *, may_be_absent: bool = True, most: int = MOST) -> Cells:
    """The cells that comparisons cut a key's values into. Raises `TooManyError`."""
    return _cut(key, frozenset(atoms), may_be_absent, most)


@lru_cache(maxsize=1024)
def _cut(key: str, atoms: frozenset[Atom], may_be_absent: bool, most: int) -> Cells:
    """Once for what is compared alike, wherever: shapes of several Regions cut most keys the same way."""
    asked = sorted(atoms, key=lambda atom: (atom.operator, atom.text))
    literals = [atom.text for atom in asked if atom.operator == "==" or "*" not in atom.text]
    texts = list(dict.fromkeys(literals))
    patterns = list(dict.fromkeys(atom.text for atom in asked if atom.operator == "like" and "*" in atom.text))
    found = kinds(texts, patterns, most)
    first: tuple[str | None, ...] = (None,) if may_be_absent else ()
    offset = len(first)
    sets = _sets(asked, found, texts, patterns, offset)
    return Cells(key, (*first, *(kind.witness for kind in found)), sets)


def _sets(
    asked: list[Atom], found: tuple[Kind, ...], texts: list[str], patterns: list[str], offset: int
) -> dict[Atom, int]:
    """The cells of each comparison."""
    literals, matching = [0] * len(texts), [0] * len(patterns)
    for number, kind in enumerate(found, offset):
        if kind.literal is not None:
            literals[kind.literal] |= 1 << number
        matched = kind.matched
        while matched:
            lowest = matched & -matched
            matching[lowest.bit_length() - 1] |= 1 << number
            matched ^= lowest
    by_text, by_pattern = dict(zip(texts, literals, strict=True)), dict(zip(patterns, matching, strict=True))
    return {
        atom: (by_pattern if atom.operator == "like" and "*" in atom.text else by_text)[atom.text] for atom in asked
    }
