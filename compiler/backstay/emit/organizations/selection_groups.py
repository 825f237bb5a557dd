"""Selections as a backup policy spells them: by tags, or by resource types with conditions.

Source: Organizations User Guide, "Backup policy syntax and examples", `selections` (read 2026-11). `ListOfTags` takes
a resource that has any of its tags, so each of its keys becomes a selection of its own, and so do `Resources` beside
it; conditions stand in every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from backstay import ir
from backstay_aws.selection import TAG_PREFIX, Selection

Kind = Literal["resources", "tags"]


@dataclass(frozen=True, slots=True)
class Group:
    """One entry under `selections/tags` or `selections/resources`; its name in lower case."""

    kind: Kind
    name: str
    body: dict[str, Any]


def groups(chosen: ir.PlanSelection) -> tuple[Group, ...]:
    """The entries that together take what one AWS selection takes. Further ones are named `name.2`, `name.3`, …"""
    bodies = list(_bodies(chosen))
    name = chosen.name.lower()
    names = [name, *(f"{name}.{number}" for number in range(2, len(bodies) + 1))]
    return tuple(Group(kind, one, body) for one, (kind, body) in zip(names, bodies, strict=False))


def _bodies(chosen: ir.PlanSelection) -> Iterator[tuple[Kind, dict[str, Any]]]:
    selection = chosen.selection
    common = {"iam_role_arn": {"@@assign": chosen.role_arn}}
    conditions = _conditions(selection)
    if conditions:
        common["conditions"] = conditions
    if selection.resources:
        body = {**common, "resource_types": {"@@assign": list(selection.resources)}}
        if selection.not_resources:
            body["not_resource_types"] = {"@@assign": list(selection.not_resources)}
        yield "resources", body
    values: dict[str, list[str]] = {}
    for key, value in selection.list_of_tags:
        values.setdefault(key, []).append(value)
    for key, listed in values.items():
        yield "tags", {**common, "tag_key": {"@@assign": key}, "tag_value": {"@@assign": list(dict.fromkeys(listed))}}


def _conditions(selection: Selection) -> dict[str, Any]:
    operators = {
        "string_equals": selection.string_equals,
        "string_not_equals": selection.string_not_equals,
        "string_like": selection.string_like,
        "string_not_like": selection.string_not_like,
    }
    return {
        operator: {
            f"c{number}": {
                "condition_key": {"@@assign": TAG_PREFIX + key},
                "condition_value": {"@@assign": value},
            }
            for number, (key, value) in enumerate(pairs, 1)
        }
        for operator, pairs in operators.items()
        if pairs
    }
