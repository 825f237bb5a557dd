"""Conditions in negation normal form: `~` pushed down to the comparisons, equal kinds joined by `|` grouped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from backstay.dsl import Condition
from backstay.dsl.condition import AllOf, AnyOf, Everything, NotOf, Operator, Resource, ResourceType, Tag, TagIn

Named = Resource | ResourceType

_OPPOSITE: dict[Operator, Operator] = {"==": "!=", "!=": "==", "like": "not like", "not like": "like"}


@dataclass(frozen=True, slots=True)
class TagTest:
    """One comparison of a tag; it becomes one entry of `Conditions`."""

    key: str
    operator: Operator
    value: str
    said: Condition = field(compare=False)


@dataclass(frozen=True, slots=True)
class TagValues:
    """A tag that has one of several values; alone it becomes `ListOfTags`."""

    tests: tuple[TagTest, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """Resources that have one of some types or ARNs: `Resources`."""

    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """Resources that have not this type or ARN: `NotResources`."""

    named: Named


@dataclass(frozen=True, slots=True)
class Always:
    """Every resource, from `Select.everything()`."""


@dataclass(frozen=True, slots=True)
class Never:
    """No resource: what is not everything."""


@dataclass(frozen=True, slots=True)
class Both:
    """All of the parts hold."""

    parts: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts holds."""

    parts: tuple[Form, ...]


Literals = TagTest | TagValues | Among | Barred | Always | Never
Form = Literals | Both | Either


def normal(condition: Condition, *, negated: bool = False) -> Form:
    """A condition in negation normal form. `~(a == b)` is `a != b` by definition, whatever that means for no tag."""
    match condition:
        case NotOf():
            return normal(condition.item, negated=not negated)
        case AllOf() | AnyOf():
            parts = [normal(item, negated=negated) for item in condition.items]
            return _joined("&" if isinstance(condition, AllOf) is not negated else "|", parts)
        case Tag():
            operator = _OPPOSITE[condition.operator] if negated else condition.operator
            return TagTest(condition.key, operator, condition.value, condition)
        case TagIn():
            return _of_values(condition, negated=negated)
        case Resource() | ResourceType():
            return Barred(condition) if negated else Among((condition,))
        case Everything():
            return Never() if negated else Always()
    return _unknown(condition)


def _of_values(condition: TagIn, *, negated: bool) -> Form:
    operator: Operator = "!=" if negated else "=="
    values = dict.fromkeys(condition.values)
    tests = tuple(TagTest(condition.key, operator, value, condition) for value in values)
    return _joined("&", tests) if negated else TagValues(tests)


def _joined(sign: Literal["&", "|"], parts: Sequence[Form]) -> Form:
    flat = list(_flat(sign, parts))
    if sign == "|":
        flat = _grouped(flat)
    if len(flat) == 1:
        return flat[0]
    return Both(tuple(flat)) if sign == "&" else Either(tuple(flat))


def _flat(sign: Literal["&", "|"], parts: Sequence[Form]) -> Iterator[Form]:
    kind = Both if sign == "&" else Either
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _grouped(parts: Sequence[Form]) -> list[Form]:
    """Types and ARNs joined by `|` become one group, and so do the values of one tag; each where its first stood."""
    groups: dict[object, list[Form]] = {}
    for number, part in enumerate(parts):
        groups.setdefault(_group_key(part, number), []).append(part)
    return [_group(members) for members in groups.values()]


def _group_key(part: Form, number: int) -> object:
    if isinstance(part, Among):
        return "resources"
    if isinstance(part, TagTest) and part.operator == "==":
        return "tag", part.key
    if isinstance(part, TagValues):
        return "tag", part.tests[0].key
    return number


def _group(parts: Sequence[Form]) -> Form:
    if len(parts) == 1:
        return parts[0]
    named = [named for part in parts if isinstance(part, Among) for named in part.named]
    if named:
        return Among(tuple(dict.fromkeys(named)))
    return TagValues(tuple(dict.fromkeys(test for part in parts for test in _tests(part))))


def _tests(part: Form) -> tuple[TagTest, ...]:
    match part:
        case TagTest():
            return (part,)
        case TagValues():
            return part.tests
        case _:
            return ()


def _unknown(condition: Condition) -> NoReturn:
    raise AssertionError(f"no such condition: {condition!r}")


def comparisons(condition: Condition) -> Iterator[Condition]:
    """The comparisons that a condition is made of, in source order."""
    match condition:
        case AllOf() | AnyOf():
            for item in condition.items:
                yield from comparisons(item)
        case NotOf():
            yield from comparisons(condition.item)
        case _:
            yield condition
