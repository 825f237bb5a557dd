"""A full request of an operation, again and again with one thing wrong in it, as the model says what is wrong."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from tests.local.shapes import full, sent

from backstay_local.wire.message import Request
from backstay_local.wire.model import operations

# Constraints that AWS does not keep itself: what breaks them need not be refused. Shape -> why.
LOOSE = {
    "ResourceType": "AWS's own types hold spaces (`SAP HANA on Amazon EC2`)",
    "AccountId": "list operations take `*` and ROOT",
    "ResourceArn": "the pattern wants a Region, which S3 ARNs do not have",
    "RecoveryPointArn": "snapshot and image ARNs have no account",
    "BackupVaultName": "reading a badly named vault is like reading one that does not exist",
}
_DEEPEST = 8
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One request with one mistake, and where that is; `loose` if AWS may let it pass."""

    place: str
    member: str
    """The name of the member that a refusal has to name."""
    request: Request
    loose: bool


def members(operation: str) -> dict[str, Any]:
    """The members of a full input, but for those that page."""
    shape = operations("backup")[operation].input_shape
    given = {} if shape is None else full(shape)
    return {name: value for name, value in given.items() if name != "NextToken"}


def missing(operation: str) -> Iterator[Wrong]:
    """Without each of the required members, at any depth; a label of the path that is missing is empty."""
    request, shape = sent(operation, members(operation)), _input(operation)
    for name in shape.required_members:
        member = shape.members[name]
        match member.serialization.get("location"):
            case "uri":
                yield Wrong(
                    name, name, replace(request, path=_labelled(operation, request, member, name, "")), loose=False
                )
            case "querystring":
                wire_name = member.serialization.get("name", name)
                kept = [part for part in request.query.split("&") if not part.startswith(f"{wire_name}=")]
                yield Wrong(name, name, replace(request, query="&".join(kept)), loose=False)
            case _:
                yield _cut(request, (member.serialization.get("name", name),))
    for path, _, required in _places(shape, ()):
        if required and len(path) > 1:
            yield _cut(request, path)


def broken(operation: str) -> Iterator[Wrong]:
    """With each constrained member of a wrong type, out of its range, no choice of its list, or in a wrong form."""
    request, shape = sent(operation, members(operation)), _input(operation)
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        for why, value in _texts(member):
            place, loose = f"{name}: {why}", _loose(member)
            match member.serialization.get("location"):
                case "uri" if value:
                    path = _labelled(operation, request, member, name, quote(value, safe=""))
                    yield Wrong(place, name, replace(request, path=path), loose)
                case "querystring":
                    kept = [part for part in request.query.split("&") if not part.startswith(f"{wire_name}=")]
                    query = "&".join([*kept, f"{wire_name}={quote(value, safe='')}"])
                    yield Wrong(place, name, replace(request, query=query), loose)
    for path, place_shape, _ in _places(shape, ()):
        for why, value in _values(place_shape):
            yield Wrong(f"{_spelled(path)}: {why}", _named(path), _put(request, path, value), _loose(place_shape))


def _input(operation: str) -> Any:
    return operations("backup")[operation].input_shape


def _loose(shape: Any) -> bool:
    return shape.name in LOOSE and shape.type_name == "string"


def _places(shape: Any, above: Path) -> Iterator[tuple[Path, Any, bool]]:
    """Every place in the body of a full request: the path to it, its shape, and whether it must be there."""
    if len(above) > _DEEPEST:
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if not member.serialization.get("location"):
                here = (*above, member.serialization.get("name", name))
                yield here, member, name in shape.required_members
                yield from _places(member, here)
    elif shape.type_name == "list":
        yield (*above, 0), shape.member, False
        yield from _places(shape.member, (*above, 0))


def _values(shape: Any) -> Iterator[tuple[str, Any]]:
    """What a member of the body must not be."""
    match shape.type_name:
        case "structure" | "map":
            yield "a text", "text"
            yield "a list", [1]
        case "list":
            yield "a text", "text"
            if "max" in shape.metadata:
                yield "too many", [full(shape.member)] * (shape.metadata["max"] + 1)
        case "string":
            yield "an object", {"a": "b"}
            yield "a list", ["a"]
            yield from _texts(shape)
        case "integer" | "long":
            yield "an object", {}
            yield "a fraction", 7.5
            yield from _texts(shape)
            if "min" in shape.metadata:
                yield "too small", shape.metadata["min"] - 1
            if "max" in shape.metadata:
                yield "too large", shape.metadata["max"] + 1
        case _:
            yield "an object", {}
            yield from _texts(shape)


def _texts(shape: Any) -> Iterator[tuple[str, str]]:
    """What a member must not be, where it travels as text."""
    match shape.type_name:
        case "integer" | "long":
            yield "no number", "seven"
            for bound, step in (("min", -1), ("max", 1)):
                if bound in shape.metadata:
                    yield f"beyond its {bound}", str(shape.metadata[bound] + step)
        case "boolean" | "timestamp":
            yield "a word", "perhaps"
        case "string" if getattr(shape, "enum", None):
            yield "no choice", "NO_SUCH_CHOICE"
        case "string":
            if "max" in shape.metadata:
                yield "too long", "a" * (shape.metadata["max"] + 1)
            if shape.metadata.get("min", 0) > 1:
                yield "too short", "a"
            pattern = shape.metadata.get("pattern")
            if pattern and not re.fullmatch(pattern, "!\u00fc ?", re.DOTALL):
                yield "out of its pattern", "!\u00fc ?"


def _labelled(operation: str, request: Request, member: Any, name: str, text: str) -> str:
    """The path with another text for one label."""
    template = operations("backup")[operation].http["requestUri"].partition("?")[0].split("/")
    label = f"{{{member.serialization.get('name', name)}}}"
    pairs = zip(template, request.path.split("/"), strict=True)
    return "/".join(text if mine == label else given for mine, given in pairs)


def _cut(request: Request, path: Path) -> Wrong:
    body = json.loads(request.body)
    del _node(body, path)[path[-1]]
    return Wrong(_spelled(path), _named(path), replace(request, body=json.dumps(body).encode()), loose=False)


def _put(request: Request, path: Path, value: Any) -> Request:
    body = json.loads(request.body)
    _node(body, path)[path[-1]] = copy.deepcopy(value)
    return replace(request, body=json.dumps(body).encode())


def _node(body: Any, path: Path) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body


def _spelled(path: Path) -> str:
    return ".".join(map(str, path))


def _named(path: Path) -> str:
    return next(str(step) for step in reversed(path) if isinstance(step, str))
