"""Inheritance: what the layers that hold in one place come to, from the root down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backstay.dsl import Vault
from backstay.resolve.layers import Layer
from backstay.resolve.merge import Merger
from backstay.resolve.pieces import Identity, Piece, Pin, Said, identity, lift
from backstay.source import Sources
from backstay_contract.findings import Finding


@dataclass(frozen=True, slots=True, eq=False)
class Effective:
    """Plans, vaults and settings that hold together, each thing once."""

    plans: tuple[Piece, ...]
    vaults: tuple[Piece, ...]
    settings: tuple[Piece, ...]

    def declared(self, vault: Vault) -> Piece | None:
        """The vault that a rule or copy refers to, as it stands after overriding."""
        wanted = identity(vault)
        named = (piece for piece in self.vaults if piece.name == vault.name)
        return next((piece for piece in named if wanted in piece.identities), None)


@dataclass(slots=True)
class _Family:
    """A policy and the layers that extend it."""

    members: set[int]
    plans: tuple[Piece, ...] = ()
    vaults: tuple[Piece, ...] = ()
    settings: tuple[Piece, ...] = ()


@dataclass(slots=True)
class Heirs:
    """Works out and remembers what each combination of layers comes to."""

    sources: Sources
    pin: Pin
    findings: list[Finding] = field(default_factory=list)
    _known: dict[tuple[int, ...], Effective] = field(default_factory=dict)
    _lifted: dict[int, _Family] = field(default_factory=dict)

    def effective(self, layers: tuple[Layer, ...]) -> Effective:
        """What layers come to, given in the order in which an account gets them."""
        key = tuple(layer.index for layer in layers)
        if key not in self._known:
            self._known[key] = self._work_out(layers)
        return self._known[key]

    def lifted(self, layer: Layer) -> _Family:
        """A layer's own constructs as pieces."""
        if layer.index not in self._lifted:
            policy = layer.policy
            plans = tuple(lift(plan, layer, self.pin) for plan in policy.plans)
            vaults = tuple(lift(vault, layer, self.pin) for vault in policy.vaults)
            settings = (lift(policy.settings, layer, self.pin),) if policy.settings is not None else ()
            self._lifted[layer.index] = _Family({layer.index}, plans, vaults, settings)
        return self._lifted[layer.index]

    def _work_out(self, layers: tuple[Layer, ...]) -> Effective:
        families: list[_Family] = []
        for layer in layers:
            own = self.lifted(layer)
            base = layer.base
            home = next((one for one in families if base is not None and base.index in one.members), None)
            if home is None:
                families.append(_Family(set(own.members), own.plans, own.vaults, own.settings))
            else:
                self._lay_over(home, own, layer)
        return Effective(
            _once(piece for one in families for piece in one.plans),
            _once(piece for one in families for piece in one.vaults),
            _once(piece for one in families for piece in one.settings),
        )

    def _lay_over(self, home: _Family, own: _Family, layer: Layer) -> None:
        merger = Merger(layer, self.sources, self.findings)
        home.members |= own.members
        home.plans = merger.group(home.plans, own.plans, "plans")
        home.vaults = merger.group(home.vaults, own.vaults, "vaults")
        if home.settings and own.settings:
            home.settings = (merger.one(home.settings[0], own.settings[0], "settings"),)
        elif own.settings:
            merger.changes("settings", own.settings[0].first, "settings")
            home.settings = own.settings
        if layer.base is not None and layer.regions != layer.base.regions:
            merger.changes("regions", Said(layer.policy, layer), "regions")


def _once(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Equal declarations are one thing, the first of them."""
    found: Mapping[Identity, Piece] = {}
    unique = dict(found)
    for piece in pieces:
        unique.setdefault(piece.key(), piece)
    return tuple(unique.values())
