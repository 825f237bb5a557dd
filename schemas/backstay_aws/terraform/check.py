"""Holds a Terraform configuration against the recorded schema: what is misplaced, missing, or of the wrong kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_aws.terraform import reading
from backstay_aws.terraform.block import Argument, Block

META = frozenset({"count", "depends_on", "for_each", "lifecycle", "provider", "//"})
"""What Terraform itself understands in every resource. A nested block may use these names for its own."""

_ONE_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_SINGLE: Mapping[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "bool": bool}


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that the provider would refuse. `path`: the keys and list indexes down to it, joined by dots."""

    path: str
    message: str


def complaints(document: Mapping[str, Any]) -> tuple[Complaint, ...]:
    """What the provider would refuse in a configuration in Terraform's JSON syntax, already parsed.

    Looks at `resource` and `data`; a value that is an expression may be of any type. Types that are not recorded are
    themselves complained about.
    """
    known = {"resource": reading.resources, "data": reading.data_sources}
    found: list[Complaint] = []
    for kind, read in known.items():
        for name, labels in document.get(kind, {}).items():
            block = read().get(name)
            for label, body in labels.items():
                path = f"{kind}.{name}.{label}"
                if block is None:
                    found.append(Complaint(path, f"`{name}` is not recorded"))
                else:
                    found += _inside(block, body, path)
    return tuple(found)


def _inside(block: Block, body: Mapping[str, Any], path: str) -> Iterator[Complaint]:
    for name, value in body.items():
        if name in block.arguments:
            yield from _given(block.arguments[name], value, f"{path}.{name}")
        elif name not in block.blocks and not (block.nesting == "resource" and name in META):
            yield Complaint(f"{path}.{name}", f"there is no `{name}` here")
    for name, argument in block.arguments.items():
        if argument.required and name not in body:
            yield Complaint(path, f"`{name}` is required")
    for name, inner in block.blocks.items():
        yield from _nested(inner, name, body.get(name, []), path)


def _nested(block: Block, name: str, given: Any, path: str) -> Iterator[Complaint]:
    bodies = given if isinstance(given, list) else [given]
    if len(bodies) < block.minimum:
        yield Complaint(path, f"there must be {block.minimum} `{name}` at least, there are {len(bodies)}")
    if block.maximum is not None and len(bodies) > block.maximum:
        yield Complaint(path, f"there may be {block.maximum} `{name}` at most, there are {len(bodies)}")
    for number, body in enumerate(bodies):
        place = f"{path}.{name}.{number}"
        if isinstance(body, Mapping):
            yield from _inside(block, body, place)
        else:
            yield Complaint(place, f"`{name}` is a block, not {type(body).__name__}")


def _given(argument: Argument, value: Any, path: str) -> Iterator[Complaint]:
    if not argument.settable:
        yield Complaint(path, "can only be read")
    elif not _fits(argument.type, value):
        yield Complaint(path, f"must be {argument.type}, not {type(value).__name__}")
    elif argument.values:
        for one in value if isinstance(value, list) else [value]:
            if one not in argument.values and not _is_expression(one):
                yield Complaint(path, f"must be one of {', '.join(argument.values)}, not {one}")


def _fits(kind: str, value: Any) -> bool:
    if _is_expression(value):
        return True
    outer, _, rest = kind.partition("(")
    if outer in _SINGLE:
        return isinstance(value, _SINGLE[outer]) and (outer == "bool" or not isinstance(value, bool))
    inner = rest.removesuffix(")")
    if outer == "map":
        return isinstance(value, Mapping) and all(_fits(inner, one) for one in value.values())
    return isinstance(value, list) and all(_fits(inner, one) for one in value)


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and _ONE_EXPRESSION.fullmatch(value) is not None
