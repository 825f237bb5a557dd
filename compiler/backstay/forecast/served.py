"""Which plans serve which resources of an inventory. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backstay import ir
from backstay.forecast.streams import ANY
from backstay_aws.restore_testing import MARK
from backstay_aws.selection import Selection, matches

Row = Mapping[str, Any]


UNTOLD_CHANGE = 0.02
"""The share of a resource that changes in a day where the inventory says nothing."""


@dataclass(slots=True)
class Group:
    """Resources of one type, in one account and Region, that the same plans take: they grow alike."""

    account: str
    region: str
    type: str
    shape: ir.Shape | None
    plans: tuple[ir.Plan, ...]
    count: int = 0
    size: float = 0.0
    """GiB, together."""
    change: float = 0.0
    """GiB that change in a day, together."""
    guessed: int = 0
    """Of how many resources the inventory does not say how much changes."""
    sizeless: int = 0
    """Of how many it does not say how large they are."""


def groups(model: ir.Model, inventory: Iterable[Row]) -> list[Group]:
    """The resources of an inventory as groups; those that no plan takes are in a group without plans."""
    shapes = {(account, one.region): one for one in model.shapes for account in one.accounts}
    takers = {id(one): Taker(one) for one in model.shapes}
    found: dict[tuple[object, ...], Group] = {}
    for row in inventory:
        place = row["account"], row["region"]
        shape = shapes.get(place)
        plans = takers[id(shape)].plans(row) if shape is not None else ()
        key = (*place, row["type"], tuple(map(id, plans)))
        one = found.get(key)
        if one is None:
            one = found[key] = Group(*place, row["type"], shape, plans)
        size, change = row.get("size_gb"), row.get("daily_change")
        one.count += 1
        one.size += float(size or 0.0)
        one.change += float(size or 0.0) * (UNTOLD_CHANGE if change is None else float(change))
        one.guessed += change is None
        one.sizeless += not size
    return list(found.values())


def imagined(model: ir.Model) -> list[Group]:
    """One resource for each plan, where there is no inventory: it can do everything and has no size."""
    found: dict[tuple[object, ...], Group] = {}
    for shape in model.shapes:
        for plan in shape.plans:
            key = plan.name, tuple((rule.name, rule.schedule, rule.lifecycle) for rule in plan.rules)
            found.setdefault(key, Group(shape.accounts[0], shape.region, ANY, shape, (plan,), 1))
    return list(found.values())


class Taker:
    """Says which plans of a shape take a resource."""

    def __init__(self, shape: ir.Shape) -> None:
        """Of this shape."""
        self._shape = shape
        self._opt_in = dict(shape.opt_in)
        self._by_tags = all(_is_by_tags(one.selection) for plan in shape.plans for one in plan.selections)
        self._known: dict[tuple[object, ...], tuple[ir.Plan, ...]] = {}

    def plans(self, row: Row) -> tuple[ir.Plan, ...]:
        """The plans that take it. Where nobody asks for ARNs, resources of a type with the same tags are alike."""
        if not self._by_tags or MARK in str(row["arn"]):
            return tuple(self._find(row))
        key = (row["type"], *(row.get("tags") or {}).items())
        if key not in self._known:
            self._known[key] = tuple(self._find(row))
        return self._known[key]

    def _find(self, row: Row) -> Iterator[ir.Plan]:
        for plan in self._shape.plans:
            if any(_takes(one.selection, row, self._opt_in) for one in plan.selections):
                yield plan


def _is_by_tags(selection: Selection) -> bool:
    return set(selection.resources) <= {"*"} and not selection.not_resources


def _takes(selection: Selection, row: Row, opt_in: Mapping[str, bool]) -> bool:
    return matches(
        own(selection, str(row["account"])),
        arn=str(row["arn"]),
        resource_type=str(row["type"]),
        tags=row.get("tags") or {},
        opted_in=lambda key: opt_in.get(key) is not False,
    )


def own(selection: Selection, account: str) -> Selection:
    """A selection with the account's own id where the model says `$account`."""
    if not any(ir.ACCOUNT in text for text in (*selection.resources, *selection.not_resources)):
        return selection
    return replace(
        selection,
        resources=tuple(text.replace(ir.ACCOUNT, account) for text in selection.resources),
        not_resources=tuple(text.replace(ir.ACCOUNT, account) for text in selection.not_resources),
    )
