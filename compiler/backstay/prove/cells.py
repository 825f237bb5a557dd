"""The values of one key, cut into cells: within a cell no selection and no requirement tells two values apart.

A set of cells is an integer with one bit a cell. A tag may be absent, which is a cell of its own; an ARN never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
        """The cells of texts of a form: those that match a pattern and have something where its `*` stands."""
        return self.sets[Atom("like", pattern)] & ~self.sets[Atom("==", pattern.replace("*", ""))]

    def witness(self, cells: int) -> str | None:
        """A value out of a set of cells that is not empty, the shortest; absence if it is among them."""
        return self.witnesses[(cells & -cells).bit_length() - 1]


def cut(key: str, atoms: Iterable[Atom], *, may_be_absent: bool = True, most: int = MOST) -> Cells:
    """The cells that comparisons cut a key's values into. Raises `TooManyError`."""
    asked = sorted(set(atoms), key=lambda atom: (atom.operator, atom.text))
    literals = [atom.text for atom in asked if atom.operator == "==" or "*" not in atom.text]
    texts = list(dict.fromkeys(literals))
    patterns = list(dict.fromkeys(atom.text for atom in asked if atom.operator == "like" and "*" in atom.text))
    found = kinds(texts, patterns, most)
    first: tuple[str | None, ...] = (None,) if may_be_absent else ()
    offset = len(first)
    sets = {atom: _set(atom, found, texts, patterns) << offset for atom in asked}
    return Cells(key, (*first, *(kind.witness for kind in found)), sets)


def _set(atom: Atom, found: tuple[Kind, ...], texts: list[str], patterns: list[str]) -> int:
    if atom.operator == "like" and "*" in atom.text:
        bit = 1 << patterns.index(atom.text)
        return sum(1 << number for number, kind in enumerate(found) if kind.matched & bit)
    index = texts.index(atom.text)
    return sum(1 << number for number, kind in enumerate(found) if kind.literal == index)
