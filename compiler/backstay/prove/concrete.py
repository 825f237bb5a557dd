"""What a condition means for one resource: the plain twin of its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from backstay.dsl.condition import AllOf, AnyOf, Condition, Everything, NotOf, Resource, ResourceType, Tag, TagIn
from backstay_aws.selection import glob


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource: ARN, type by the API's name, tags."""

    arn: str
    type: str
    tags: Mapping[str, str]


def holds(condition: Condition, thing: Thing, *, absent: bool) -> bool:
    """Whether a resource is in the set; `absent`: whether `!=` and `not like` hold without the tag."""
    match condition:
        case AllOf():
            return all(holds(item, thing, absent=absent) for item in condition.items)
        case AnyOf():
            return any(holds(item, thing, absent=absent) for item in condition.items)
        case NotOf():
            return not holds(condition.item, thing, absent=not absent)
        case TagIn():
            return thing.tags.get(condition.key) in condition.values
        case Tag():
            return _tag(condition, thing.tags.get(condition.key), absent=absent)
        case Resource():
            return glob(condition.arn, thing.arn)
        case ResourceType():
            return condition.type == thing.type
        case Everything():
            return True
    raise AssertionError(f"no such condition: {condition!r}")


def _tag(condition: Tag, value: str | None, *, absent: bool) -> bool:
    match condition.operator:
        case "==":
            return value == condition.value
        case "like":
            return value is not None and glob(condition.value, value)
        case "!=":
            return absent if value is None else value != condition.value
        case "not like":
            return absent if value is None else not glob(condition.value, value)
        case _:
            assert_never(condition.operator)
