"""Inheritance: what the layers that hold in one place come to, from the root down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backstay.dsl import Node
from backstay.resolve.defaults import filled, spent
from backstay.resolve.layers import Layer
from backstay.resolve.merge import Merger
from backstay.resolve.nouns import NOUNS
from backstay.resolve.params import Values, holds_param
from backstay.resolve.pieces import Identity, Piece, Pin, Said, identity, lift
from backstay.source import Sources
from backstay_contract.findings import Finding


@dataclass(frozen=True, slots=True, eq=False)
class Effective:
    """What holds together, by the fields of a policy, each thing once."""

    things: Mapping[str, tuple[Piece, ...]]

    @property
    def plans(self) -> tuple[Piece, ...]:
        """The plans."""
        return self.things["plans"]

    @property
    def vaults(self) -> tuple[Piece, ...]:
        """The vaults, air-gapped ones among them."""
        return self.things["vaults"]

    @property
    def settings(self) -> tuple[Piece, ...]:
        """The settings of each family of policies."""
        return self.things["settings"]

    def declared(self, vault: Node) -> Piece | None:
        """The vault that a rule or copy refers to, as it stands after overriding."""
        wanted = identity(vault)
        return next((piece for piece in self.vaults if wanted in piece.identities), None)


@dataclass(slots=True)
class _Family:
    """A policy with the layers that extend it, and what they come to."""

    members: set[int]
    piece: Piece


@dataclass(slots=True)
class Heirs:
    """Works out and remembers what each combination of layers comes to."""

    sources: Sources
    pin: Pin
    findings: list[Finding] = field(default_factory=list)
    used: set[tuple[int, str]] = field(default_factory=set)  # layers and the parameters of theirs that something uses
    _merged: dict[tuple[int, ...], tuple[Piece, ...]] = field(default_factory=dict)
    _known: dict[tuple[int, ...], Effective] = field(default_factory=dict)
    _lifted: dict[int, Piece] = field(default_factory=dict)
    _opens: dict[int, bool] = field(default_factory=dict)

    def effective(self, layers: tuple[Layer, ...]) -> Effective:
        """What layers come to, given in the order in which an account gets them: nothing is left open."""
        key = tuple(layer.index for layer in layers)
        if key not in self._known:
            self._known[key] = self._work_out(layers)
        return self._known[key]

    def merged(self, layers: tuple[Layer, ...]) -> tuple[Piece, ...]:
        """What each family of policies among the layers says, its parameters and defaults still open."""
        key = tuple(layer.index for layer in layers)
        if key not in self._merged:
            self._merged[key] = tuple(self._families(layers))
        return self._merged[key]

    def lifted(self, layer: Layer) -> Piece:
        """A layer's own policy as a piece."""
        if layer.index not in self._lifted:
            self._lifted[layer.index] = lift(layer.policy, layer, self.pin)
        return self._lifted[layer.index]

    def _open(self, layer: Layer) -> bool:
        """Whether a layer's own policy has a parameter anywhere."""
        if layer.index not in self._opens:
            self._opens[layer.index] = holds_param(layer.policy)
        return self._opens[layer.index]

    def _work_out(self, layers: tuple[Layer, ...]) -> Effective:
        whole = tuple(filled(piece) for piece in self.merged(layers))
        if any(self._open(layer) for layer in layers):
            values = Values(layers, self.sources, self.findings, self.used)
            whole = tuple(values.substituted(piece) for piece in whole)
        things = {noun.field: _once(one for piece in whole for one in piece.children[noun.field]) for noun in NOUNS}
        return Effective({**things, "plans": tuple(spent(plan) for plan in things["plans"])})

    def _families(self, layers: tuple[Layer, ...]) -> Iterable[Piece]:
        families: list[_Family] = []
        for layer in layers:
            base = layer.base
            home = next((one for one in families if base is not None and base.index in one.members), None)
            if home is None:
                families.append(_Family({layer.index}, self.lifted(layer)))
            else:
                self._lay_over(home, layer)
        return (one.piece for one in families)

    def _lay_over(self, home: _Family, layer: Layer) -> None:
        merger = Merger(layer, self.sources, self.findings)
        home.members.add(layer.index)
        home.piece = merger.policy(home.piece, self.lifted(layer))
        if layer.base is not None and layer.regions != layer.base.regions:
            merger.changes("regions", Said(layer.policy, layer), "regions")


def _once(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Equal declarations are one thing, the first of them."""
    unique: dict[Identity, Piece] = {}
    for piece in pieces:
        unique.setdefault(piece.key(), piece)
    return tuple(unique.values())
