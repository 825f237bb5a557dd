"""Which plans the scope of a control is about."""

from __future__ import annotations

from backstay.ir import ControlScope, Plan, Shape
from backstay_aws.globs import glob
from backstay_aws.selection import Selection


def plans_about(scope: ControlScope | None, shape: Shape) -> tuple[Plan, ...]:
    """The plans that could take a resource of the scope; no plan, if nothing is known of its one resource."""
    if scope is not None and scope.resource is not None:
        return ()
    return tuple(plan for plan in shape.plans if _could_take(plan, scope))


def taken_types(shape: Shape) -> frozenset[str] | None:
    """The resource types that the plans of a place name; None if some selection could take any, or there is none."""
    named = [one.types for plan in shape.plans for one in plan.selections]
    return frozenset(name for types in named for name in types) if named and all(named) else None


def _could_take(plan: Plan, scope: ControlScope | None) -> bool:
    if scope is None:
        return bool(plan.rules)
    types, tag = set(scope.types), scope.tag
    for one in plan.selections:
        of_type = not types or not one.types or not types.isdisjoint(one.types)
        if plan.rules and of_type and (tag is None or not tag[1] or _could_have(one.selection, *tag)):
            return True
    return False


def _could_have(selection: Selection, key: str, value: str) -> bool:
    """Whether a selection could take a resource with a tag; only what contradicts that very tag says no."""
    if any(name == key and asked != value for name, asked in selection.string_equals):
        return False
    if (key, value) in selection.string_not_equals:
        return False
    if any(name == key and not glob(pattern, value) for name, pattern in selection.string_like):
        return False
    if any(name == key and glob(pattern, value) for name, pattern in selection.string_not_like):
        return False
    listed = selection.list_of_tags
    return bool(selection.resources) or not listed or any(pair[0] != key or pair[1] == value for pair in listed)
