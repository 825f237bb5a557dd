"""Terraform's functions on lists, sets and maps. Elements may be undecided as long as nothing depends on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product
from typing import Any, Final

from backstay.importer.cloudformation.undecided import OpenKey
from backstay.importer.found import Unknown
from backstay.importer.terraform.evaluate import Function, Scope, entries
from backstay.importer.terraform.operators import number, truth
from backstay.importer.terraform.values import Failure, Unique, marked, plain, same, shown, to_text

MOST_ITEMS: Final = 10_000


def known(function: Callable[..., Any]) -> Function:
    """A function whose arguments must be known themselves; what is inside them may be undecided."""

    def called(scope: Scope, arguments: tuple[Any, ...]) -> Any:
        for one in arguments:
            if isinstance(one, Unknown):
                return Unknown("", one.why, one.name)
        return function(scope, *arguments)

    return called


def _list(value: Any, scope: Scope) -> list[Any]:
    if isinstance(value, list):
        return value
    if hasattr(value, "attribute"):
        pairs = entries(value, scope)
        if isinstance(pairs, list):
            return [one for _, one in pairs]
    raise Failure(f"{shown(value)} is no list")


def _map(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise Failure(f"{shown(value)} is no map")


def unique(items: list[Any]) -> Unique:
    """Items without repetitions; text sorted, as Terraform goes through sets."""
    kept: list[Any] = []
    seen: set[str] = set()
    for one in items:
        key = repr(plain(one))
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return Unique(sorted(kept) if all(isinstance(one, str) for one in kept) else kept)


def _merge(_scope: Scope, *maps: Any) -> Any:
    made: dict[str, Any] = {}
    for one in maps:
        made.update({} if one is None else _map(one))
    return made


def _keys(_scope: Scope, of: Any) -> list[Any]:
    return [name.unknown if isinstance(name, OpenKey) else name for name in sorted(_map(of))]


def _lookup(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    of, key, *default = arguments if len(arguments) > 1 else (None, None)
    for one in (of, key):
        if isinstance(one, Unknown):
            return Unknown("", one.why, f"{one.name} {key}" if isinstance(key, str) else one.name)
    if marked(key) and default and not any(key == one for one in _map(of)):
        return Unknown("", "it differs by account or Region", "value")
    name, found = str(to_text(key)), _map(of)
    if name in found:
        return found[name]
    if default:
        return default[0]
    raise Failure(f"there is no element {shown(key)}")


def _contains(_scope: Scope, items: Any, wanted: Any) -> Any:
    open_: Unknown | None = None
    for one in _list(items, _scope):
        held = same(one, wanted)
        if held is True:
            return True
        open_ = held if isinstance(held, Unknown) else open_
    return Unknown("", open_.why, open_.name) if open_ is not None else False


def _element(scope: Scope, items: Any, position: Any) -> Any:
    listed = _list(items, scope)
    if not listed:
        raise Failure("an empty list has no elements")
    return listed[int(number(position)) % len(listed)]


def _flattened(items: list[Any], scope: Scope) -> Iterator[Any]:
    for one in items:
        scope.budget.spend()
        if isinstance(one, list):
            yield from _flattened(one, scope)
        else:
            yield one


def _flatten(scope: Scope, items: Any) -> Any:
    made = list(_flattened(_list(items, scope), scope))
    open_ = next((one for one in made if isinstance(one, Unknown)), None)
    return made if open_ is None else Unknown("", open_.why, open_.name)


def _length(scope: Scope, value: Any) -> int:
    if isinstance(value, str | Mapping):
        return len(value)
    return len(_list(value, scope))


def _coalesce(_scope: Scope, arguments: tuple[Any, ...]) -> Any:
    for one in arguments:
        if isinstance(one, Unknown):
            return Unknown("", one.why, one.name)
        if one is not None and one != "":
            return one
    raise Failure("`coalesce` has no argument that says something")


def _coalesce_list(scope: Scope, *lists: Any) -> Any:
    return next((one for one in lists if _list(one, scope)), [])


def _compact(scope: Scope, items: Any) -> Any:
    listed = _list(items, scope)
    open_ = next((one for one in listed if isinstance(one, Unknown)), None)
    return [one for one in listed if one not in (None, "")] if open_ is None else Unknown("", open_.why, open_.name)


def _one(scope: Scope, items: Any) -> Any:
    listed = [] if items is None else _list(items, scope)
    if len(listed) > 1:
        raise Failure("`one` takes a list of at most one")
    return listed[0] if listed else None


def _range(_scope: Scope, *bounds: Any) -> list[int]:
    numbers = [int(number(one)) for one in bounds]
    if not 1 <= len(numbers) <= 3 or (len(numbers) == 3 and numbers[2] == 0):
        raise Failure("`range` takes one to three numbers")
    made = range(*numbers)
    if len(made) > MOST_ITEMS:
        raise Failure("the range is too long")
    return list(made)


def _setproduct(scope: Scope, *lists: Any) -> list[Any]:
    made = [list(row) for row in islice(product(*(_list(one, scope) for one in lists)), MOST_ITEMS)]
    scope.budget.spend(len(made))
    return made


def _zipmap(scope: Scope, names: Any, values: Any) -> dict[str, Any]:
    return {shown_key(name): value for name, value in zip(_list(names, scope), _list(values, scope), strict=False)}


def shown_key(name: Any) -> str:
    """A map's key; one that is not known fails."""
    key = to_text(name)
    if isinstance(key, Unknown):
        raise Failure(f"a key is not known: {key.why}")
    return key


def _slice(scope: Scope, items: Any, start: Any, end: Any) -> list[Any]:
    return _list(items, scope)[int(number(start)) : int(number(end))]


def _sort(scope: Scope, items: Any) -> Any:
    listed = _list(items, scope)
    if not all(isinstance(one, str) for one in listed):
        raise Failure("`sort` takes texts")
    return sorted(listed)


def _index(scope: Scope, items: Any, wanted: Any) -> Any:
    for position, one in enumerate(_list(items, scope)):
        if same(one, wanted) is True:
            return position
    raise Failure("the list has no such item")


def _chunks(scope: Scope, items: Any, size: Any) -> list[Any]:
    listed, step = _list(items, scope), max(int(number(size)), 1)
    return [listed[at : at + step] for at in range(0, len(listed), step)]


def _transpose(scope: Scope, of: Any) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {}
    for name, values in sorted(_map(of).items()):
        for value in _list(values, scope):
            made.setdefault(shown_key(value), []).append(name)
    return made


def _sets(kept: Callable[[list[list[Any]]], list[Any]]) -> Function:
    return known(lambda scope, *lists: unique(kept([_list(one, scope) for one in lists])))


def _merged_lists(scope: Scope, *lists: Any) -> list[Any]:
    return [one for listed in lists for one in _list(listed, scope)]


def _all_true(scope: Scope, items: Any) -> Any:
    return _truths(scope, items, decisive=False)


def _any_true(scope: Scope, items: Any) -> Any:
    return _truths(scope, items, decisive=True)


def _truths(scope: Scope, items: Any, *, decisive: bool) -> Any:
    held = [truth(one) for one in _list(items, scope)]
    if decisive in [one for one in held if isinstance(one, bool)]:
        return decisive
    return next((Unknown("", one.why, one.name) for one in held if isinstance(one, Unknown)), not decisive)


COLLECTIONS: Final[Mapping[str, Function]] = {
    "alltrue": known(_all_true),
    "anytrue": known(_any_true),
    "chunklist": known(_chunks),
    "coalesce": _coalesce,
    "coalescelist": known(_coalesce_list),
    "compact": known(_compact),
    "concat": known(_merged_lists),
    "contains": known(_contains),
    "distinct": known(lambda scope, items: list({repr(plain(one)): one for one in _list(items, scope)}.values())),
    "element": known(_element),
    "flatten": known(_flatten),
    "index": known(_index),
    "keys": known(_keys),
    "length": known(_length),
    "lookup": _lookup,
    "merge": known(_merge),
    "one": known(_one),
    "range": known(_range),
    "reverse": known(lambda scope, items: list(reversed(_list(items, scope)))),
    "setintersection": _sets(lambda lists: [one for one in lists[0] if all(one in other for other in lists[1:])]),
    "setproduct": known(_setproduct),
    "setsubtract": _sets(lambda lists: [one for one in lists[0] if one not in lists[1]]),
    "setunion": _sets(lambda lists: [one for listed in lists for one in listed]),
    "slice": known(_slice),
    "sort": known(_sort),
    "sum": known(lambda scope, items: sum(number(one) for one in _list(items, scope))),
    "tolist": known(lambda scope, items: list(_list(items, scope))),
    "tomap": known(lambda _scope, of: dict(_map(of))),
    "toset": known(lambda scope, items: unique(_list(items, scope))),
    "transpose": known(_transpose),
    "values": known(lambda _scope, of: [value for _, value in sorted(_map(of).items())]),
    "zipmap": known(_zipmap),
}
