"""Clashes: two equally named things at one level, or on one path of the tree without `extends=`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from backstay.dsl import Node
from backstay.resolve.inherit import Heirs
from backstay.resolve.layers import Layer, comparable, place, related
from backstay.resolve.nouns import NOUNS
from backstay.resolve.pieces import Piece, paths
from backstay.resolve.problem import nearest, problem, second
from backstay.source import Sources
from backstay_contract.findings import Finding

HELP = 'give one of them another name, or let the lower policy override the upper one with `extends="…"`'


def clashes(layers: Sequence[Layer], heirs: Heirs, sources: Sources) -> Iterator[Finding]:
    """Every clash of policies and of the constructs that they bring, with both places."""
    yield from _policies(layers, sources)
    things: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for layer in layers:
        own = heirs.lifted(layer).children
        for noun in NOUNS:
            for piece in () if noun.single else own[noun.field]:
                things[noun.word, piece.name].append(piece)
    for (kind, _), group in things.items():
        for upper, lower in combinations(sorted(group, key=_order), 2):
            if _clash(upper, lower):
                yield _said_twice(kind, upper, lower, sources)


def unknown_finals(layers: Iterable[Layer], heirs: Heirs, sources: Sources) -> Iterator[Finding]:
    """Every `final=` that names nothing of what its policy has (inherited things included)."""
    for layer in layers:
        if not layer.policy.final:
            continue
        whole = heirs.merged(tuple(reversed(layer.chain)))
        known = {"regions", *(path for piece in whole for path in paths(piece, ""))}
        for frozen in layer.policy.final:
            if frozen not in known:
                message = f"`{frozen}` is to be final, and policy `{layer.policy.name}` has no such thing"
                span = place(sources, layer, "final")
                yield problem("final-names-nothing", message, span, help=nearest(frozen, known))


def _policies(layers: Sequence[Layer], sources: Sources) -> Iterator[Finding]:
    named: dict[str, list[Layer]] = defaultdict(list)
    for layer in layers:
        named[layer.policy.name].append(layer)
    for name, group in named.items():
        for upper, lower in combinations(group, 2):
            if comparable(upper, lower) and not related(upper, lower):
                message = f"policy `{name}` is written twice for {_where(upper, lower)}"
                yield _twice(message, upper.policy, lower.policy, sources)


def _said_twice(kind: str, upper: Piece, lower: Piece, sources: Sources) -> Finding:
    above, below = upper.first.layer, lower.first.layer
    message = f"{kind} `{upper.name}` is declared twice for {_where(above, below)}, and not alike"
    if above is below:
        message = f"{kind} `{upper.name}` is declared twice in policy `{above.policy.name}`, and not alike"
    return _twice(message, upper.first.node, lower.first.node, sources)


def _twice(message: str, upper: Node, lower: Node, sources: Sources) -> Finding:
    others = second(sources.where(upper)[0], "declared here first")
    return problem("same-name-twice", message, sources.where(lower)[0], others=others, help=HELP)


def _order(piece: Piece) -> tuple[int, int]:
    """From the root down, and in the order of the files."""
    return piece.first.layer.level.depth, piece.first.layer.index


def _clash(upper: Piece, lower: Piece) -> bool:
    above, below = upper.first.layer, lower.first.layer
    meet = above is below or (comparable(above, below) and not related(above, below) and _overlap(above, below))
    return meet and _same_place(upper, lower) and upper.key() != lower.key()


def _overlap(one: Layer, other: Layer) -> bool:
    """Whether there is a Region in which both could hold."""
    return one.regions is None or other.regions is None or not one.regions.isdisjoint(other.regions)


def _same_place(one: Piece, other: Piece) -> bool:
    """Whether two constructs of a name could stand in one place; what has no pins always could."""
    return all(
        one.get(pin) is None or other.get(pin) is None or one.get(pin) == other.get(pin)
        for pin in ("account", "region")
    )


def _where(one: Layer, other: Layer) -> str:
    upper, lower = (one, other) if one.level.holds(other.level) else (other, one)
    if upper.level == lower.level:
        return f"{upper.level} (policies `{one.policy.name}` and `{other.policy.name}`)"
    return f"{lower.level} (policies `{upper.policy.name}` at {upper.level} and `{lower.policy.name}`)"
