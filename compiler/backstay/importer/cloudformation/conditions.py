"""Conditions of a template: true, false, or not to be known before it is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstay.importer.cloudformation.evaluate import NO_VALUE, Evaluation, Function, intrinsic, shown
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.source.text import DataPath

Truth = bool | Unknown


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch of an `Fn::If` that is taken (1 or 2), and what there is to be said about that."""

    number: int
    note: str | None = None
    maybe: Unknown | None = None


def holds(evaluation: Evaluation, name: Any, path: DataPath) -> Truth:
    """Whether a condition of the template holds, by its name."""
    node = evaluation.template.conditions.get(name) if isinstance(name, str) else None
    if node is None:
        evaluation.complain("wrong-value", f"the template has no condition `{name}`", path)
        return undecided(str(name), "there is no such condition")
    step = ("condition", name)
    if step in evaluation.busy:
        evaluation.complain("circular-reference", f"the condition `{name}` depends on itself", path)
        return undecided(name, "it depends on itself")
    if step not in evaluation.known:
        evaluation.busy.add(step)
        evaluation.known[step] = _named(truth(evaluation, node, ("Conditions", name)), name)
        evaluation.busy.discard(step)
    known: Truth = evaluation.known[step]
    return known


def truth(evaluation: Evaluation, node: Any, path: DataPath) -> Truth:
    """Whether a condition's expression holds."""
    if isinstance(node, Mapping) and len(node) == 1 and "Condition" in node:
        return holds(evaluation, node["Condition"], path)
    value = evaluation.value(node, path)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool | Unknown):
        return value
    return undecided(shown(node), "it is no condition")


def chosen(evaluation: Evaluation, argument: Any, path: DataPath) -> Branch | None:
    """The branch that an `Fn::If` takes; None if only the deployment tells.

    Where one branch is `AWS::NoValue` and the other a structure, the structure is taken, with a note.
    """
    if not isinstance(argument, list) or len(argument) != 3:
        return None
    held = holds(evaluation, argument[0], path)
    if isinstance(held, bool):
        return Branch(1 if held else 2)
    empty = [number for number in (1, 2) if argument[number] in ({"Ref": NO_VALUE.value}, [], {})]
    full = 3 - empty[0] if len(empty) == 1 else None
    if full is None or not _structure(argument[full]):
        return None
    word = "holds" if full == 1 else "does not hold"
    return Branch(full, f"a part of it is there only if the condition `{argument[0]}` {word}: {held.why}", held)


def _if(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    branch = chosen(evaluation, argument, path)
    if branch is not None:
        evaluation.note(branch.note)
        inside = evaluation.template.inside(path, "Fn::If", (branch.number,))
        return evaluation.value(argument[branch.number], inside)
    if not isinstance(argument, list) or len(argument) != 3:
        evaluation.complain("wrong-value", "`Fn::If` takes a condition's name and two values", path)
        return undecided(shown({"Fn::If": argument}), "it is no complete `Fn::If`")
    one, other = (evaluation.value(argument[number], path) for number in (1, 2))
    if one == other:
        return one
    return undecided(shown({"Fn::If": argument}), f"it depends on the condition `{argument[0]}`", f"if {argument[0]}")


def _equals(evaluation: Evaluation, argument: Any, path: DataPath) -> Truth:
    if not isinstance(argument, list) or len(argument) != 2:
        return undecided(shown({"Fn::Equals": argument}), "`Fn::Equals` takes two values")
    one, other = (evaluation.value(node, path) for node in argument)
    open_ = next((side for side in (one, other) if isinstance(side, Unknown) or _placeholder(side)), None)
    if one == other:
        return True
    if open_ is None:
        return str(one) == str(other)
    why = open_.why if isinstance(open_, Unknown) else f"`{open_}` differs by deployment"
    return undecided(shown({"Fn::Equals": argument}), why)


def _all(evaluation: Evaluation, argument: Any, path: DataPath) -> Truth:
    return _joined(evaluation, argument, path, decisive=False)


def _any(evaluation: Evaluation, argument: Any, path: DataPath) -> Truth:
    return _joined(evaluation, argument, path, decisive=True)


def _joined(evaluation: Evaluation, argument: Any, path: DataPath, *, decisive: bool) -> Truth:
    parts = [truth(evaluation, node, path) for node in argument] if isinstance(argument, list) else []
    if decisive in [part for part in parts if isinstance(part, bool)]:
        return decisive
    return next((part for part in parts if isinstance(part, Unknown)), not decisive)


def _not(evaluation: Evaluation, argument: Any, path: DataPath) -> Truth:
    node = argument[0] if isinstance(argument, list) and len(argument) == 1 else argument
    held = truth(evaluation, node, path)
    return held if isinstance(held, Unknown) else not held


def _named(held: Truth, name: str) -> Truth:
    return undecided(name, held.why) if isinstance(held, Unknown) else held


def _structure(node: Any) -> bool:
    return isinstance(node, list) or (isinstance(node, Mapping) and intrinsic(node) is None)


def _placeholder(value: Any) -> bool:
    return isinstance(value, str) and ("$region" in value or "$account" in value)


CONDITIONS: dict[str, Function] = {
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": _all,
    "Fn::Or": _any,
    "Fn::Not": _not,
}
