"""Layers: policies at their levels in the tree, each with the one that it extends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstay.dsl import Policy, Target
from backstay.resolve import targets
from backstay.resolve.problem import nearest, problem, second
from backstay.resolve.targets import Level
from backstay.resolve.tree import Member, Tree
from backstay.source import Sources
from backstay_contract.findings import Finding, Span


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A policy where it is attached. `regions` None: every Region; `base`: the layer that it extends."""

    index: int
    policy: Policy
    attach: Target
    level: Level
    target: str
    base: Layer | None
    regions: frozenset[str] | None

    def reaches(self, region: str) -> bool:
        """Whether the policy holds in a Region."""
        return self.regions is None or region in self.regions

    def applies(self, member: Member) -> bool:
        """Whether the policy is attached to an account."""
        return targets.holds(self.attach, member)

    @property
    def chain(self) -> tuple[Layer, ...]:
        """The layer and those that it extends, nearest first."""
        return (self, *(self.base.chain if self.base else ()))

    @property
    def rank(self) -> tuple[int, int, int]:
        """The order in which an account gets layers: from the root down, an extension after what it extends."""
        return self.level.depth, len(self.chain), self.index


@dataclass(frozen=True, slots=True)
class Attached:
    """All layers in the order in which an account gets them, and what was wrong."""

    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]


def attach(policies: Sequence[Policy], tree: Tree, sources: Sources) -> Attached:
    """Place every policy in the tree and find what it extends."""
    work = _Attaching(policies, tree, sources)
    layers = [work.layer(index) for index in range(len(policies))]
    return Attached(tuple(sorted(layers, key=lambda layer: layer.rank)), tuple(work.findings))


def place(sources: Sources, layer: Layer, field: str) -> Span | None:
    """Where a policy's keyword stands, or the policy."""
    span, fields = sources.where(layer.policy)
    return fields.get(field, span)


def comparable(one: Layer, other: Layer) -> bool:
    """Whether an account could get both: one stands at the other's level or above it."""
    return one.level.holds(other.level) or other.level.holds(one.level)


def related(one: Layer, other: Layer) -> bool:
    """Whether one extends the other, or both extend a third at different levels: then the order is clear."""
    if one in other.chain or other in one.chain:
        return True
    return one.level != other.level and one.chain[-1] is other.chain[-1]


class _Attaching:
    def __init__(self, policies: Sequence[Policy], tree: Tree, sources: Sources) -> None:
        self.findings: list[Finding] = []
        self._policies = policies
        self._tree = tree
        self._sources = sources
        self._levels = [targets.level(_attach(policy), tree) for policy in policies]
        self._layers: dict[int, Layer] = {}
        self._open: set[int] = set()

    def layer(self, index: int) -> Layer:
        if index in self._layers:
            return self._layers[index]
        self._open.add(index)
        base = self._base(index)
        self._open.discard(index)
        self._layers[index] = layer = self._made(index, base)
        return layer

    def _made(self, index: int, base: Layer | None) -> Layer:
        policy = self._policies[index]
        regions = frozenset(policy.regions) if policy.regions is not None else base.regions if base else None
        target = _attach(policy)
        return Layer(index, policy, target, self._levels[index], targets.shown(target), base, regions)

    def _base(self, index: int) -> Layer | None:
        name = self._policies[index].extends
        if name is None:
            return None
        above = [other for other in self._named(index, name) if self._levels[other].holds(self._levels[index])]
        closed = [other for other in above if other not in self._open]
        if above and not closed:
            self._say("extends-in-a-circle", index, f"policy `{self._policies[index].name}` extends itself in the end")
        if not above:
            self._nothing(index, name)
        best = max(closed, key=lambda other: (self._levels[other].depth, -other), default=None)
        return None if best is None else self.layer(best)

    def _named(self, index: int, name: str) -> Iterator[int]:
        return (other for other, policy in enumerate(self._policies) if policy.name == name and other != index)

    def _nothing(self, index: int, name: str) -> None:
        policy = self._policies[index]
        elsewhere = next(self._named(index, name), None)
        if elsewhere is None:
            known = (other.name for other in self._policies if other is not policy)
            message = f"policy `{policy.name}` extends `{name}`, and there is no policy of that name"
            self._say("extends-nothing", index, message, help=nearest(name, known))
            return
        message = f"policy `{policy.name}` extends `{name}`, which is not attached above it"
        at = self._sources.where(self._policies[elsewhere])[0]
        label = f"attached at {self._levels[elsewhere]}, and `{policy.name}` at {self._levels[index]}"
        self.findings.append(
            problem("extends-nothing", message, self._place(index), others=second(at, label), help=_EXTENDS_HELP)
        )

    def _say(self, name: str, index: int, message: str, *, help: str | None = None) -> None:  # noqa: A002
        self.findings.append(problem(name, message, self._place(index), help=help))

    def _place(self, index: int) -> Span | None:
        span, fields = self._sources.where(self._policies[index])
        return fields.get("extends", span)


_EXTENDS_HELP = "extend a policy of the root or of a unit above, or leave `extends` out and give the things other names"


def _attach(policy: Policy) -> Target:
    if policy.attach is None:
        raise ValueError(f"policy {policy.name} is attached to nothing")
    return policy.attach
