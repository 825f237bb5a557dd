"""CloudFormation's functions, each as far as it can be worked out without deploying."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from backstay.importer.cloudformation.conditions import CONDITIONS
from backstay.importer.cloudformation.evaluate import LONGEST_TEXT, NO_VALUE, Evaluation, Function, shown
from backstay.importer.cloudformation.leaves import REGION
from backstay.importer.cloudformation.placed import Made
from backstay.importer.cloudformation.references import REFERENCES, attribute, reference
from backstay.importer.cloudformation.undecided import slug, undecided, unknowns
from backstay.importer.found import Unknown
from backstay.ir import ACCOUNT
from backstay.source.text import DataPath

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
PER_DEPLOYMENT = (REGION, ACCOUNT)


def _sub(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    given: Mapping[str, Any] = {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], Mapping):
        inside = evaluation.template.inside(path, "Fn::Sub", (1,))
        given = {name: evaluation.value(node, (*inside, name)) for name, node in argument[1].items()}
        argument = argument[0]
    if not isinstance(argument, str):
        return _broken("Fn::Sub", argument, "it takes text")
    whole = _VARIABLE.fullmatch(argument)
    parts: list[Any] = []
    last = 0
    for variable in _VARIABLE.finditer(argument):
        parts += [argument[last : variable.start()], _variable(evaluation, variable, given, path)]
        last = variable.end()
    if whole and isinstance(parts[-1], Unknown | Made):
        return parts[-1]
    return _text([*parts, argument[last:]], argument)


def _variable(evaluation: Evaluation, variable: re.Match[str], given: Mapping[str, Any], path: DataPath) -> Any:
    literal, name = variable[1], variable[2].strip()
    if literal:
        return f"${{{variable[2]}}}"
    if name in given:
        return given[name]
    if "." in name:
        return attribute(evaluation, name, path)
    return reference(evaluation, name, path)


def _join(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        return _broken("Fn::Join", argument, "it takes a separator and a list")
    items = evaluation.value(argument[1], evaluation.template.inside(path, "Fn::Join", (1,)))
    if not isinstance(items, list):
        return items if isinstance(items, Unknown) else _broken("Fn::Join", argument, "it takes a separator and a list")
    parts = [part for item in items for part in (argument[0], item)][1:]
    return _text(parts, shown({"Fn::Join": argument}))


def _text(parts: list[Any], written: str) -> Any:
    """Parts as one text; undecided if any of them is."""
    for part in parts:
        if isinstance(part, Unknown):
            return undecided(written, part.why)
        if isinstance(part, Made) or not isinstance(part, str | int | float):
            return undecided(written, "AWS gives a part of it when the thing is created")
    text = "".join(_shown(part) for part in parts)
    return text if len(text) <= LONGEST_TEXT else undecided(written, "it is too long for any value of AWS")


def _shown(part: Any) -> str:
    return ("true" if part else "false") if isinstance(part, bool) else str(part)


def _find_in_map(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        return _broken("Fn::FindInMap", argument, "it takes a mapping's name and two keys")
    name, first, second = (evaluation.value(node, path) for node in argument[:3])
    rows = evaluation.template.mappings.get(name) if isinstance(name, str) else None
    if not isinstance(rows, Mapping):
        return _broken("Fn::FindInMap", argument, f"the template has no mapping `{name}`")
    picked = [rows.get(first)] if _sure(first) else list(rows.values())
    cells = [
        cell
        for row in picked
        for cell in (row.values() if not _sure(second) and isinstance(row, Mapping) else [_cell(row, second)])
    ]
    if cells and all(cell is not None and cell == cells[0] for cell in cells):
        return evaluation.value(cells[0], path)
    if len(argument) == 4 and isinstance(argument[3], Mapping) and _sure(first) and _sure(second):
        return evaluation.value(argument[3].get("DefaultValue"), path)
    differs = next((key for key in (first, second) if not _sure(key)), None)
    why = "the mapping has no such entry" if differs is None else f"it differs by `{shown(differs)}`"
    return undecided(shown({"Fn::FindInMap": argument}), why, f"{name} {second if _sure(second) else ''}")


def _cell(row: Any, key: Any) -> Any:
    return row.get(str(key)) if isinstance(row, Mapping) else None


def _sure(key: Any) -> bool:
    return not isinstance(key, Unknown) and not (isinstance(key, str) and any(one in key for one in PER_DEPLOYMENT))


def _select(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return _broken("Fn::Select", argument, "it takes a number and a list")
    number, items = (evaluation.value(node, path) for node in argument)
    for value in (items, number):
        if isinstance(value, Unknown):
            return undecided(shown({"Fn::Select": argument}), value.why)
    if not isinstance(items, list) or not str(number).isdecimal() or not int(number) < len(items):
        return _broken("Fn::Select", argument, "the list has no such item")
    return items[int(number)]


def _split(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return _broken("Fn::Split", argument, "it takes a separator and text")
    separator, text = (evaluation.value(node, path) for node in argument)
    if isinstance(text, Unknown):
        return undecided(shown({"Fn::Split": argument}), text.why)
    if not isinstance(separator, str) or not separator or not isinstance(text, str):
        return _broken("Fn::Split", argument, "it takes a separator and text")
    return text.split(separator)


def _base64(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    text = evaluation.value(argument, path)
    return base64.b64encode(text.encode()).decode() if isinstance(text, str) else text


def _import_value(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    name = evaluation.value(argument, path)
    text = name.expression if isinstance(name, Unknown) else str(name)
    return undecided(f"!ImportValue {text}", "another stack exports it", slug(text))


def _length(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    items = evaluation.value(argument, path)
    return len(items) if isinstance(items, list) else undecided(shown({"Fn::Length": argument}), "it is no known list")


def _to_json(evaluation: Evaluation, argument: Any, path: DataPath) -> Any:
    value = evaluation.value(argument, path)
    open_ = next(unknowns(value), None)
    if open_ is not None:
        return undecided(shown({"Fn::ToJsonString": argument}), open_.why)
    text = json.dumps(value, separators=(",", ":"), default=str)
    return text if value is not NO_VALUE else value


def _later(name: str, why: str) -> Function:
    """A function whose result only the deployment knows."""
    return lambda _evaluation, argument, _path: undecided(shown({name: argument}), why)


def _broken(name: str, argument: Any, why: str) -> Unknown:
    return undecided(shown({name: argument}), why)


FUNCTIONS: Final[Mapping[str, Function]] = {
    **REFERENCES,
    **CONDITIONS,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::FindInMap": _find_in_map,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Base64": _base64,
    "Fn::ImportValue": _import_value,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json,
    "Fn::Cidr": _later("Fn::Cidr", "address ranges are not worked out"),
    "Fn::Transform": _later("Fn::Transform", "a macro writes it on deployment"),
}
