"""Which resources are tested by restoring them often enough, as boxes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from backstay import ir
from backstay.prove.takes import ARN, Space
from backstay_aws import cron

if TYPE_CHECKING:
    from backstay.explain.resource import Resource
    from backstay.prove.concrete import Thing
    from backstay.prove.search import Box
    from backstay_aws.catalog import ResourceType


def tested_boxes(
    model: ir.Model, shape: ir.Shape, plan: ir.Plan, row: ResourceType, space: Space, within: timedelta, now: date
) -> Iterator[Box]:
    """What restore tests take of a type, among recovery points of a plan, where the next test is never too far off."""
    for selection in often_enough(model, shape, plan, within, now):
        if selection.type != row.name:
            continue
        box: dict[str, int] = {}
        for pairs, operator in ((selection.string_equals, "=="), (selection.string_not_equals, "!=")):
            for key, value in pairs:
                cells = space.keys[key].holding(operator, value, absent=False)  # type: ignore[arg-type]
                box[key] = box.get(key, space.keys[key].every) & cells
        if selection.resources and "*" not in selection.resources:
            box[ARN] = 0
            for arn in selection.resources:
                box[ARN] |= space.keys[ARN].holding("==", arn, absent=False)
        if all(box.values()):
            yield box


def is_tested(
    model: ir.Model, shape: ir.Shape, plan: ir.Plan, resource: Resource, within: timedelta, now: date
) -> bool:
    """Whether a test restores one resource, of which a plan makes the recovery points: the plain twin of the boxes."""
    return any(restores(one, resource) for one in often_enough(model, shape, plan, within, now))


def often_enough(
    model: ir.Model, shape: ir.Shape, plan: ir.Plan, within: timedelta, now: date
) -> tuple[ir.RestoreSelection, ...]:
    """What restore tests take of a plan's recovery points, where the next test is never too far off."""
    return tuple(one for test, one in _tests(model, shape, plan) if _often(test, within, now))


def restores(selection: ir.RestoreSelection, resource: Resource | Thing) -> bool:
    """Whether a test takes the recovery points of one resource."""
    if selection.type != resource.type:
        return False
    named = not selection.resources or "*" in selection.resources or resource.arn in selection.resources
    equal = all(resource.tags.get(key) == value for key, value in selection.string_equals)
    return named and equal and all(resource.tags.get(key, value) != value for key, value in selection.string_not_equals)


def _tests(model: ir.Model, shape: ir.Shape, plan: ir.Plan) -> Iterator[tuple[ir.RestoreTest, ir.RestoreSelection]]:
    """The tests of the vaults that a plan's recovery points come to: here, and where they are copied to."""
    here = {rule.vault for rule in plan.rules}
    places = [(shape, here)]
    for rule in plan.rules:
        for copy in rule.copies:
            host = shape.accounts[0] if copy.destination.account == ir.ACCOUNT else copy.destination.account
            there = (one for one in model.shapes if one.region == copy.destination.region and host in one.accounts)
            places += [(one, {copy.destination.name}) for one in there]
    seen = set()
    for place, vaults in places:
        for test in place.restore_tests:
            mark = (place.region, place.accounts[0], test.name)
            if mark not in seen and any(_holds(test, vault) for vault in vaults):
                seen.add(mark)
                yield from ((test, selection) for selection in test.selections)


def _holds(test: ir.RestoreTest, vault: str) -> bool:
    def named(arns: tuple[str, ...]) -> bool:
        return any(arn == "*" or arn.rpartition(":")[2] == vault for arn in arns)

    return named(test.vaults) and not named(test.exclude_vaults)


def _often(test: ir.RestoreTest, within: timedelta, now: date) -> bool:
    try:
        gap = cron.worst_gap(cron.parse(test.schedule), test.timezone, datetime.combine(now, time(), UTC))
    except (cron.CronError, ZoneInfoNotFoundError, ValueError):
        return False
    return gap is not None and gap + timedelta(hours=test.start_window) <= within


def tested_texts(shape_tests: tuple[ir.RestoreTest, ...]) -> Iterator[tuple[str, str]]:
    """The tags and values (or ARNs, under the key `ARN`) that tests compare, for the cells."""
    for test in shape_tests:
        for selection in test.selections:
            yield from (*selection.string_equals, *selection.string_not_equals)
            yield from ((ARN, arn) for arn in selection.resources if arn != "*")
