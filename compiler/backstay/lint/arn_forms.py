"""ARN patterns: their fields, and which resource types they can mean."""

from __future__ import annotations

from functools import lru_cache

from backstay_aws import catalog
from backstay_aws.selection import glob, type_patterns

_FIELDS = 6


def fields(arn: str) -> tuple[str, ...]:
    """The six fields of an ARN: `arn`, partition, service, Region, account, resource; fewer of a cut-off pattern."""
    return tuple(arn.split(":", _FIELDS - 1))


def field(arn: str, number: int) -> str:
    """One field, empty if the pattern ends before it."""
    found = fields(arn)
    return found[number] if number < len(found) else ""


def service(arn: str) -> str:
    """The service, such as `rds`."""
    return field(arn, 2)


def fixed_region(arn: str) -> str | None:
    """The one Region that an ARN names; None if it names none, or a pattern."""
    return _fixed(field(arn, 3))


def fixed_account(arn: str) -> str | None:
    """The one account that an ARN names; None if it names none, or a pattern."""
    return _fixed(field(arn, 4))


def _fixed(text: str) -> str | None:
    return text if text and "*" not in text and "?" not in text else None


@lru_cache(maxsize=1024)
def possible_types(arn: str) -> tuple[str, ...]:
    """The resource types of which some resource can match a pattern."""
    return tuple(
        row.name
        for row in catalog.resource_types()
        if any(_share(arn, form) for form in type_patterns(row.name, field(arn, 1)))
    )


@lru_cache(maxsize=1024)
def whole_types(arn: str) -> tuple[str, ...]:
    """The resource types of which a pattern takes every resource of its Region and account."""
    found = fields(arn)
    pattern = ":".join((*found[:3], "*", "*", found[5])) if len(found) == _FIELDS else arn
    return tuple(
        row.name
        for row in catalog.resource_types()
        if any(glob(pattern, form) for form in type_patterns(row.name, field(arn, 1)))
    )


@lru_cache(maxsize=1024)
def is_form(arn: str) -> bool:
    """Whether a text is the catalogue's own pattern of a type, as `resource_type` gives it."""
    return any(arn in type_patterns(row.name, field(arn, 1)) for row in catalog.resource_types())


def _share(arn: str, form: str) -> bool:
    """Whether some ARN matches a pattern and a type's form; no Region and no account has a colon."""
    if len(fields(arn)) < _FIELDS:
        return _meet(arn, form)
    return all(_meet(one, other) for one, other in zip(fields(arn), fields(form), strict=True))


def _meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    reached, waiting = {(0, 0)}, [(0, 0)]
    while waiting:
        here = waiting.pop()
        if here == (len(one), len(other)):
            return True
        for step in _steps(one, other, *here):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def _steps(one: str, other: str, left: int, right: int) -> list[tuple[int, int]]:
    """Where two patterns can stand after a character, or after an asterisk that stands for nothing more."""
    first, second = one[left : left + 1], other[right : right + 1]
    found = []
    if first == "*":
        found += [(left + 1, right)] + ([(left, right + 1)] if second else [])
    if second == "*":
        found += [(left, right + 1)] + ([(left + 1, right)] if first else [])
    if first and first == second:
        found.append((left + 1, right + 1))
    return found
