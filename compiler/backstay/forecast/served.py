"""Which rules serve which resources of an inventory. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backstay import ir
from backstay_aws import catalog
from backstay_aws.selection import Selection, matches

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Resources of one type, in one account and Region, that the same plans take: they grow alike."""

    account: str
    region: str
    type: str
    plans: tuple[ir.Plan, ...]
    count: int
    size: float
    """GiB, together."""
    change: float
    """GiB that change in a day, together."""


def groups(model: ir.Model, inventory: Iterable[Row]) -> list[Group]:
    """The resources of an inventory as groups; those that no plan takes are in a group without plans."""
    shapes = {(account, one.region): one for one in model.shapes for account in one.accounts}
    found: dict[tuple[object, ...], Group] = {}
    for row in inventory:
        shape = shapes.get((row["account"], row["region"]))
        plans = tuple(_plans(shape, row)) if shape is not None else ()
        key = (row["account"], row["region"], row["type"], tuple(plan.name for plan in plans))
        size = float(row.get("size_gb") or 0.0)
        change = size * float(row.get("daily_change") or 0.0)
        one = found.get(key)
        found[key] = (
            Group(row["account"], row["region"], row["type"], plans, 1, size, change)
            if one is None
            else replace(one, count=one.count + 1, size=one.size + size, change=one.change + change)
        )
    return list(found.values())


def _plans(shape: ir.Shape, row: Row) -> Iterator[ir.Plan]:
    opt_in = dict(shape.opt_in)
    for plan in shape.plans:
        if any(_takes(one.selection, row, opt_in) for one in plan.selections):
            yield plan


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


def is_incremental(kind: str, region: str) -> bool:
    """Whether the second backup of a type holds changes only."""
    row = catalog.resource_type(kind)
    return row is not None and catalog.cell(row, "incremental", region) != "no"
