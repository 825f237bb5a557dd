"""Operators of Terraform's expressions, over values that may be undecided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.importer.terraform.values import Failure, same

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}
_COUNTED: dict[str, Callable[[float, float], float]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
    "%": lambda one, other: one % other,
}
MOST = 10**15


def truth(value: Any) -> bool | Unknown:
    """A value as a condition."""
    if isinstance(value, bool | Unknown):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise Failure("a condition is true or false")


def number(value: Any) -> int | float:
    """A value as a number, also written as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value) if value.lstrip("-").isdecimal() and len(value) < 16 else float(value)
        except ValueError:
            pass
    raise Failure("a number should stand here")


def unary(operator: str, value: Any) -> Any:
    """`!value` and `-value`."""
    if isinstance(value, Unknown):
        return undecided(f"{operator}{value.expression}", value.why, value.name)
    return not truth(value) if operator == "!" else -number(value)


def binary(operator: str, left: Any, right: Callable[[], Any], text: str) -> Any:
    """`left operator right`; the right side is only worked out where it is needed."""
    if operator in ("&&", "||"):
        return _logical(operator, truth(left), right, text)
    other = right()
    if operator in ("==", "!="):
        held = same(left, other)
        if isinstance(held, Unknown):
            return undecided(text, held.why, held.name)
        return held if operator == "==" else not held
    for side in (left, other):
        if isinstance(side, Unknown):
            return undecided(text, side.why, side.name)
    return _calculated(operator, number(left), number(other))


def _calculated(operator: str, one: float, other: float) -> Any:
    if operator in _COMPARED:
        return _COMPARED[operator](one, other)
    if max(abs(one), abs(other)) > MOST:
        raise Failure("the number is too large")
    if operator in ("/", "%") and other == 0:
        raise Failure("division by zero")
    made = _COUNTED[operator](one, other)
    return int(made) if isinstance(made, float) and made.is_integer() else made


def _logical(operator: str, left: bool | Unknown, right: Callable[[], Any], text: str) -> Any:
    decisive = operator == "||"
    if left is decisive:
        return decisive
    if not isinstance(left, Unknown):
        return truth(right())
    try:
        other = truth(right())
    except Failure:
        other = left
    return decisive if other is decisive else undecided(text, left.why, left.name)
