"""Which resources of the inventory the selections take, worked out once for all rules that ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from backstay.ir import PlanSelection, Shape
from backstay.lint.context import Context
from backstay_aws.selection import matches


@dataclass(frozen=True, slots=True)
class Reached:
    """A resource of the inventory in a place that policies reach; `free`: no plan takes it."""

    arn: str
    type: str
    tags: Mapping[str, str]
    shape: Shape
    free: bool


@dataclass(frozen=True, slots=True)
class Takings:
    """The resources in reach, and what each selection takes of them, or would take but for an opt-out."""

    reached: list[Reached] = field(default_factory=list)
    _taken: dict[int, list[Reached]] = field(default_factory=lambda: defaultdict(list))
    _off: dict[int, list[Reached]] = field(default_factory=lambda: defaultdict(list))

    def by(self, selection: PlanSelection) -> Sequence[Reached]:
        """The resources that a selection takes."""
        return self._taken.get(id(selection), ())

    def switched_off(self, selection: PlanSelection) -> Sequence[Reached]:
        """The resources that a selection would take if the settings did not switch their type off."""
        return self._off.get(id(selection), ())

    def add(self, row: Mapping[str, Any], shape: Shape) -> None:
        """Count one resource in its place."""
        opted = dict(shape.opt_in)
        wanting = [one for plan in shape.plans for one in plan.selections if _takes(one, row, {})]
        taking = {id(one) for one in wanting if not opted or _takes(one, row, opted)}
        resource = Reached(row["arn"], row["type"], row.get("tags", {}), shape, not taking)
        self.reached.append(resource)
        for one in wanting:
            (self._taken if id(one) in taking else self._off)[id(one)].append(resource)


@lru_cache(maxsize=1)
def takings(context: Context) -> Takings:
    """What the selections take of the context's inventory; nothing without one."""
    found = Takings()
    shapes = dict(_shapes(context)) if context.inventory else {}
    for row in context.inventory or ():
        shape = shapes.get((row["account"], row["region"]))
        if shape is not None:
            found.add(row, shape)
    return found


def _shapes(context: Context) -> Iterator[tuple[tuple[str, str], Shape]]:
    """The shape of each place in which there are resources."""
    places = {(row["account"], row["region"]) for row in context.inventory or ()}
    for shape in context.model.shapes:
        for account in shape.accounts:
            if (account, shape.region) in places:
                yield (account, shape.region), shape


def _takes(selection: PlanSelection, row: Mapping[str, Any], opted: Mapping[str, bool]) -> bool:
    return matches(
        selection.selection,
        arn=row["arn"],
        resource_type=row["type"],
        tags=row.get("tags", {}),
        opted_in=lambda name: opted.get(name, True),
    )
