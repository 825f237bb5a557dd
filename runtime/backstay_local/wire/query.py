"""The query protocol out of botocore's model: a form in, XML out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from .call import AwsError
from .model import Shape, operations, service_model

if TYPE_CHECKING:
    from .message import Request

Form = Mapping[str, str]


def form_of(request: Request) -> Form:
    """The fields of a request, which AWS takes in the body or in the query."""
    text = request.body.decode("utf-8", "replace") or request.query
    return dict(parse_qsl(text, keep_blank_values=True))


def read(service: str, operation: str, form: Form) -> dict[str, Any]:
    """The parameters of an operation; members that the model does not know are passed over, as AWS does.

    Raises `AwsError` where a value is not of its type or a required member is missing.
    """
    shape = operations(service)[operation].input_shape
    given = _structure(shape, "", form) if shape is not None else {}
    for name in shape.required_members if shape is not None else ():
        if name not in given:
            lower = name[0].lower() + name[1:]
            sentence = f"Value at '{lower}' failed to satisfy constraint: Member must not be null"
            raise AwsError("ValidationError", f"1 validation error detected: {sentence}")
    return given


def write(service: str, operation: str, result: Mapping[str, Any], request_id: str) -> bytes:
    """The answer of an operation."""
    model = operations(service)[operation]
    space = service_model(service).metadata.get("xmlNamespace", "")
    body = "" if model.output_shape is None else _members(model.output_shape, result)
    wrapper = (model.output_shape.serialization if model.output_shape is not None else {}).get("resultWrapper")
    inner = f"<{wrapper}>{body}</{wrapper}>" if wrapper else body
    return (
        f'<{operation}Response xmlns="{space}">{inner}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    ).encode()


def _structure(shape: Shape, prefix: str, form: Form) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        value = _value(member, f"{prefix}.{name}" if prefix else name, form)
        if value is not None:
            found[name] = value
    return found


def _value(shape: Shape, name: str, form: Form) -> Any:
    match shape.type_name:
        case "structure":
            return _structure(shape, name, form) or None
        case "list":
            return _items(shape, name, form)
        case kind:
            return None if name not in form else _scalar(kind, name, form[name])


def _items(shape: Shape, name: str, form: Form) -> list[Any] | None:
    found: list[Any] = []
    while (item := _value(shape.member, f"{name}.member.{len(found) + 1}", form)) is not None:
        found.append(item)
    return found or ([] if form.get(name) == "" else None)


def _scalar(kind: str, name: str, text: str) -> Any:
    reader = _READERS.get(kind, str)
    try:
        return reader(text)
    except (KeyError, ValueError):
        raise AwsError("MalformedInput", f"{text!r} is no {kind} for {name}") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "long": int,
    "timestamp": datetime.fromisoformat,
}


def _members(shape: Shape, value: Mapping[str, Any]) -> str:
    unknown = value.keys() - shape.members.keys()
    if unknown:
        raise TypeError(f"{shape.name} has no {sorted(unknown)}")
    return "".join(
        f"<{name}>{_text(member, value[name])}</{name}>"
        for name, member in shape.members.items()
        if value.get(name) is not None
    )


def _text(shape: Shape, value: Any) -> str:
    match shape.type_name:
        case "structure":
            return _members(shape, value)
        case "list":
            return "".join(f"<member>{_text(shape.member, item)}</member>" for item in value)
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            moment: datetime = value
            return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case _:
            return escape(str(value))
