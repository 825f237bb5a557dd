"""From a handler's members to the JSON that botocore, and every other client, reads back as the same members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from .model import Shape

if TYPE_CHECKING:
    from botocore.model import OperationModel


_AS_THEY_ARE = frozenset({"string", "integer", "long", "boolean"})


Headers = tuple[tuple[str, str], ...]


def write(operation: OperationModel, members: Mapping[str, Any]) -> tuple[int, Headers, bytes]:
    """Status, headers and body of a success; members that the model does not know are a mistake of ours, and raise."""
    import orjson

    status = int(operation.http.get("responseCode", 200))
    shape = operation.output_shape
    if shape is None:
        if members:
            raise ValueError(f"{operation.name} answers nothing, but was given {sorted(members)}")
        return status, (), b""
    payload = shape.serialization.get("payload")
    headers = tuple(
        (member.serialization["name"], str(members[name]))
        for name, member in shape.members.items()
        if member.serialization.get("location") == "header" and members.get(name) is not None
    )
    if payload is not None:
        return status, headers, bytes(members[payload])
    body = {name: item for name, item in members.items() if name not in _travelling(shape)}
    return status, headers, b"" if status == 204 else orjson.dumps(_structure(shape, body, operation.name))


@cache
def _travelling(shape: Shape) -> frozenset[str]:
    """The members of an answer that travel in its headers."""
    return frozenset(name for name, one in shape.members.items() if one.serialization.get("location") == "header")


def _structure(shape: Shape, value: Mapping[str, Any], place: str) -> dict[str, Any]:
    table = _table(shape)
    found = {}
    for name, item in value.items():
        known = table.get(name)
        if known is None:
            raise ValueError(f"{place} has no member {name}")
        if item is not None:
            wire_name, member = known
            found[wire_name] = item if member is None else _value(member, item, name)
    return found


@cache
def _table(shape: Shape) -> dict[str, tuple[str, Shape | None]]:
    """A structure's members by name: what they are called on the wire, and their shape unless they go as they are."""
    return {
        name: (member.serialization.get("name", name), None if member.type_name in _AS_THEY_ARE else member)
        for name, member in shape.members.items()
    }


def _value(shape: Shape, value: Any, place: str) -> Any:
    match shape.type_name:
        case "structure":
            return _structure(shape, value, place)
        case "list":
            return [_value(shape.member, item, place) for item in value]
        case "map":
            return {key: _value(shape.value, item, place) for key, item in value.items() if item is not None}
        case "timestamp":
            return epoch(value)
        case _:
            return value


def epoch(moment: datetime) -> float:
    """Seconds since 1970 with three digits of fraction, as AWS Backup writes its times."""
    if moment.tzinfo is None:
        raise ValueError("a time on the wire must know its zone")
    return round(moment.astimezone(UTC).timestamp(), 3)
