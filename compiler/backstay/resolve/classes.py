"""Equivalence classes: accounts that the same policies reach, in the same Regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from backstay.resolve.layers import Layer
from backstay.resolve.targets import Reads
from backstay.resolve.tree import Member, Tree


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """Accounts that agree on everything that policies read. `layers`: those attached to them, in order."""

    layers: tuple[Layer, ...]
    regions: tuple[str, ...]
    members: tuple[Member, ...]

    def active(self, region: str) -> tuple[Layer, ...]:
        """The layers that hold in one Region."""
        return tuple(layer for layer in self.layers if layer.reaches(region))

    def reached(self) -> tuple[str, ...]:
        """The accounts' Regions in which any layer holds."""
        return tuple(region for region in self.regions if self.active(region))


def classify(tree: Tree, layers: Sequence[Layer]) -> tuple[Class, ...]:
    """Group accounts by what the targets read of them, then by which policies that comes to, and by Regions.

    Targets are evaluated once for each distinct reading, never once for each account.
    """
    reads = Reads((layer.attach for layer in layers), tree)
    evaluated: dict[tuple[object, ...], tuple[Layer, ...]] = {}
    groups: dict[tuple[tuple[int, ...], tuple[str, ...]], list[Member]] = defaultdict(list)
    found: dict[tuple[int, ...], tuple[Layer, ...]] = {}
    for member in tree.members:
        key = reads.key(member)
        applied = evaluated.get(key)
        if applied is None:
            applied = evaluated[key] = tuple(layer for layer in layers if layer.applies(member))
        name = tuple(layer.index for layer in applied)
        found[name] = applied
        groups[name, member.regions].append(member)
    return tuple(Class(found[name], regions, tuple(members)) for (name, regions), members in groups.items())
