"""Templates: read from JSON or YAML, and refused where CloudFormation would refuse them before it makes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from backstay_local.wire.call import AwsError

_SECTIONS = frozenset({
    "AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters",
    "Resources", "Rules",
})  # fmt: skip
_ATTRIBUTES = frozenset({
    "Condition", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdateReplacePolicy",
})  # fmt: skip
_NAMED = frozenset({"AWS::IAM::Role"})
PSEUDO = frozenset({
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """A template as sent, and its sections."""

    text: str
    description: str | None
    parameters: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]

    def capabilities(self) -> tuple[str, ...]:
        """What the caller has to acknowledge, and the types that need it."""
        types = sorted({one["Type"] for one in self.resources.values()} & _NAMED)
        named = any("RoleName" in one.get("Properties", {}) for one in self.resources.values() if one["Type"] in _NAMED)
        return () if not types else ("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM",)


def read(text: str) -> Template:
    """The template; `AwsError` (ValidationError) if it is none."""
    document = _document(text)
    for name in sorted(document.keys() - _SECTIONS):
        raise AwsError("ValidationError", f"Invalid template property or properties [{name}]")
    resources = _section(document, "Resources")
    if not resources:
        raise AwsError("ValidationError", "Template format error: At least one Resources member must be defined.")
    for name, resource in resources.items():
        _check(name, resource)
    made = Template(
        text,
        document.get("Description"),
        _section(document, "Parameters"),
        _section(document, "Mappings"),
        _section(document, "Conditions"),
        resources,
        _section(document, "Outputs"),
    )
    _check_references(made)
    return made


def references(value: Any) -> Iterator[str]:
    """Every name that `Ref`, `Fn::GetAtt` and `Fn::Sub` speak of inside a value."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        match key, item:
            case "Ref", str():
                yield item
            case "Fn::GetAtt", [str() as name, *_]:
                yield name
            case "Fn::GetAtt", str():
                yield item.partition(".")[0]
            case "Fn::Sub", str():
                yield from (name.partition(".")[0] for name in variables(item))
            case "Fn::Sub", [str() as text, Mapping() as own]:
                yield from (name.partition(".")[0] for name in variables(text) if name not in own)
                yield from references(own)
            case _:
                yield from references(item)


def variables(text: str) -> Iterator[str]:
    """The variables in the text of `Fn::Sub`; `${!x}` is none."""
    for piece in text.split("${")[1:]:
        name, closed, _ = piece.partition("}")
        if closed and not name.startswith("!"):
            yield name.strip()


def _check(name: str, resource: Any) -> None:
    if not name.isalnum() or not name.isascii():
        raise AwsError("ValidationError", f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
        sentence = f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        raise AwsError("ValidationError", sentence)
    for attribute in sorted(resource.keys() - _ATTRIBUTES):
        raise AwsError("ValidationError", f"Invalid template resource property '{attribute}'")


def _check_references(template: Template) -> None:
    known = template.resources.keys() | template.parameters.keys() | PSEUDO
    for name, resource in template.resources.items():
        depends = resource.get("DependsOn", [])
        named = set(references(resource.get("Properties", {})))
        named.update([depends] if isinstance(depends, str) else depends)
        if missing := sorted(named - known):
            listed = ", ".join(missing)
            sentence = f"Template format error: Unresolved resource dependencies [{listed}] in the Resources block"
            raise AwsError("ValidationError", f"{sentence} of the template ({name})")


def _section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise AwsError("ValidationError", f"Template format error: [/{name}] must be an object.")
    return found


def _document(text: str) -> Mapping[str, Any]:
    import yaml

    try:
        found = json.loads(text)
    except ValueError:
        try:
            found = yaml.load(text, _loader())
        except yaml.YAMLError as error:
            problem = str(error).replace("\n", " ")
            raise AwsError("ValidationError", f"Template format error: YAML not well-formed. ({problem})") from None
    if not isinstance(found, dict):
        raise AwsError("ValidationError", "Template format error: unsupported structure.")
    return found


@cache
def _loader() -> Any:
    """Plain YAML with CloudFormation's short functions (`!Ref x`), dates left as text."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012  (as its base has it)
            first: [one for one in found if one[0] != "tag:yaml.org,2002:timestamp"]
            for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    def function(loader: Any, suffix: str, node: Any) -> Any:
        match node:
            case yaml.ScalarNode():
                value: Any = loader.construct_scalar(node)
            case yaml.SequenceNode():
                value = loader.construct_sequence(node, deep=True)
            case _:
                value = loader.construct_mapping(node, deep=True)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", function)
    return Loader
