"""From a request to validated parameters: one walk over the model parses, converts and checks."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from .call import AwsError
from .model import Shape
from .problems import Problem, Wrong, complaint, enforced

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from .message import Request

_INTEGERS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_MISSING = object()


def read(operation: OperationModel, request: Request, labels: dict[str, str]) -> dict[str, Any]:
    """The parameters of a request; an `AwsError` if any of them breaks the model."""
    shape = operation.input_shape
    if shape is None:
        return {}
    arguments = request.arguments()
    payload = shape.serialization.get("payload")
    body = _body(request) if payload is None else {payload: request.body}
    reader = _Reader(operation.name)
    params: dict[str, Any] = {}
    for name, member in shape.members.items():
        value = _found(name, member, labels, arguments, request, body)
        if value is _MISSING or value is None or (value == "" and name in shape.required_members):
            if name in shape.required_members:
                reader.missing(name)
            continue
        params[name] = reader.value(member, value, name)
    if reader.problems:
        raise complaint(reader.problems, operation)
    return params


def document(operation: OperationModel, shape_name: str, value: Any) -> Any:
    """A JSON value that came as text, as the shape of that name; an `AwsError` if it breaks it or has more than it."""
    reader = _Reader(operation.name, strict=True)
    read_value = reader.value(operation.service_model.shape_for(shape_name), value, shape_name)
    if reader.problems:
        raise complaint(reader.problems, operation)
    return read_value


def _body(request: Request) -> dict[str, Any]:
    """The body as an object; none is an empty one."""
    if not request.body.strip():
        return {}
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise AwsError("SerializationException", f"The request body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise AwsError("SerializationException", "The request body is not a JSON object.")
    return body


def _found(
    name: str,
    member: Shape,
    labels: dict[str, str],
    arguments: dict[str, list[str]],
    request: Request,
    body: dict[str, Any],
) -> Any:
    """The raw value of one top-level member, wherever it travels."""
    wire_name = member.serialization.get("name", name)
    match member.serialization.get("location"):
        case "uri":
            return labels.get(wire_name, _MISSING)
        case "querystring":
            values = arguments.get(wire_name)
            if values is None:
                return _MISSING
            return values if member.type_name == "list" else values[-1]
        case "header":
            return request.headers.get(wire_name.lower(), _MISSING)
        case _:
            return body.get(wire_name, _MISSING)


class _Reader:
    """The walk: keeps the problems it meets on its way."""

    def __init__(self, operation: str, *, strict: bool = False) -> None:
        self.operation = operation
        self.strict = strict  # whether members that the model does not have are wrong; AWS ignores them in requests
        self.problems: list[Problem] = []

    def missing(self, place: str) -> None:
        """Note a required member that is not there."""
        self._wrong(Wrong.MISSING, place, f"Missing required parameter: {place}")

    def value(self, shape: Shape, value: Any, place: str) -> Any:
        """The converted value of `shape`; None, with a problem noted, where it cannot be had."""
        match shape.type_name:
            case "structure":
                return self._structure(shape, value, place)
            case "list":
                return self._list(shape, value, place)
            case "map":
                return self._map(shape, value, place)
            case "integer" | "long":
                return self._integer(shape, value, place)
            case "boolean":
                return self._boolean(value, place)
            case "timestamp":
                return self._timestamp(value, place)
            case "blob":  # only ever the whole body
                return value
            case _:
                return self._string(shape, value, place)

    def _structure(self, shape: Shape, value: Any, place: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._kind("an object", place)
            return None
        found: dict[str, Any] = {}
        if self.strict:
            for name in sorted(set(value) - set(shape.members)):
                self._wrong(Wrong.CHOICE, f"{place}.{name}", f"{place} has no member {name}")
        for name, member in shape.members.items():
            raw = value.get(member.serialization.get("name", name))
            if raw is not None:
                found[name] = self.value(member, raw, f"{place}.{name}")
            elif name in shape.required_members:
                self.missing(f"{place}.{name}")
        return found

    def _list(self, shape: Shape, value: Any, place: str) -> list[Any] | None:
        if not isinstance(value, list):
            self._kind("a list", place)
            return None
        self._size(shape, len(value), place, "items")
        return [self.value(shape.member, item, f"{place}[{index}]") for index, item in enumerate(value)]

    def _map(self, shape: Shape, value: Any, place: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._kind("an object", place)
            return None
        self._size(shape, len(value), place, "entries")
        for key in value:
            self._string(shape.key, key, f"{place} key {key!r}")
        present = {key: item for key, item in value.items() if item is not None}
        return {key: self.value(shape.value, item, f"{place}.{key}") for key, item in present.items()}

    def _integer(self, shape: Shape, value: Any, place: str) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,20}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer() and math.isfinite(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._kind("an integer", place)
            return None
        low, high = _INTEGERS[shape.type_name]
        low, high = shape.metadata.get("min", low), shape.metadata.get("max", high)
        if not low <= value <= high:
            self._wrong(Wrong.RANGE, place, f"{place} must be between {low} and {high}, but is {value}")
        return int(value)

    def _boolean(self, value: Any, place: str) -> bool | None:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        self._kind("true or false", place)
        return None

    def _timestamp(self, value: Any, place: str) -> datetime | None:
        try:
            return moment(value)
        except (ValueError, OverflowError, TypeError):
            self._kind("a time (seconds since 1970, or ISO 8601)", place)
            return None

    def _string(self, shape: Shape, value: Any, place: str) -> str | None:
        if not isinstance(value, str):
            self._kind("a string", place)
            return None
        choices = getattr(shape, "enum", None)
        if choices and value not in choices:
            self._wrong(Wrong.CHOICE, place, f"{place} must be one of {', '.join(choices)}, but is {value!r}")
        if enforced(shape.name, self.operation):
            self._size(shape, len(value), place, "characters")
            pattern = shape.metadata.get("pattern")
            if pattern and not _pattern(pattern).fullmatch(value):
                self._wrong(Wrong.FORMAT, place, f"{place} must match {pattern}, but is {value!r}")
        return value

    def _size(self, shape: Shape, size: int, place: str, unit: str) -> None:
        low, high = shape.metadata.get("min", 0), shape.metadata.get("max", math.inf)
        if not low <= size <= high:
            bound = f"at least {low}" if size < low else f"at most {high}"
            self._wrong(Wrong.RANGE, place, f"{place} must have {bound} {unit}, but has {size}")

    def _kind(self, wanted: str, place: str) -> None:
        self._wrong(Wrong.TYPE, place, f"{place} must be {wanted}")

    def _wrong(self, kind: Wrong, place: str, text: str) -> None:
        self.problems.append(Problem(kind, place, text))


def moment(value: Any) -> datetime:
    """A time as clients send it: epoch seconds as number or text, ISO 8601, or the RFC 822 form of headers."""
    if isinstance(value, bool):
        raise TypeError("a boolean is no time")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    text = str(value)
    if re.fullmatch(r"-?\d+(\.\d*)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    if re.match(r"[A-Za-z]{3},", text):
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(text).astimezone(UTC)
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL)
