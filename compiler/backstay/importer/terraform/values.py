"""Values of a Terraform configuration: plain ones, undecided ones, and those that only stand for something else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.cloudformation.placed import Made
from backstay.importer.cloudformation.undecided import LONGEST_EXPRESSION, undecided, unknowns
from backstay.importer.found import Unknown
from backstay_contract.findings import Span

LONGEST_TEXT: Final = 200_000

# The account and Region that a resource is deployed to, inside texts, until these are placed. Private characters, so
# that a `$account` that an author wrote stays what it is.
ACCOUNT: Final = "\ue0a0"
REGION: Final = "\ue0a1"


class Failure(Exception):  # noqa: N818 (not an error of ours: `try()` of the language catches it)
    """An expression that Terraform refuses too; `try` and `can` catch it."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class TooMuchError(Exception):
    """More work than any real configuration needs."""


class Unique(list[Any]):
    """A set: a list without repetitions, in order."""


@dataclass(frozen=True, slots=True)
class JsonText:
    """The JSON text of a value that is kept as it is, since parts of it may be undecided."""

    value: Any


@dataclass(slots=True)
class Budget:
    """How much work is left. `spend` raises where it runs out."""

    left: int = 1_000_000

    def spend(self, amount: int = 1) -> None:
        """Take some of it."""
        self.left -= amount
        if self.left < 0:
            raise TooMuchError


def bounded(value: Any, budget: Budget) -> Any:
    """The value, once all its parts are counted: parts that are shared stand in it many times."""
    stack = [value]
    while stack:
        budget.spend()
        one = stack.pop()
        if isinstance(one, JsonText):
            stack.append(one.value)
        elif isinstance(one, (Mapping, list)):
            stack.extend(one.values() if isinstance(one, Mapping) else one)
    return value


def plain(value: Any) -> Any:
    """A value without the classes of this module; JSON text becomes what it is the text of."""
    if isinstance(value, JsonText):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (str, int, float, bool, Unknown, Made)) or value is None:
        return value
    return undecided(str(value), "a whole resource or module is no value")


def to_text(value: Any) -> str | Unknown:
    """A value as text, as templates write it; raises `Failure` for lists and maps."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return number_text(value)
        case Unknown():
            return value
        case Made(expression=expression):
            return undecided(expression, "AWS gives it when the thing is created")
        case JsonText():
            return json_text(value.value)
        case None:
            raise Failure("null is no text")
    raise Failure("a list or map is no text")


def number_text(value: float) -> str:
    """A number as Terraform writes it."""
    return str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)


def json_text(value: Any) -> str | Unknown:
    """A value's JSON text; undecided if a part of it is."""
    flat = plain(value)
    for part in unknowns(flat):
        return undecided("jsonencode(…)", part.why, f"{part.name} document")
    if any(isinstance(part, Made) for part in leaves(flat)):
        return undecided("jsonencode(…)", "AWS gives a part of it when the thing is created")
    return json.dumps(flat, separators=(",", ":"), ensure_ascii=False)


def leaves(value: Any) -> Iterator[Any]:
    """All single values inside a value."""
    if isinstance(value, Mapping):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, JsonText):
        yield from leaves(value.value)
    else:
        yield value


def marked(value: Any) -> bool:
    """Whether a text depends on the account or Region that it is deployed to."""
    return isinstance(value, str) and (ACCOUNT in value or REGION in value)


def same(one: Any, other: Any) -> bool | Unknown:
    """Whether two values are equal; undecided where that depends on what is undecided."""
    for side in (one, other):
        if isinstance(side, Unknown):
            return side
        if marked(side) and one != other:
            return undecided(shown(side), "it differs by account or Region")
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    left, right = plain(one), plain(other)
    if left != right:
        open_ = next(unknowns([left, right]), None)
        return False if open_ is None else open_
    return True


def shown(value: Any) -> str:
    """A value as people would write it, shortened."""
    match value:
        case Unknown():
            return value.expression
        case str():
            return f'"{clean(value)}"'
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | float():
            return number_text(value)
        case Made(expression=expression):
            return expression
        case list():
            return f"[{', '.join(shown(item) for item in value[:4])}{', …' if len(value) > 4 else ''}]"[
                :LONGEST_EXPRESSION
            ]
    return "{…}"


def clean(text: str) -> str:
    """Text with the account and Region as people read them."""
    return text.replace(ACCOUNT, "$account").replace(REGION, "$region")
