"""Overriding: one piece laid over an inherited one, field by field, and refused where a field is final."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backstay.dsl import Copy, Plan
from backstay.resolve.layers import Layer, place
from backstay.resolve.nouns import PAIRS, PINNED, Group, groups
from backstay.resolve.pieces import Piece, Said, below
from backstay.resolve.problem import problem, second
from backstay.source import Sources
from backstay_contract.findings import Finding


@dataclass(frozen=True, slots=True)
class Merger:
    """Lays pieces of one layer over pieces of the layers that it extends; complaints go to `findings`."""

    layer: Layer
    sources: Sources
    findings: list[Finding]

    def policy(self, base: Piece, over: Piece) -> Piece:
        """A whole policy over the one that it extends."""
        return self._one(base, over, "")

    def _one(self, base: Piece, over: Piece, path: str) -> Piece:
        """A piece over its equally named base: what it mentions replaces, what it does not mention stays.

        `path` ends with a dot where it is not empty.
        """
        values, said = dict(base.values), {**over.said, **base.said}
        for name, value in over.values.items():
            if name in PAIRS:
                value = self._pairs(base.values.get(name, ()), value, f"{path}{name}", over.said[name])
            elif over.kind is Copy and name == "to" and not _elsewhere(value):
                continue
            if values.get(name) != value:
                if name not in PAIRS:
                    self.changes(f"{path}{name}", over.said[name], name)
                values[name], said[name] = value, over.said[name]
        if base.kind is Plan:
            self._through_defaults(base, over, path)
        children = {group.field: self._group(base, over, group, path) for group in groups(base.kind)}
        identities = base.identities | over.identities
        return replace(
            base, values=values, said=said, children=children, nodes=base.nodes + over.nodes, identities=identities
        )

    def _group(self, base: Piece, over: Piece, group: Group, path: str) -> tuple[Piece, ...]:
        """Named children: equally named ones merge, the others join."""
        merged = list(base.children[group.field])
        for piece in over.children[group.field]:
            inner = below(f"{path}{group.field}", group, piece)
            found = _match(merged, piece)
            if found is not None:
                merged[found] = self._one(merged[found], piece, f"{inner}.")
            elif not self._of_other_kind(merged, piece, group):
                self.changes(inner, piece.first, "name")
                merged.append(piece)
        return tuple(merged)

    def _of_other_kind(self, merged: Sequence[Piece], over: Piece, group: Group) -> bool:
        """Whether a piece has the name of one of another kind, which it cannot override; then that is said."""
        for piece in merged:
            if piece.name == over.name and piece.kind is not over.kind:
                message = f"{group.word} `{over.name}` is a {piece.kind.__name__} in what `{self.layer.policy.name}`"
                others = second(self.sources.where(piece.first.node)[0], "declared here first")
                span = self.sources.where(over.first.node)[0]
                message += f" extends, and a {over.kind.__name__} in it"
                self.findings.append(problem("same-name-twice", message, span, others=others))
                return True
        return False

    def _through_defaults(self, base: Piece, over: Piece, path: str) -> None:
        """What other defaults of a plan change: the fields that a rule of it leaves to them."""
        for name, said in _changed_defaults(base, over):
            told = any(frozen_by(layer, f"{path}defaults.{name}") for layer in self.layer.chain[1:])
            for rule in () if told else base.children["rules"]:
                if name not in rule.said:
                    self.changes(f"{path}rules.{rule.name}.{name}", said, name)

    def _pairs(self, base: Any, over: Any, path: str, said: Said) -> Any:
        merged = dict(base)
        for key, value in over:
            if merged.get(key) != value:
                self.changes(f"{path}.{key}", said, path.rsplit(".", 1)[-1])
                merged[key] = value
        return tuple(sorted(merged.items(), key=lambda pair: pair[0]))

    def changes(self, path: str, said: Said, field: str) -> None:
        """Complain if a layer that this one extends has frozen a path, or what contains it or is in it."""
        for layer in self.layer.chain[1:]:
            frozen = frozen_by(layer, path)
            if frozen is not None:
                span, fields = self.sources.where(said.node)
                message = f"policy `{self.layer.policy.name}` changes `{path}`, which `{layer.policy.name}` made final"
                others = second(place(self.sources, layer, "final"), f"`{frozen}` is final")
                where = fields.get(field, span)
                self.findings.append(problem("final-overridden", message, where, others=others))
                return


def frozen_by(layer: Layer, path: str) -> str | None:
    """The entry of a policy's `final=` that freezes a path, what contains it or is in it."""
    for frozen in layer.policy.final:
        if f"{path}.".startswith(f"{frozen}.") or frozen.startswith(f"{path}."):
            return frozen
    return None


def _changed_defaults(base: Piece, over: Piece) -> Iterator[tuple[str, Said]]:
    before = base.children["defaults"]
    for piece in over.children["defaults"]:
        for name, value in piece.values.items():
            if not before or before[0].get(name) != value:
                yield name, piece.said[name]


def _match(base: Sequence[Piece], over: Piece) -> int | None:
    """The base piece that another overrides: the one of the same pins, or else the only one of the name."""
    named = [n for n, piece in enumerate(base) if piece.name == over.name and piece.kind is over.kind]
    same = [n for n, piece in enumerate(base) if piece.kind is over.kind and over.identities & piece.identities]
    if same:
        return same[0]
    return named[0] if len(named) == 1 else None


def _elsewhere(vault: object) -> bool:
    """Whether a copy's destination says where it is; a mere name means the vault that the base already copies to."""
    return not isinstance(vault, PINNED) or vault.account is not None or vault.region is not None
