"""What a selection takes, and what a condition means, as boxes over cells. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from backstay.prove.cells import Atom, Cells, cut
from backstay_aws.selection import names_type

if TYPE_CHECKING:
    from backstay.prove.search import Box
    from backstay.resolve.conditions import Form
    from backstay_aws.catalog import ResourceType
    from backstay_aws.selection import Selection

ARN = "\0arn"
"""The key under which the ARN of a resource stands; no tag can be called so."""
_TESTS = (
    ("string_equals", "=="),
    ("string_not_equals", "!="),
    ("string_like", "like"),
    ("string_not_like", "not like"),
)


@dataclass(frozen=True)
class Space:
    """The cells of all keys that some selections and conditions read; `arns` has the patterns of types in it."""

    keys: Mapping[str, Cells]

    @property
    def every(self) -> dict[str, int]:
        """All cells of each key."""
        return {key: cells.every for key, cells in self.keys.items()}


def space(
    selections: Iterable[Selection],
    forms: Iterable[Form],
    patterns: Iterable[str],
    texts: Iterable[tuple[str, str]] = (),
) -> Space:
    """The space that selections, conditions, ARN patterns and texts by key cut. Raises `TooManyError`."""
    atoms: dict[str, set[Atom]] = {ARN: {_arn_atom(one) for one in patterns}}
    for key, text in texts:
        atoms.setdefault(key, set()).add(Atom("==", text))
    for selection in selections:
        for key, atom in _atoms(selection):
            atoms.setdefault(key, set()).add(atom)
    for form in forms:
        for key, atom in _atoms_of(form):
            atoms.setdefault(key, set()).add(atom)
    return Space({key: cut(key, found, may_be_absent=key != ARN) for key, found in atoms.items()})


def boxes(selection: Selection, space: Space, row: ResourceType, *, opted_in: bool, absent: bool) -> Iterator[Box]:
    """What a selection takes of a type: one box for each thing that takes a resource in.

    The same meaning as `backstay_aws.selection.matches`, for all resources at once; a test holds the two equal.
    """
    always = _conditions(selection, space, absent=absent)
    if always is None:
        return
    barred = _arns(space, selection.not_resources)
    arns = [pattern for pattern in selection.resources if opted_in or _named(pattern, row)]
    taken = _arns(space, arns) & ~barred
    if taken:
        yield {**always, ARN: taken}
    if opted_in:
        kept = space.keys[ARN].every & ~barred
        for key, value in selection.list_of_tags:
            cells = always.get(key, space.keys[key].every) & space.keys[key].holding("==", value, absent=absent)
            if cells and kept:
                yield {**always, key: cells, ARN: kept}


def form_boxes(form: Form, space: Space, domains: Mapping[str, int], *, absent: bool) -> list[dict[str, int]]:
    """A condition as boxes of which one must hold. `domains` are the ARN cells of each type."""
    from backstay.dsl.condition import Resource
    from backstay.resolve.conditions import Always, Among, Barred, Both, Either, Named, Never, TagTest, TagValues

    def arns(named: Named) -> int:
        return _arns(space, [named.arn]) if isinstance(named, Resource) else domains[named.type]

    match form:
        case TagTest():
            return _nonempty({form.key: space.keys[form.key].holding(form.operator, form.value, absent=absent)})
        case TagValues():
            return [box for test in form.tests for box in form_boxes(test, space, domains, absent=absent)]
        case Among():
            cells = 0
            for named in form.named:
                cells |= arns(named)
            return _nonempty({ARN: cells})
        case Barred():
            return _nonempty({ARN: space.keys[ARN].every & ~arns(form.named)})
        case Always():
            return [{}]
        case Never():
            return []
        case Either():
            return [box for part in form.parts for box in form_boxes(part, space, domains, absent=absent)]
        case Both():
            found: list[dict[str, int]] = [{}]
            for part in form.parts:
                found = [
                    both
                    for one in found
                    for other in form_boxes(part, space, domains, absent=absent)
                    if (both := meet(one, other)) is not None
                ]
            return found
    return _unknown(form)


def meet(one: Box, other: Box) -> dict[str, int] | None:
    """What is in both boxes, or None where nothing is."""
    both = dict(one)
    for key, cells in other.items():
        both[key] = both[key] & cells if key in both else cells
        if not both[key]:
            return None
    return both


def _nonempty(box: dict[str, int]) -> list[dict[str, int]]:
    return [box] if all(box.values()) else []


def _named(pattern: str, row: ResourceType) -> bool:
    """Whether a pattern takes resources of a type without the opt-in."""
    return row.opt_in_always != "yes" and names_type(pattern, row)


def _conditions(selection: Selection, space: Space, *, absent: bool) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for member, operator in _TESTS:
        for key, value in getattr(selection, member):
            cells = space.keys[key].holding(operator, value, absent=absent)  # type: ignore[arg-type]
            found[key] = found.get(key, space.keys[key].every) & cells
            if not found[key]:
                return None
    return found


def _arns(space: Space, patterns: Iterable[str]) -> int:
    cells = 0
    for pattern in patterns:
        cells |= space.keys[ARN].sets[_arn_atom(pattern)]
    return cells


def _arn_atom(pattern: str) -> Atom:
    return Atom("like", pattern)


def _atoms(selection: Selection) -> Iterator[tuple[str, Atom]]:
    for pattern in (*selection.resources, *selection.not_resources):
        yield ARN, _arn_atom(pattern)
    for key, value in selection.list_of_tags:
        yield key, Atom("==", value)
    for member, operator in _TESTS:
        for key, value in getattr(selection, member):
            yield key, Atom("like" if "like" in operator else "==", value)


def _atoms_of(form: Form) -> Iterator[tuple[str, Atom]]:
    from backstay.dsl.condition import Resource
    from backstay.resolve.conditions import Among, Barred, Both, Either, TagTest, TagValues

    match form:
        case TagTest():
            yield form.key, Atom("like" if "like" in form.operator else "==", form.value)
        case TagValues():
            for test in form.tests:
                yield from _atoms_of(test)
        case Among():
            yield from ((ARN, _arn_atom(named.arn)) for named in form.named if isinstance(named, Resource))
        case Barred():
            if isinstance(form.named, Resource):
                yield ARN, _arn_atom(form.named.arn)
        case Both() | Either():
            for part in form.parts:
                yield from _atoms_of(part)


def _unknown(form: object) -> NoReturn:
    raise AssertionError(f"no such form: {form!r}")
