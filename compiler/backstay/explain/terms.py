"""What a selection asks of a resource, term by term, each at the place where its author wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstay_aws.selection import glob

if TYPE_CHECKING:
    from backstay import ir
    from backstay.explain.resource import Resource
    from backstay_contract.findings import Span


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a selection asks, whether the resource meets it (None: AWS does not say), and what it has."""

    text: str
    holds: bool | None
    has: str
    place: Span | None


def terms(selection: ir.PlanSelection, resource: Resource) -> tuple[Term, ...]:
    """The terms of a selection; it takes a resource that meets all of them (and whose type is opted in)."""
    return (*_taken_in(selection, resource), *_barred(selection, resource), *_conditions(selection, resource))


def _taken_in(chosen: ir.PlanSelection, resource: Resource) -> Iterator[Term]:
    """The one term of what takes a resource in: an ARN pattern or a tag of the list; `*` alone asks nothing."""
    selection = chosen.selection
    if "*" in selection.resources or not (selection.resources or selection.list_of_tags):
        return
    by_arn = any(glob(pattern, resource.arn) for pattern in selection.resources)
    by_tag = [pair for pair in selection.list_of_tags if resource.tags.get(pair[0]) == pair[1]]
    asked = [*_kinds(chosen), *(f'{key} == "{value}"' for key, value in selection.list_of_tags)]
    keys = sorted({key for key, _ in selection.list_of_tags})
    has = [f"it is {resource.type or resource.arn}"] if selection.resources else []
    has += [_tag(resource, key) for key in keys]
    member = "/ListOfTags/0" if selection.list_of_tags else "/Resources/0"
    yield Term(" or ".join(asked), by_arn or bool(by_tag), "; ".join(has), chosen.where.field(member))


def _kinds(chosen: ir.PlanSelection) -> list[str]:
    """The types that were named, or else the ARNs."""
    if chosen.types:
        return [f"type {one}" for one in chosen.types]
    return [f"ARN {one}" for one in chosen.selection.resources]


def _barred(chosen: ir.PlanSelection, resource: Resource) -> Iterator[Term]:
    for number, pattern in enumerate(chosen.selection.not_resources):
        place = chosen.where.field(f"/NotResources/{number}")
        yield Term(f"ARN not {pattern}", not glob(pattern, resource.arn), f"it is {resource.arn}", place)


def _conditions(chosen: ir.PlanSelection, resource: Resource) -> Iterator[Term]:
    selection, tags = chosen.selection, resource.tags
    lists = (
        ("StringEquals", selection.string_equals, '{} == "{}"', lambda asked, has: has == asked, False),
        ("StringLike", selection.string_like, '{} like "{}"', glob, False),
        ("StringNotEquals", selection.string_not_equals, '{} != "{}"', lambda asked, has: has != asked, None),
        ("StringNotLike", selection.string_not_like, '{} not like "{}"', lambda asked, has: not glob(asked, has), None),
    )
    for member, pairs, words, test, absent in lists:
        for number, (key, value) in enumerate(pairs):
            place = chosen.where.field(f"/Conditions/{member}/{number}")
            has = tags.get(key)
            yield Term(
                words.format(key, value), absent if has is None else test(value, has), _tag(resource, key), place
            )


def _tag(resource: Resource, key: str) -> str:
    value = resource.tags.get(key)
    return f"it has no tag {key}" if value is None else f'its {key} is "{value}"'
