"""DynamoDB items as lines of JSON and back, exactly: numbers stay text, binary values become base64."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any


def encoded(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An item, as the low-level client gives it, as plain JSON values."""
    return {name: _encoded(value) for name, value in item.items()}


def decoded(lines: bytes) -> Iterator[dict[str, Any]]:
    """The items that were written one a line."""
    for line in lines.split(b"\n"):
        yield {name: _decoded(value) for name, value in json.loads(line).items()}


def _encoded(value: Mapping[str, Any]) -> dict[str, Any]:
    [(kind, content)] = value.items()
    match kind:
        case "B":
            return {kind: base64.b64encode(content).decode()}
        case "BS":
            return {kind: [base64.b64encode(one).decode() for one in content]}
        case "L":
            return {kind: [_encoded(one) for one in content]}
        case "M":
            return {kind: encoded(content)}
        case _:
            return {kind: content}


def _decoded(value: Mapping[str, Any]) -> dict[str, Any]:
    [(kind, content)] = value.items()
    match kind:
        case "B":
            return {kind: base64.b64decode(content)}
        case "BS":
            return {kind: [base64.b64decode(one) for one in content]}
        case "L":
            return {kind: [_decoded(one) for one in content]}
        case "M":
            return {kind: {name: _decoded(one) for name, one in content.items()}}
        case _:
            return {kind: content}
