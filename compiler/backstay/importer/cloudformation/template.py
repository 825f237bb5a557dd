"""A CloudFormation template as data with places: YAML with its short forms, or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.importer.problem import problem
from backstay.importer.text import read_text
from backstay.source.text import DataPath, Text
from backstay_contract.findings import Finding, Span

# Short forms whose long form is not `Fn::` and the same name.
_LONG = {"Ref": "Ref", "Condition": "Condition"}
_SHORT = frozenset(
    {
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "ForEach",
        "GetAtt", "GetAZs", "GetStackOutput", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select",
        "Split", "Sub", "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A template's sections; `text` has the places."""

    text: Text
    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Any]
    transforms: tuple[str, ...]

    def place(self, path: DataPath) -> Span:
        """The place of a value."""
        return self.text.place(path)

    def inside(self, path: DataPath, call: str, rest: DataPath) -> DataPath:
        """The path of a part of a function's argument: short forms have no member of the function's name."""
        long = (*path, call, *rest)
        return long if long in self.text.spans else (*path, *rest)


def load(path: str, data: bytes) -> tuple[Template | None, tuple[Finding, ...]]:
    """A file as a template, with what is wrong with the text; None if it is no template at all."""
    text, findings = read_text(path, data, tagged=long_form)
    if not isinstance(text.data, Mapping):
        if not findings:
            message = "this is no CloudFormation template: a template is an object with `Resources`"
            findings = (problem("unreadable-source", message, Span(path, 1, 1, 1, 2)),)
        return None, findings
    sections = {name: _section(text, name) for name in ("Parameters", "Mappings", "Conditions", "Resources")}
    wrong = tuple(one for _, one in sections.values() if one is not None)
    parameters, mappings, conditions, resources = (members for members, _ in sections.values())
    transforms = tuple(_transforms(text.data))
    return Template(text, parameters, mappings, conditions, resources, transforms), (*findings, *wrong)


def long_form(tag: str, value: Any) -> Any:
    """`!Sub x` as `{"Fn::Sub": x}`; a tag that is no function of CloudFormation raises `KeyError`."""
    name = tag.removeprefix("!")
    if name in _LONG:
        return {_LONG[name]: value}
    if name not in _SHORT:
        raise KeyError(tag)
    return {f"Fn::{name}": value}


def _section(text: Text, name: str) -> tuple[Mapping[str, Any], Finding | None]:
    members = text.data.get(name)
    if members is None:
        return {}, None
    if isinstance(members, Mapping):
        return members, None
    message = f"`{name}` should be an object, with a member for each of them"
    return {}, problem("wrong-value", message, text.place((name,)))


def _transforms(data: Mapping[str, Any]) -> Iterator[str]:
    said = data.get("Transform")
    for one in said if isinstance(said, list) else [said]:
        name = one.get("Name") if isinstance(one, Mapping) else one
        if isinstance(name, str):
            yield name
