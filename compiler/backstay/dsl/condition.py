"""Conditions: which resources a selection takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from backstay.dsl.algebra import Expression, Key, text
from backstay.dsl.node import PolicyError, expect_items, expect_name

Operator = Literal["==", "!=", "like", "not like"]


@dataclass(frozen=True)
class Condition(Expression):
    """A set of resources."""

    def __and__(self, other: Condition) -> Condition:
        return AllOf((*_chain(self, AllOf), _condition(other)))

    def __or__(self, other: Condition) -> Condition:
        return AnyOf((*_chain(self, AnyOf), _condition(other)))

    def __invert__(self) -> Condition:
        return NotOf(self)


@dataclass(frozen=True)
class Tag(Condition):
    """Resources by a tag of theirs. `like` takes `*` for any text. Keys and values are case-sensitive."""

    key: str
    operator: Operator
    value: str

    def check(self) -> None:
        """Key and value are text, the operator one of four."""
        expect_name(self.key, "key")
        text(self.value)
        if self.operator not in ("==", "!=", "like", "not like"):
            raise PolicyError(f"no such operator: {self.operator!r}", field="operator")


@dataclass(frozen=True)
class TagIn(Condition):
    """Resources whose tag has one of several values."""

    key: str
    values: tuple[str, ...]

    def check(self) -> None:
        """At least one value, all of them text."""
        expect_name(self.key, "key")
        expect_items(self.values, str, "text", "values")
        if not self.values:
            raise PolicyError(f"`{self.key}` in an empty list is never true", field="values")


@dataclass(frozen=True)
class Resource(Condition):
    """One resource by its ARN, or several by an ARN pattern with `*`."""

    arn: str

    def check(self) -> None:
        """The text begins like an ARN."""
        expect_name(self.arn, "arn")
        if not self.arn.startswith("arn:"):
            raise PolicyError(f"{self.arn!r} is no ARN", field="arn", help='`resource("arn:aws:s3:::bucket")`')


@dataclass(frozen=True)
class ResourceType(Condition):
    """All resources of a type, named as AWS Backup names it: `RDS`, `EBS`, `S3`, …"""

    type: str

    def check(self) -> None:
        """The type is text; whether AWS Backup knows it is the resolver's business."""
        expect_name(self.type, "type")


@dataclass(frozen=True)
class Everything(Condition):
    """Every supported, opted-in resource; only `Select.everything()` makes it."""


@dataclass(frozen=True)
class AllOf(Condition):
    """Resources in all of the sets."""

    items: tuple[Condition, ...]

    def check(self) -> None:
        """Conditions only."""
        expect_items(self.items, Condition, "conditions", "items")


@dataclass(frozen=True)
class AnyOf(Condition):
    """Resources in any of the sets."""

    items: tuple[Condition, ...]

    def check(self) -> None:
        """Conditions only."""
        expect_items(self.items, Condition, "conditions", "items")


@dataclass(frozen=True)
class NotOf(Condition):
    """Resources that are not in the set."""

    item: Condition

    def check(self) -> None:
        """A condition."""
        _condition(self.item)


class TagKey(Key):
    """`tag("backup")`, waiting for `==`, `!=`, `.like(…)` or `.isin([…])`."""

    __slots__ = ()

    def __eq__(self, value: object) -> Tag:  # type: ignore[override]
        return Tag(self.key, "==", text(value))

    def __ne__(self, value: object) -> Tag:  # type: ignore[override]
        return Tag(self.key, "!=", text(value))

    __hash__ = Key.__hash__

    def like(self, pattern: str) -> Tag:
        """The tag's value matches a pattern in which `*` stands for any text."""
        return Tag(self.key, "like", text(pattern, "pattern"))

    def isin(self, values: Iterable[str]) -> TagIn:
        """The tag's value is one of several."""
        if isinstance(values, str):
            raise PolicyError("`isin` takes a list of values", field="values", help=f"write `.isin([{values!r}])`")
        return TagIn(self.key, tuple(text(value, "values") for value in values))


def tag(key: str) -> TagKey:
    """Resources by tag: `tag("backup") == "gold"`."""
    return TagKey(key)


def resource(arn: str) -> Resource:
    """One resource by its ARN, or several by an ARN pattern."""
    return Resource(arn)


def resource_type(name: str) -> ResourceType:
    """All resources of a type: `resource_type("RDS")`."""
    return ResourceType(name)


def _condition(value: object) -> Condition:
    if not isinstance(value, Condition):
        raise PolicyError(f"a condition is combined with conditions, not with {value!r}")
    return value


def _chain(left: Condition, kind: type[AllOf] | type[AnyOf]) -> tuple[Condition, ...]:
    """The parts of `a | b` when `| c` follows: a chain of hundreds stays one flat node, in source order."""
    return left.items if isinstance(left, kind) else (left,)
