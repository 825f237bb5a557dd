"""The wire against botocore's own serializer and parser, for every operation of AWS Backup."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from backstay_local.wire.call import Call, Listing
from backstay_local.wire.message import Request, Response
from backstay_local.wire.model import operations
from backstay_local.wire.pages import paginated
from backstay_local.wire.route import Router

OPERATIONS = sorted(operations("backup"))
PAGED = [name for name in OPERATIONS if paginated(operations("backup")[name])]
Sent = Callable[[str, Mapping[str, Any]], Request]
Parsed = Callable[[str, Response], dict[str, Any]]
Ask = Callable[[str, Callable[..., Any], Request], Response]
Fill = Callable[[Any], Any]

# The engine keeps these two to itself.
_PAGING = ("MaxResults", "NextToken")


def test_the_model_has_115_operations() -> None:
    """A new botocore that adds operations is noticed here, so that their behaviour is thought of."""
    assert len(OPERATIONS) == 115


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_full_input_arrives_as_it_was_sent(name: str, fill: Fill, sent: Sent, ask: Ask) -> None:
    """Every member of every input reaches the handler with the value that the client gave it."""
    shape = operations("backup")[name].input_shape
    params = {} if shape is None else fill(shape)
    params = {key: value for key, value in params.items() if key not in _PAGING}
    seen: list[tuple[Call, dict[str, Any]]] = []

    def handler(call: Call, given: dict[str, Any]) -> dict[str, Any]:
        seen.append((call, given))
        return {}

    response = ask(name, handler, sent(name, params))
    assert response.status in (200, 201, 204), response.body
    assert seen[0][1] == params
    assert seen[0][0].operation == name


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_full_output_is_read_back_the_same(name: str, fill: Fill, sent: Sent, ask: Ask, parsed: Parsed) -> None:
    """Every member of every output is read by botocore with the value that the handler gave it, on the right status."""
    operation = operations("backup")[name]
    members = {} if operation.output_shape is None else fill(operation.output_shape)
    params = {} if operation.input_shape is None else fill(operation.input_shape)
    request = sent(name, {key: value for key, value in params.items() if key not in _PAGING})
    response = ask(name, lambda *_: members, request)
    result = parsed(name, response)
    result.pop("ResponseMetadata")
    assert response.status == operation.http.get("responseCode", 200)
    assert result == members


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_missing_required_member_is_a_modelled_error(
    name: str, fill: Fill, sent: Sent, ask: Ask, parsed: Parsed
) -> None:
    """Leaving out any required member, at any depth, gives a 4xx with one of the declared codes, never a 500."""
    operation = operations("backup")[name]
    if operation.input_shape is None:
        return
    params = fill(operation.input_shape)
    declared = {shape.name for shape in operation.error_shapes} | {"ValidationException", "UnknownOperationException"}
    for place, request in _without(operation, sent(name, params)):
        found = Router("backup").find(request)
        if found is not None and found[0].name != name:
            continue  # a path without its last label is the way to the listing
        response = ask(name, lambda *_: {}, request)
        error = parsed(name, response)["Error"]
        assert 400 <= response.status < 500, place
        assert error["Code"] in declared, place
        assert error["Message"], place


def _without(operation: Any, request: Request) -> Iterator[tuple[str, Request]]:
    """The request again and again, each time without one required member."""
    shape = operation.input_shape
    for name in shape.required_members:
        member = shape.members[name]
        wire_name = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                yield name, replace(request, path=_emptied(operation, request.path, wire_name))
            case "querystring":
                parts = [part for part in request.query.split("&") if not part.startswith(f"{wire_name}=")]
                yield name, replace(request, query="&".join(parts))
            case _:
                body = json.loads(request.body)
                body.pop(wire_name)
                yield name, replace(request, body=json.dumps(body).encode())
    for path in _required_paths(shape, ()):
        body = json.loads(request.body)
        node = body
        for step in path[:-1]:
            node = node[step]
        node.pop(path[-1])
        yield "/".join(map(str, path)), replace(request, body=json.dumps(body).encode())


def _emptied(operation: Any, path: str, label: str) -> str:
    template = operation.http["requestUri"].partition("?")[0].split("/")
    return "/".join(
        "" if mine == f"{{{label}}}" else given for mine, given in zip(template, path.split("/"), strict=True)
    )


def _required_paths(shape: Any, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Where in the body a required member of a nested structure stands."""
    if len(above) > 8:
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if member.serialization.get("location"):
                continue
            here = (*above, member.serialization.get("name", name))
            if above and name in shape.required_members:
                yield here
            yield from _required_paths(member, here)
    elif shape.type_name == "list":
        yield from _required_paths(shape.member, (*above, 0))


@pytest.mark.parametrize("name", PAGED)
def test_a_listing_comes_in_pages_without_loss(name: str, fill: Fill, sent: Sent, ask: Ask, parsed: Parsed) -> None:
    """Following NextToken gives every row once and in order, whatever the page size, for every operation with pages."""
    operation = operations("backup")[name]
    params = {key: value for key, value in fill(operation.input_shape).items() if key not in _PAGING}
    member, rows = _rows(operation, fill)

    def handler(call: Call, _: dict[str, Any]) -> Listing:
        return Listing(member, ((key, row) for key, row in rows if call.after is None or key > call.after))

    got: list[Any] = []
    token: str | None = None
    for _ in range(3):
        page = {**params, "MaxResults": 2, **({"NextToken": token} if token else {})}
        result = parsed(name, ask(name, handler, sent(name, page)))
        items = result[member]
        got.extend(items.items() if isinstance(items, dict) else items)
        token = result.get("NextToken")
        if token is None:
            break
    wanted = (
        [pair for _, row in rows for pair in row.items()] if _mapped(operation, member) else [row for _, row in rows]
    )
    assert token is None
    assert got == wanted


def _mapped(operation: Any, member: str) -> bool:
    return bool(operation.output_shape.members[member].type_name == "map")


def _rows(operation: Any, fill: Fill) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """The listed member of an operation, and five rows for it."""
    shapes = operation.output_shape.members
    member = next(name for name, shape in shapes.items() if shape.type_name in ("list", "map"))
    if shapes[member].type_name == "map":
        return member, [(f"key-{index}", {f"key-{index}": f"value-{index}"}) for index in range(5)]
    return member, [(f"key-{index}", fill(shapes[member].member)) for index in range(5)]
