"""What a condition means for one resource: the plain twin of its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstay.dsl.condition import AllOf, AnyOf, Condition, Everything, NotOf, Resource, ResourceType, Tag, TagIn
from backstay_aws.selection import glob


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource: ARN, type by the API's name, tags."""

    arn: str
    type: str
    tags: Mapping[str, str]


def holds(condition: Condition, thing: Thing, *, absent: bool, negated: bool = False) -> bool:
    """Whether a resource is in the set, or with `negated` in that of `~condition`.

    `absent`: whether `!=` and `not like` hold without the tag. `~(a == b)` is `a != b`, so `~` is pushed down.
    """
    match condition:
        case AllOf() | AnyOf():
            parts = (holds(item, thing, absent=absent, negated=negated) for item in condition.items)
            return all(parts) if isinstance(condition, AllOf) is not negated else any(parts)
        case NotOf():
            return holds(condition.item, thing, absent=absent, negated=not negated)
        case TagIn():
            value = thing.tags.get(condition.key)
            return (value in condition.values) is not negated if value is not None else negated and absent
        case Tag():
            return _tag(condition, thing.tags.get(condition.key), absent=absent, negated=negated)
        case Resource():
            return glob(condition.arn, thing.arn) is not negated
        case ResourceType():
            return (condition.type == thing.type) is not negated
        case Everything():
            return not negated
    raise AssertionError(f"no such condition: {condition!r}")


def _tag(condition: Tag, value: str | None, *, absent: bool, negated: bool) -> bool:
    positive = (condition.operator in ("==", "like")) is not negated
    if value is None:
        return not positive and absent
    same = value == condition.value if condition.operator in ("==", "!=") else glob(condition.value, value)
    return same is positive
