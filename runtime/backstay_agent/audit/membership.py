"""Which plans take which resources: for certain, or only under one reading of what AWS leaves open. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from backstay_agent.controls.facts import Resource
from backstay_agent.discover import Found
from backstay_aws.selection import Selection, matches

OptIns = Mapping[str, bool] | None
"""Opt-ins of a Region by key; None where they could not be read."""


def assign(found: Sequence[Found], plans: Mapping[str, Sequence[Selection]], opt_ins: OptIns) -> tuple[Resource, ...]:
    """Every resource with the ids of the plans that take it; `plans` are the selections by plan id."""
    return tuple(_assigned(one, plans, opt_ins) for one in found)


def _assigned(found: Found, plans: Mapping[str, Sequence[Selection]], opt_ins: OptIns) -> Resource:
    sure, maybe = [], []
    for plan, selections in sorted(plans.items()):
        answers = [_readings(found, selection, opt_ins) for selection in selections]
        if any(answer == {True} for answer in answers):
            sure.append(plan)
        elif any(True in answer for answer in answers):
            maybe.append(plan)
    return Resource(found.arn, found.types[0], found.tags, tuple(sure), tuple(maybe))


def _readings(found: Found, selection: Selection, opt_ins: OptIns) -> set[bool]:
    """What comes out under every reading: of the type, of a missing tag, and of opt-ins that nobody could read."""
    return {
        matches(
            selection,
            arn=found.arn,
            resource_type=type_,
            tags=found.tags,
            opted_in=opted_in,
            absent_matches_not=absent,
        )
        for type_, absent, opted_in in product(found.types, (True, False), _opted_in(opt_ins))
    }


def _opted_in(opt_ins: OptIns) -> tuple[Callable[[str], bool], ...]:
    if opt_ins is None:
        return (lambda _: True, lambda _: False)
    return (lambda key: opt_ins.get(key, False),)
