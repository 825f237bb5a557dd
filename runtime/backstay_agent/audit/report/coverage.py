"""How well resources are covered: with a recovery point, in a plan that has made none yet, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstay_agent.controls.facts import Place, Resource

_WHOLE = {"COMPLETED", "AVAILABLE", "PARTIAL", "STOPPED"}
BAR = 200
"""Width of a bar, in its own units."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of resources."""

    having: int = 0
    planned: int = 0
    total: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(self.having + other.having, self.planned + other.planned, self.total + other.total)

    @property
    def having_width(self) -> float:
        """The part of a bar for resources with a recovery point."""
        return round(BAR * self.having / self.total, 1) if self.total else 0

    @property
    def planned_width(self) -> float:
        """The part of a bar for resources in a plan that has made no recovery point yet."""
        return round(BAR * self.planned / self.total, 1) if self.total else 0

    @property
    def told(self) -> str:
        """The counts in words."""
        if not self.total:
            return "no resources"
        bare = self.total - self.having - self.planned
        rest = [f"{number:,} {what}" for number, what in ((self.planned, "planned"), (bare, "unprotected")) if number]
        return ", ".join([f"{self.having:,} of {self.total:,} backed up", *rest])


def backed_up(place: Place, resource: Resource) -> bool:
    """Whether a resource has a recovery point of its own account and Region."""
    return any(point.status in _WHOLE for point in place.originals.get(resource.arn, ()))


def of(places: Iterable[Place]) -> Coverage:
    """The coverage of the resources of some places."""
    having = planned = total = 0
    for place in places:
        for resource in place.resources:
            total += 1
            if backed_up(place, resource):
                having += 1
            elif resource.plans:
                planned += 1
    return Coverage(having, planned, total)
