"""`count`, `for_each` and `dynamic`: unfolded over what is known; over what is not, what they repeat is kept once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.importer.terraform.evaluate import Scope, entries
from backstay.importer.terraform.operators import number
from backstay.importer.terraform.syntax import Block, Conditional, Expression
from backstay.importer.terraform.values import Failure

MOST_INSTANCES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Instance:
    """One of what a block stands for. `key`: its number or key, None if there is but one.

    Unless `sure`, there may be more of them. `maybe` decides whether it is there at all, where that is not known.
    """

    key: Any
    scope: Scope
    note: str | None = None
    sure: bool = True
    maybe: Unknown | None = None


def instances(block: Block, scope: Scope) -> list[Instance]:
    """The instances of a resource, data source or module. Raises `Failure` where they cannot be worked out at all."""
    count, each = block.body.attribute("count"), block.body.attribute("for_each")
    if count is not None:
        return list(_counted(count.value, scope))
    if each is not None:
        return list(_each(each.value, scope))
    return [Instance(None, scope)]


def iterations(over: Expression, iterator: str, scope: Scope) -> list[Instance]:
    """The repetitions of a `dynamic` block."""
    pairs, maybe = _pairs(over, scope)
    if isinstance(pairs, Unknown):
        named = {iterator: {"key": _one(pairs, "key"), "value": _one(pairs, "value")}}
        return [Instance(None, scope.with_names(**named), _note(f"dynamic `{iterator}`", pairs), sure=False)]
    each = [(key, {iterator: {"key": key, "value": one}}) for key, one in _bounded(pairs)]
    return [Instance(key, scope.with_names(**names), _part(maybe)) for key, names in each]


def _counted(count: Expression, scope: Scope) -> Iterator[Instance]:
    value = scope.value(count)
    if isinstance(value, Unknown):
        index = undecided("count.index", value.why)
        once = scope.with_names(count={"index": index})
        yield Instance(None, once, _note("its `count`", value), sure=False, maybe=value)
        return
    if isinstance(value, bool):
        raise Failure("`count` is a number")
    amount = int(number(value))
    if amount > MOST_INSTANCES:
        raise Failure(f"`count` is {amount}: more than {MOST_INSTANCES} are not unfolded")
    scope.budget.spend(10 * amount)
    for position in range(amount):
        yield Instance(position, scope.with_names(count={"index": position}))


def _each(over: Expression, scope: Scope) -> Iterator[Instance]:
    pairs, maybe = _pairs(over, scope)
    if isinstance(pairs, Unknown):
        names = {"key": _one(pairs, "key"), "value": _one(pairs, "value")}
        yield Instance(None, scope.with_names(each=names), _note("its `for_each`", pairs), sure=False, maybe=pairs)
        return
    scope.budget.spend(10 * len(pairs))
    for key, value in _bounded(pairs):
        yield Instance(key, scope.with_names(each={"key": key, "value": value}), _part(maybe), maybe=maybe)


def _pairs(over: Expression, scope: Scope) -> tuple[list[tuple[Any, Any]] | Unknown, Unknown | None]:
    """What is gone through. Of `condition ? something : nothing` something, and what that hangs on, if that is open."""
    value = scope.value(over)
    if isinstance(value, Unknown) and isinstance(over, Conditional):
        branches = [scope.value(branch) for branch in (over.then, over.otherwise)]
        some = [one for one in branches if one not in (None, [], {})]
        if len(some) == 1 and not isinstance(some[0], Unknown):
            return entries(some[0], scope), value
    return entries(value, scope), None


def _bounded(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    if len(pairs) > MOST_INSTANCES:
        raise Failure(f"more than {MOST_INSTANCES} are not unfolded")
    return pairs


def _one(of: Unknown, part: str) -> Unknown:
    if part == "key":
        return undecided(f"a key of {of.expression}", of.why, f"{of.name} key")
    return undecided(f"{of.expression}[*]", of.why, of.name)


def _part(maybe: Unknown | None) -> str | None:
    return f"a part of it is kept, though it {maybe.why.removeprefix('it ')}" if maybe is not None else None


def _note(what: str, of: Unknown) -> str:
    return f"kept once, since {what} is over `{of.expression}`: {of.why}"
