"""Where a construct and each of its fields stand, and what brought them to the account."""

from __future__ import annotations

import ast
from dataclasses import replace

from backstay.dsl import Node
from backstay.ir import Where
from backstay.resolve.layers import Layer
from backstay.resolve.pieces import Piece, Said
from backstay.source import Sources
from backstay_contract.findings import Span


def of_piece(piece: Piece, sources: Sources) -> Where:
    """The place of a piece: its first declaration, with the fields that others overrode at their own places."""
    first = piece.first
    span, written = sources.where(first.node) if first.field is None else (spot(first, "", sources), {})
    fields, brought = dict(written), {}
    for name, said in piece.said.items():
        if said is not first:
            place = spot(said, name, sources)
            brought[name] = (said.layer.policy.name, said.layer.target)
            if place is not None:
                fields[name] = place
    return Where(span, fields, first.layer.policy.name, first.layer.target, brought)


def of_value(piece: Piece, name: str, sources: Sources) -> Where:
    """The place of a field's value that has fields of its own, such as `lock=Lock.governance(…)`."""
    said = piece.said[name]
    return of_node(piece.values[name], said.layer, sources, fallback=of_field(piece, name, sources))


def of_node(node: Node, layer: Layer, sources: Sources, *, fallback: Span | None = None) -> Where:
    """The place of a node as it was written, brought by a layer."""
    span, fields = sources.where(node)
    return Where(span or fallback, dict(fields), layer.policy.name, layer.target)


def with_field(where: Where, name: str, piece: Piece, sources: Sources) -> Where:
    """A place to which one field of another piece is added, as where a selection takes the plan's role."""
    layer = piece.said[name].layer
    place = of_field(piece, name, sources)
    fields = {**where.fields, name: place} if place is not None else where.fields
    return replace(where, fields=fields, brought={**where.brought, name: (layer.policy.name, layer.target)})


def of_field(piece: Piece, name: str, sources: Sources) -> Span | None:
    """The place of one field's value, or of the call that would have it."""
    return spot(piece.said.get(name, piece.first), name, sources)


def spot(said: Said, name: str, sources: Sources) -> Span | None:
    """The place where a field was said: the keyword of the node that said it, or one entry of its dictionary."""
    span, fields = sources.where(said.node)
    field = name if said.field is None else said.field
    place = fields.get(field, span)
    return place if said.key is None or span is None else _entry(sources, span, field, said.key) or place


def _entry(sources: Sources, call: Span, keyword: str, key: str) -> Span | None:
    """The place of one value in the dictionary that a call has as a keyword."""
    file = sources.get(call.path)
    found = file.expression(call) if file is not None else None
    if file is None or not isinstance(found, ast.Call):
        return None
    written = next((word.value for word in found.keywords if word.arg == keyword), None)
    if not isinstance(written, ast.Dict):
        return None
    named = ((name, value) for name, value in zip(written.keys, written.values, strict=True))
    return next(
        (file.place(value) for name, value in named if isinstance(name, ast.Constant) and name.value == key), None
    )
