"""The condition operators of IAM: how each compares a value of the policy with one of the request.

Source: IAM user guide "IAM JSON policy elements: Condition operators", as known 2026-11. What cannot be compared (a
number, date or address that is none) cannot be told: None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from types import MappingProxyType

from backstay_aws.globs import arn_glob, iam_glob

Test = Callable[[str, str], bool | None]
"""Compares a value of the policy (first) with one of the request."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its comparison, whether it asks for the contrary, and whether its values are patterns."""

    test: Test
    negated: bool = False
    pattern: bool = False


def _text(wanted: str, given: str) -> bool:
    return wanted == given


def _folded(wanted: str, given: str) -> bool:
    return wanted.casefold() == given.casefold()


def _number(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, given: str) -> bool | None:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return None

    return test


def _date(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, given: str) -> bool | None:
        ours, theirs = _seconds(given), _seconds(wanted)
        return None if ours is None or theirs is None else compare(ours, theirs)

    return test


@lru_cache(maxsize=1024)
def _seconds(text: str) -> float | None:
    """Read a date as IAM writes it: ISO 8601, UTC where it does not say, or seconds since 1970."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _address(wanted: str, given: str) -> bool | None:
    from ipaddress import ip_address, ip_network  # here, because few policies have addresses

    try:
        return ip_address(given) in ip_network(wanted, strict=False)
    except ValueError:
        return None


_ORDER = {"lessthan": lt, "lessthanequals": le, "greaterthan": gt, "greaterthanequals": ge}

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "stringequals": Operator(_text),
        "stringnotequals": Operator(_text, negated=True),
        "stringequalsignorecase": Operator(_folded),
        "stringnotequalsignorecase": Operator(_folded, negated=True),
        "stringlike": Operator(iam_glob, pattern=True),
        "stringnotlike": Operator(iam_glob, negated=True, pattern=True),
        "arnequals": Operator(arn_glob, pattern=True),  # IAM: ArnEquals and ArnLike behave alike
        "arnlike": Operator(arn_glob, pattern=True),
        "arnnotequals": Operator(arn_glob, negated=True, pattern=True),
        "arnnotlike": Operator(arn_glob, negated=True, pattern=True),
        "bool": Operator(_folded),
        "binaryequals": Operator(_text),
        "numericequals": Operator(_number(eq)),
        "numericnotequals": Operator(_number(eq), negated=True),
        "dateequals": Operator(_date(eq)),
        "datenotequals": Operator(_date(eq), negated=True),
        "ipaddress": Operator(_address),
        "notipaddress": Operator(_address, negated=True),
        **{f"numeric{name}": Operator(_number(compare)) for name, compare in _ORDER.items()},
        **{f"date{name}": Operator(_date(compare)) for name, compare in _ORDER.items()},
    }
)
"""By name, in lower case, without `ForAnyValue:`, `ForAllValues:` and `IfExists`; `Null` is none of them."""
