"""Overriding: one piece laid over an inherited one, field by field, and refused where a field is final."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backstay.dsl import Copy, Vault
from backstay.resolve.layers import Layer, place
from backstay.resolve.pieces import PAIRS, Piece, Said, identity
from backstay.resolve.problem import problem, second
from backstay.source import Sources
from backstay_contract.findings import Finding


@dataclass(frozen=True, slots=True)
class Merger:
    """Lays pieces of one layer over pieces of the layers that it extends; complaints go to `findings`."""

    layer: Layer
    sources: Sources
    findings: list[Finding]

    def group(self, base: Sequence[Piece], over: Iterable[Piece], path: str) -> tuple[Piece, ...]:
        """Named children: equally named ones merge, the others join."""
        merged = list(base)
        for piece in over:
            found = _match(merged, piece)
            if found is None:
                self.changes(f"{path}.{piece.name}", piece.first, "name")
                merged.append(piece)
            else:
                merged[found] = self.one(merged[found], piece, f"{path}.{piece.name}")
        return tuple(merged)

    def one(self, base: Piece, over: Piece, path: str) -> Piece:
        """A piece over its equally named base: what it mentions replaces, what it does not mention stays."""
        values, said = dict(base.values), dict(base.said)
        for name, value in over.values.items():
            if name in PAIRS:
                value = self._pairs(base.values.get(name, ()), value, f"{path}.{name}", over.said[name])
            elif isinstance(over.first.node, Copy) and name == "to" and not _elsewhere(value):
                continue
            if values.get(name) != value:
                if name not in PAIRS:
                    self.changes(f"{path}.{name}", over.said[name], name)
                values[name], said[name] = value, over.said[name]
        children = {
            name: self.group(base.children[name], over.children[name], f"{path}.{name}") for name in base.children
        }
        return replace(base, values=values, said=said, children=children, nodes=base.nodes + over.nodes)

    def _pairs(self, base: Any, over: Any, path: str, said: Said) -> Any:
        merged = dict(base)
        for key, value in over:
            if merged.get(key) != value:
                self.changes(f"{path}.{key}", said, path.rsplit(".", 1)[-1])
                merged[key] = value
        return tuple(sorted(merged.items()))

    def changes(self, path: str, said: Said, field: str) -> None:
        """Complain if a layer that this one extends has frozen a path, or what contains it or is in it."""
        for layer in self.layer.chain[1:]:
            for frozen in layer.policy.final:
                if f"{path}.".startswith(f"{frozen}.") or frozen.startswith(f"{path}."):
                    span, fields = self.sources.where(said.node)
                    message = (
                        f"policy `{self.layer.policy.name}` changes `{path}`, which `{layer.policy.name}` made final"
                    )
                    others = second(place(self.sources, layer, "final"), f"`{frozen}` is final")
                    where = fields.get(field, span)
                    self.findings.append(problem("final-overridden", message, where, others=others))
                    return


def _match(base: Sequence[Piece], over: Piece) -> int | None:
    """The base piece that another overrides: the one of the same pins, or else the only one of the name."""
    same = [n for n, piece in enumerate(base) if identity(over.first.node) in piece.identities]
    named = [n for n, piece in enumerate(base) if piece.name == over.name]
    if same:
        return same[0]
    return named[0] if len(named) == 1 else None


def _elsewhere(vault: object) -> bool:
    """Whether a copy's destination says where it is; a mere name means the vault that the base already copies to."""
    return not isinstance(vault, Vault) or vault.account is not None or vault.region is not None
