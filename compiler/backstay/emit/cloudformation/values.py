"""Values of a template: texts with the account's own id in them, and references to what the template may hold."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay import ir

Value = Any


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource of the shape: `Ref` or `Fn::GetAtt` if it stands in the same template, else its name or ARN."""

    logical_id: str
    attribute: str | None
    otherwise: Value


class Spelt(dict[str, Value]):
    """A function of CloudFormation: what stands in it is no text of the model any more."""


def text(value: str, partition: str) -> Value:
    """A text of the model. `$account` becomes `AWS::AccountId`, the partition of an own ARN `AWS::Partition`.

    A literal that looks like a variable is put together from pieces, so that nobody takes it for one.
    """
    if ir.ACCOUNT not in value:
        return Spelt({"Fn::Join": ["$", value.split("$")]}) if "${" in value else value
    own = f"arn:{partition}:"
    head, rest = ("arn:${AWS::Partition}:", value.removeprefix(own)) if value.startswith(own) else ("", value)
    pieces = (piece.replace("${", "${Dollar}{") for piece in rest.split(ir.ACCOUNT))
    whole = head + "${AWS::AccountId}".join(pieces)
    return Spelt({"Fn::Sub": [whole, {"Dollar": "$"}] if "${Dollar}" in whole else whole})


def is_function(key: str) -> bool:
    """Whether CloudFormation takes a member of that name for a function, wherever it stands; nothing escapes it.

    Source: CloudFormation user guide "Intrinsic function reference", read 2026-11.
    """
    return key == "Ref" or key.startswith("Fn::")


def document(value: Any, partition: str) -> Value:
    """A policy document; all of it is a text where a key holds the account's id (keys are literal) or is a function."""
    if any(ir.ACCOUNT in key or is_function(key) for key in _keys(value)):
        return text(json.dumps(value, sort_keys=True, ensure_ascii=False), partition)
    return _inside(value, partition)


def _inside(value: Any, partition: str) -> Value:
    if isinstance(value, str):
        return text(value, partition)
    if isinstance(value, Mapping):
        return {key: _inside(item, partition) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_inside(item, partition) for item in value]
    return value


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _keys(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _keys(item)


def resolved(value: Value, here: Container[str]) -> Value:
    """A value with its references spelt for the template that holds the logical ids `here`."""
    if isinstance(value, Reference):
        if value.logical_id not in here:
            return resolved(value.otherwise, here)
        if value.attribute is None:
            return {"Ref": value.logical_id}
        return {"Fn::GetAtt": [value.logical_id, value.attribute]}
    if isinstance(value, Mapping):
        return {key: resolved(item, here) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(item, here) for item in value]
    return value
