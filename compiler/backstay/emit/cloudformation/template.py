"""Templates: the bundles of a shape put together, in one template where they fit, else in several in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstay import ir
from backstay.emit.cloudformation import limits
from backstay.emit.cloudformation.names import logical_id
from backstay.emit.cloudformation.resources import bundles
from backstay.emit.cloudformation.values import resolved
from backstay.emit.cloudformation.within import Bundle, Resource, Within
from backstay_aws import arns
from backstay_contract import build
from backstay_contract.canonical import pretty
from backstay_contract.stacksets import StackParameter

VERSION = "2010-09-09"
ROLE = "AWS::IAM::Role"
KEY_ARN = "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"
FRAMEWORK_ARN = "^arn:aws[a-z-]*:backup:[a-z0-9-]+:[0-9]{12}:framework.+$"


@dataclass(frozen=True, slots=True)
class Template:
    """A template as a document and as the bytes of its file, and the parameters that it asks for."""

    document: Mapping[str, Any]
    body: bytes
    parameters: tuple[StackParameter, ...]
    names_roles: bool


def of_shape(shape: build.Shape, partition: str) -> tuple[Template, ...]:
    """The templates of a shape, in the order in which they are deployed; none if CloudFormation has nothing to do."""
    within = Within(shape, partition)
    found = list(bundles(within))
    if not found:
        return ()
    whole = _template(within, [resource for bundle in found for resource in bundle], 1, 1)
    if _fits(whole):
        return (whole,)
    packed = list(_packed(within, found))
    return tuple(_template(within, part, number, len(packed)) for number, part in enumerate(packed, 1))


def _fits(one: Template) -> bool:
    few = len(one.document["Resources"]) <= limits.RESOURCES and len(one.parameters) <= limits.PARAMETERS
    return few and len(one.body) <= limits.BYTES


def _packed(within: Within, found: Sequence[Bundle]) -> Iterator[list[Resource]]:
    """Bundles in their order, as many in one template as it takes."""
    known = {one.name for one in within.parameters()}
    part: list[Resource] = []
    asked: set[str] = set()
    size = 0
    for bundle in found:
        more = sum(_weight(resource) for resource in bundle)
        own = known & set(_refs([resolved(resource.body(), ()) for resource in bundle]))
        many = len(part) + len(bundle) > limits.RESOURCES or len(asked | own) > limits.PARAMETERS
        if part and (many or size + more > limits.BYTES):
            yield part
            part, asked, size = [], set(), 0
        part.extend(bundle)
        asked |= own
        size += more
    if part:
        yield part


def _weight(resource: Resource) -> int:
    """Bytes of a resource in a template, never too few: twice what it takes without spaces."""
    return 2 * len(json.dumps(resolved(resource.body(), ()), default=str))


def _template(within: Within, part: Sequence[Resource], number: int, count: int) -> Template:
    here = frozenset(resource.logical_id for resource in part)
    spelt = {resource.logical_id: resolved(resource.body(), here) for resource in part}
    after = _roles(within, part)
    for resource in part:
        named = sorted(_named(spelt[resource.logical_id], after) - {resource.logical_id})
        if named:
            spelt[resource.logical_id] = {**spelt[resource.logical_id], "DependsOn": named}
    refs = set(_refs(spelt))
    parameters = tuple(one for one in within.parameters() if one.name in refs)
    which = f", part {number} of {count}" if count > 1 else ""
    document = {
        "AWSTemplateFormatVersion": VERSION,
        "Description": f"Backups as the policies say, in {within.shape.region}{which}. Written by Backstay.",
        **({"Parameters": {one.name: _parameter(one) for one in parameters}} if parameters else {}),
        "Resources": spelt,
    }
    return Template(document, pretty(document), parameters, any(resource.type == ROLE for resource in part))


def _parameter(one: StackParameter) -> dict[str, Any]:
    pattern = KEY_ARN if one.name.startswith("KeyArn") else FRAMEWORK_ARN
    return {"Type": "String", "Description": one.description, "AllowedPattern": pattern}


def _roles(within: Within, part: Sequence[Resource]) -> dict[str, str]:
    """How documents name the roles that this template makes, with their logical ids."""
    here = {resource.logical_id for resource in part}
    found = {}
    for role in within.shape.roles:
        own = logical_id("Role", role.role_name)
        if own in here:
            arn = arns.role(within.partition, ir.ACCOUNT, f"{role.path}{role.role_name}")
            found[json.dumps(within.text(arn))] = own
    return found


def _named(body: Mapping[str, Any], roles: Mapping[str, str]) -> set[str]:
    """The roles that a resource names in a document: AWS refuses principals that do not exist yet."""
    if not roles:
        return set()
    text = json.dumps(body)
    return {own for arn, own in roles.items() if arn in text}


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {"Ref"}:
            yield value["Ref"]
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refs(item)
