"""An AWS selection back to a `Select` whose condition compiles to the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Call, Code, Joined, call, flat, items, noted
from backstay.importer.write.desk import Desk
from backstay_aws import catalog
from backstay_aws.selection import TAG_PREFIX, type_patterns

_OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
_SPLIT = "AWS has one selection here; this becomes several that together take the same resources"
_EVERYTHING = "`Resources` has `*`, so the tags beside it in `ListOfTags` add nothing"


def select(body: Mapping[str, Any], role: Code | None, desk: Desk) -> Code:
    """A `Select` for a `BackupSelection`."""
    name = desk.text(body.get("SelectionName", "selection"))
    taking, notes = _taking(body, desk)
    narrowing = [*_conditions(body, desk), *_barred(body, desk)]
    if taking is None and not narrowing:
        return noted(call("Select.everything", name, role=role), notes)
    parts = [*([taking] if taking is not None else []), *narrowing]
    where = parts[0] if len(parts) == 1 else Joined("&", tuple(_operand(part) for part in parts))
    return noted(call("Select", name, where=where, role=role), notes)


def _taking(body: Mapping[str, Any], desk: Desk) -> tuple[Code | None, tuple[str, ...]]:
    """What takes resources in, or None for all of them; and what is to be said of it."""
    resources = _list(body.get("Resources"))
    tags = _tags(_entries(body.get("ListOfTags")), desk)
    if any(one == "*" for one in resources):
        return None, (_EVERYTHING,) if tags else ()
    named = list(_named(resources, desk))
    alternatives = [*named, *tags]
    if not alternatives:
        return None, ()
    split = len(tags) + bool(named) > 1 or (tags and body.get("Conditions") and _values(tags[0]) > 1)
    notes = (_SPLIT,) if split else ()
    return (alternatives[0] if len(alternatives) == 1 else Joined("|", tuple(alternatives))), notes


def _tags(entries: Sequence[Any], desk: Desk) -> list[Code]:
    """`ListOfTags`: one `isin` for each key, which is what compiles to `ListOfTags` again."""
    keys: dict[Any, list[Any]] = {}
    for entry in entries:
        if isinstance(entry, Mapping):
            keys.setdefault(entry.get("ConditionKey", ""), []).append(entry.get("ConditionValue", ""))
    return [
        Call(f"tag({flat(desk.text(key))}).isin(", (("", items(desk.text(value) for value in values)),), ")")
        for key, values in keys.items()
    ]


def _values(isin: Code) -> int:
    inner = isin.arguments[0][1] if isinstance(isin, Call) else None
    return len(inner.arguments) if isinstance(inner, Call) else 0


def _named(resources: Sequence[Any], desk: Desk) -> Iterator[Code]:
    """ARNs and patterns; a run of patterns that is exactly a type's, and no other type's, is that type."""
    types = _types(desk.partition)
    rest = list(resources)
    while rest:
        length, name = next(
            ((len(patterns), name) for patterns, name in types if tuple(rest[: len(patterns)]) == patterns), (0, None)
        )
        if name is not None:
            yield call("resource_type", desk.text(name))
            rest = rest[length:]
        else:
            yield call("resource", desk.arn(rest.pop(0)))


def _types(partition: str) -> list[tuple[tuple[str, ...], str]]:
    """ARN patterns of the types that share them with no other type, the longest first."""
    found = [(type_patterns(row.name, partition), row.name) for row in catalog.resource_types()]
    alone = [(own, name) for own, name in found if own and not _shared(own, name, found)]
    return sorted(alone, key=lambda one: (-len(one[0]), one[1]))


def _shared(own: Sequence[str], name: str, every: Sequence[tuple[tuple[str, ...], str]]) -> bool:
    return any(set(own) & set(patterns) for patterns, other in every if other != name)


def _conditions(body: Mapping[str, Any], desk: Desk) -> Iterator[Code]:
    conditions = body.get("Conditions") or {}
    if isinstance(conditions, Unknown):
        yield _condition("StringEquals", _open_entry(conditions), desk)
        return
    for operator in _OPERATORS:
        for entry in _entries(conditions.get(operator)):
            yield _condition(operator, entry, desk)


def _condition(operator: str, entry: Mapping[str, Any], desk: Desk) -> Code:
    key = entry.get("ConditionKey", "")
    bare = key if isinstance(key, Unknown) else str(key).removeprefix(TAG_PREFIX)
    tag, value = f"tag({flat(desk.text(bare))})", flat(desk.text(entry.get("ConditionValue", "")))
    match operator:
        case "StringEquals":
            return Joined("==", (Atom(tag), Atom(value)))
        case "StringNotEquals":
            return Joined("!=", (Atom(tag), Atom(value)))
        case "StringLike":
            return Atom(f"{tag}.like({value})")
        case _:
            return Atom(f"~{tag}.like({value})")


def _barred(body: Mapping[str, Any], desk: Desk) -> Iterator[Code]:
    for code in _named(_list(body.get("NotResources")), desk):
        yield Call(f"~{code.opening}", code.arguments, code.closing) if isinstance(code, Call) else code


def _operand(code: Code) -> Code:
    """The piece as an operand of `&`: comparisons and alternatives in parentheses."""
    return replace(code, grouped=True) if isinstance(code, Joined) else code


def _list(value: Any) -> list[Any]:
    """A list's items; of a list that could not be decided one that stands for them."""
    if isinstance(value, Unknown):
        return [value]
    return list(value) if isinstance(value, list | tuple) else []


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [_open_entry(one) if isinstance(one, Unknown) else one for one in _list(value)]


def _open_entry(unknown: Unknown) -> Mapping[str, Any]:
    """A comparison that stands for comparisons which could not be decided."""
    key, value = (replace(unknown, name=f"{unknown.name} {part}", default=None) for part in ("key", "value"))
    return {"ConditionKey": key, "ConditionValue": value}
