"""Type constraints of variables: they fill in what an object leaves out, and turn lists into sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.terraform import syntax as s
from backstay.importer.terraform.containers import unique
from backstay.importer.terraform.evaluate import Scope
from backstay.importer.terraform.operators import number
from backstay.importer.terraform.values import Failure, to_text


def typed(value: Any, kind: s.Expression | None, scope: Scope) -> Any:
    """A variable's value as its type has it; what does not fit stays as it is."""
    if kind is None or value is None or isinstance(value, Unknown):
        return value
    scope.budget.spend()
    if isinstance(kind, s.Name):
        return _simple(value, kind.name)
    if not isinstance(kind, s.Call) or not kind.arguments:
        return value
    inner = kind.arguments[0]
    match kind.name:
        case "optional":
            return typed(value, inner, scope)
        case "list" if isinstance(value, list):
            return [typed(one, inner, scope) for one in value]
        case "set" if isinstance(value, list):
            return unique([typed(one, inner, scope) for one in value])
        case "map" if isinstance(value, Mapping):
            return {name: typed(one, inner, scope) for name, one in value.items()}
        case "object" if isinstance(value, Mapping) and isinstance(inner, s.Members):
            return _object(value, inner, scope)
        case "tuple" if isinstance(value, list) and isinstance(inner, s.Items):
            return [typed(one, part, scope) for one, part in zip(value, inner.items, strict=False)]
    return value


def _object(value: Mapping[str, Any], kind: s.Members, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, part in kind.members:
        name = str(getattr(key, "value", ""))
        if name in value and value[name] is not None:
            made[name] = typed(value[name], part, scope)
        elif isinstance(part, s.Call) and part.name == "optional":
            default = scope.value(part.arguments[1]) if len(part.arguments) > 1 else None
            made[name] = typed(default, part, scope)
        elif name in value:
            made[name] = None
    return made


def _simple(value: Any, kind: str) -> Any:
    try:
        if kind == "string" and isinstance(value, str | int | float):
            return to_text(value)
        if kind == "number" and isinstance(value, str):
            return number(value)
        if kind == "bool" and value in ("true", "false"):
            return value == "true"
    except Failure:
        return value
    return value
