"""What questions are about: the resources of a condition, or all that any selection takes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from backstay.dsl.condition import Condition
from backstay.dsl.condition import ResourceType as OfType
from backstay.prove.question import About, Group
from backstay.prove.takes import ARN, form_boxes, meet
from backstay.resolve.conditions import comparisons, normal

if TYPE_CHECKING:
    from backstay.prove.ground import Ground


@dataclass(frozen=True)
class Every:
    """The resources of a condition."""

    condition: Condition
    types: Sequence[str] | None = None

    @property
    def by_type(self) -> bool:
        """Whether the condition names types: several may share a form of ARN."""
        return any(isinstance(one, OfType) for one in comparisons(self.condition))

    def boxes(self, here: Ground, group: Group, domains: dict[str, int], *, absent: bool) -> Iterator[About]:
        """The condition's boxes, where there are ARNs of the types; it means the same whatever is good."""
        del group
        own = {ARN: reduce(or_, domains.values())}
        for one in form_boxes(normal(self.condition), here.space, domains, absent=absent):
            both = meet(one, own)
            if both is not None:
                yield About(both)


@dataclass(frozen=True)
class Selected:
    """Every resource that some selection takes, by the same reading of an absent tag as the answer."""

    types: Sequence[str] | None = None
    by_type: bool = False

    def boxes(self, here: Ground, group: Group, domains: dict[str, int], *, absent: bool) -> Iterator[About]:
        """The boxes of each selection that is not good itself: what a good one takes is well protected."""
        own = {ARN: reduce(or_, domains.values())}
        for index, (_, one) in enumerate(here.selections):
            if index in group.enough:
                continue
            for box in here.boxes(index, group.rows[0], opted_in=group.opted_in, absent=absent):
                both = meet(box, own)
                if both is not None:
                    yield About(both, one.selection)
