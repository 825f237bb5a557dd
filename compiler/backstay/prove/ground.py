"""A shape with the cells of everything that is asked about it; laid once, used by every question. Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from backstay import ir
from backstay.prove.answer import Witness
from backstay.prove.cells import foreign
from backstay.prove.takes import ARN, Space, boxes, space
from backstay.prove.tested import tested_texts
from backstay.resolve.conditions import normal
from backstay_aws import catalog
from backstay_aws.selection import type_patterns

if TYPE_CHECKING:
    from backstay.dsl.condition import Condition
    from backstay.prove.search import Box
    from backstay_aws.catalog import ResourceType


@dataclass(frozen=True)
class Ground:
    """A shape and its space."""

    model: ir.Model
    shape: ir.Shape
    space: Space

    plans: tuple[ir.Plan, ...]
    """Those of the shape whose selections have cells: all, unless a question needs fewer."""

    @cached_property
    def selections(self) -> tuple[tuple[ir.Plan, ir.PlanSelection], ...]:
        """Every selection with its plan."""
        return tuple((plan, one) for plan in self.plans for one in plan.selections)

    @cached_property
    def _taken(self) -> dict[tuple[int, str, bool, bool], list[Box]]:
        return {}

    @cached_property
    def verdicts(self) -> dict[Hashable, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Which selections are good, and which may be, as far as it was asked: promises often need the same."""
        return {}

    @cached_property
    def _together(self) -> dict[tuple[tuple[int, ...], str, bool, bool], tuple[list[Box], list[int]]]:
        return {}

    @cached_property
    def domains(self) -> dict[str, int]:
        """The ARN cells of each type: those of its form in this account and Region, with a name in them."""
        cells = self.space.keys[ARN]
        found = {}
        for row in catalog.resource_types():
            found[row.name] = 0
            for pattern in own_patterns(row, self.shape.region, self.model.partition):
                found[row.name] |= cells.sets_of(pattern)
        return found

    def witness(self, domain: Mapping[str, int], account: str, rows: Sequence[ResourceType] | None = None) -> Witness:
        """A resource out of a box, in an account; of one of some types (None: of any)."""
        arns = self.space.keys[ARN]
        possible = rows if rows is not None else catalog.resource_types()
        row = next(one for one in possible if self.domains[one.name] & domain[ARN])
        arn = arns.witness(self.domains[row.name] & domain[ARN])
        assert arn is not None
        tags = {key: self.space.keys[key].witness(cells) for key, cells in domain.items() if key != ARN}
        facts = self.model.accounts[account]
        kept = {key: value for key, value in sorted(tags.items()) if value is not None}
        own = arn.replace(ir.ACCOUNT, facts.id)
        return Witness(facts.id, facts.name, facts.unit, self.shape.region, row.name, own, kept)

    def boxes(self, index: int, row: ResourceType, *, opted_in: bool, absent: bool) -> list[Box]:
        """What one selection takes of a type."""
        named = "" if opted_in else row.name  # what is opted in is taken however it is named
        key = index, named, opted_in, absent
        found = self._taken.get(key)
        if found is None:
            chosen = self.selections[index][1].selection
            found = self._taken[key] = list(boxes(chosen, self.space, row, opted_in=opted_in, absent=absent))
        return found

    def together(
        self, indices: tuple[int, ...], row: ResourceType, *, opted_in: bool, absent: bool
    ) -> tuple[list[Box], list[int]]:
        """What some selections take of a type, and beside each box whose it is. Not to be changed."""
        key = indices, "" if opted_in else row.name, opted_in, absent
        found = self._together.get(key)
        if found is None:
            pairs = [
                (box, index) for index in indices for box in self.boxes(index, row, opted_in=opted_in, absent=absent)
            ]
            found = self._together[key] = [box for box, _ in pairs], [index for _, index in pairs]
        return found


def ground(
    model: ir.Model, shape: ir.Shape, every: Iterable[Condition] = (), plans: Collection[str] | None = None
) -> Ground:
    """A shape with the cells of some plans (None: all) and of conditions. Raises `TooManyError` beyond a key's most."""
    chosen = tuple(plan for plan in shape.plans if plans is None or plan.name in plans)
    taken = [one.selection for plan in chosen for one in plan.selections]
    rows = catalog.resource_types()
    patterns, texts = of_forms(own_patterns(row, shape.region, model.partition) for row in rows)
    texts += [pair for one in model.shapes for pair in tested_texts(one.restore_tests)]
    return Ground(model, shape, space(taken, map(normal, every), patterns, texts), chosen)


def of_forms(forms: Iterable[Iterable[str]]) -> tuple[list[str], list[tuple[str, str]]]:
    """The patterns and texts that tell ARNs of some forms from all others, as `space` takes them."""
    every = [form for own in forms for form in own]
    return [*every, *map(foreign, every)], [(ARN, form.replace("*", "")) for form in every]


def own_patterns(row: ResourceType, region: str, partition: str) -> tuple[str, ...]:
    """The ARN patterns of a type in one account (`$account`) and Region."""
    found = []
    for pattern in type_patterns(row.name, partition):
        fields = pattern.split(":", 5)
        fields[3] = region if fields[3] == "*" else fields[3]
        fields[4] = ir.ACCOUNT if fields[4] == "*" else fields[4]
        found.append(":".join(fields))
    return tuple(dict.fromkeys(found))
