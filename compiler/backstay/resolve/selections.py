"""AWS selections: what a condition's disjuncts become, exactly, or the reason why AWS cannot express one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import assert_never

from backstay.dsl import Condition
from backstay.resolve.conditions import Always, Among, Barred, Both, Either, Form, Literals, Never, TagTest, TagValues
from backstay.resolve.conditions import normal as normal_form
from backstay.resolve.patterns import Inexpressible, Pattern, meet, patterns, unique
from backstay_aws import catalog
from backstay_aws.selection import Selection

Disjunct = tuple[Literals, ...]

_MEMBERS = {"==": "StringEquals", "!=": "StringNotEquals", "like": "StringLike", "not like": "StringNotLike"}


@dataclass(frozen=True, slots=True)
class Made:
    """One AWS selection, the types that it names, and by JSON pointer the comparison that each value comes from."""

    selection: Selection
    types: tuple[str, ...]
    said: Mapping[str, Condition]


def selections(condition: Condition, partition: str) -> tuple[Made, ...]:
    """The AWS selections of a condition, one for each disjunct, in source order. Raises `Inexpressible`."""
    disjuncts = dict.fromkeys(tuple(dict.fromkeys(disjunct)) for disjunct in _disjuncts(normal_form(condition)))
    return tuple(_made(disjunct, partition) for disjunct in disjuncts)


def _disjuncts(form: Form) -> list[Disjunct]:
    """The disjunctive normal form."""
    match form:
        case Either():
            found = [disjunct for part in form.parts for disjunct in _disjuncts(part)]
            _cap(len(found))
            return found
        case Both():
            choices = [_apart(_disjuncts(part)) for part in form.parts]
            _cap(prod(len(choice) for choice in choices))
            return [sum(picked, ()) for picked in product(*choices)]
        case _:
            return [(form,)]


def _apart(disjuncts: Iterable[Disjunct]) -> list[Disjunct]:
    """Disjuncts that stand in a conjunction, where a tag's values, no longer alone, become one disjunct each."""
    found: list[Disjunct] = []
    for disjunct in disjuncts:
        first = disjunct[0]
        found += [(test,) for test in first.tests] if isinstance(first, TagValues) else [disjunct]
    _cap(len(found))
    return found


def _cap(count: int) -> None:
    most = catalog.limit("selections_per_plan")
    if count > most:
        message = f"this condition comes to {count} AWS selections; a plan has at most {most}"
        raise Inexpressible("selection-explodes", message, cure="let one tag say what several alternatives say now")


def _made(disjunct: Disjunct, partition: str) -> Made:
    taken = _taken([literal for literal in disjunct if isinstance(literal, Among)], partition)
    barred = unique(
        p for literal in disjunct if isinstance(literal, Barred) for p in patterns(literal.named, partition)
    )
    listed = [test for literal in disjunct if isinstance(literal, TagValues) for test in literal.tests]
    tests = [literal for literal in disjunct if isinstance(literal, TagTest)]
    _check(disjunct)
    if listed:
        said = {f"/ListOfTags/{n}": test.said for n, test in enumerate(listed)}
        return Made(Selection(list_of_tags=_pairs(listed)), (), said)
    selection = Selection(
        resources=tuple(pattern.text for pattern in taken) or ("*",),
        not_resources=tuple(pattern.text for pattern in barred),
        string_equals=_pairs(tests, "=="),
        string_not_equals=_pairs(tests, "!="),
        string_like=_pairs(tests, "like"),
        string_not_like=_pairs(tests, "not like"),
    )
    return Made(selection, _types(taken), dict(_said(taken, barred, tests)))


def _check(disjunct: Disjunct) -> None:
    """Close the union of literals; nothing but `~Select.everything()` is never true."""
    for literal in disjunct:
        match literal:
            case Never():
                raise Inexpressible("selection-takes-nothing", "what is not everything is nothing")
            case TagTest() | TagValues() | Among() | Barred() | Always():
                continue
            case _:
                assert_never(literal)


def _taken(groups: Sequence[Among], partition: str) -> tuple[Pattern, ...]:
    """The patterns of `Resources`: those of the one group, or what several groups have in common."""
    taken: tuple[Pattern, ...] = ()
    for number, group in enumerate(groups):
        found = unique(pattern for named in group.named for pattern in patterns(named, partition))
        taken = meet(taken, found) if number else found
    return taken


def _types(taken: Sequence[Pattern]) -> tuple[str, ...]:
    """The types that the patterns can be, sorted; none as soon as one pattern does not tell."""
    known = all(pattern.types for pattern in taken)
    return tuple(sorted({name for pattern in taken for name in pattern.types})) if known else ()


def _pairs(tests: Iterable[TagTest], operator: str | None = None) -> tuple[tuple[str, str], ...]:
    return tuple((test.key, test.value) for test in tests if operator is None or test.operator == operator)


def _said(
    taken: Sequence[Pattern], barred: Sequence[Pattern], tests: Sequence[TagTest]
) -> Iterable[tuple[str, Condition]]:
    yield from ((f"/Resources/{n}", pattern.said) for n, pattern in enumerate(taken))
    yield from ((f"/NotResources/{n}", pattern.said) for n, pattern in enumerate(barred))
    for operator, member in _MEMBERS.items():
        same = [test for test in tests if test.operator == operator]
        yield from ((f"/Conditions/{member}/{n}", test.said) for n, test in enumerate(same))
