"""Values of a template with the places of their parts, as the tables of AWS bodies want them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backstay.importer.cloudformation.conditions import chosen
from backstay.importer.cloudformation.evaluate import NO_VALUE, Evaluation, intrinsic
from backstay.importer.cloudformation.placed import Placed, spread
from backstay.source.text import DataPath


def placed(evaluation: Evaluation, node: Any, path: DataPath) -> Placed:
    """A value with the places of its parts; `AWS::NoValue` is None."""
    span = evaluation.template.place(path)
    if isinstance(node, Mapping):
        call = intrinsic(node)
        return _members(evaluation, node, path) if call is None else _called(evaluation, call, node, path)
    if isinstance(node, list):
        items = [placed(evaluation, item, (*path, number)) for number, item in enumerate(node)]
        return Placed([item for item in items if item.value is not None], span)
    return Placed(evaluation.value(node, path), span)


def _called(evaluation: Evaluation, call: str, node: Mapping[str, Any], path: DataPath) -> Placed:
    """The value of a function; of `Fn::If` the branch that holds, with the places inside it."""
    if call == "Fn::If":
        branch = chosen(evaluation, node[call], path)
        if branch is not None:
            evaluation.note(branch.note)
            inside = evaluation.template.inside(path, call, (branch.number,))
            return replace(placed(evaluation, node[call][branch.number], inside), maybe=branch.maybe)
    value = evaluation.value(node, path)
    return spread(None if value is NO_VALUE else value, evaluation.template.place(path))


def _members(evaluation: Evaluation, node: Mapping[str, Any], path: DataPath) -> Placed:
    keys = evaluation.template.text.keys
    members: dict[str, Placed] = {}
    for name, member in node.items():
        made = placed(evaluation, member, (*path, name))
        if made.value is not None:
            members[name] = replace(made, key=keys.get((*path, name)))
    return Placed(members, evaluation.template.place(path))
