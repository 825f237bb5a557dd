"""Verifies a proof by other means: it knows nothing of cells, boxes or the search.

For each key that the selections of the certificate and the requirement compare, it finds one value of every sort that
they tell apart, by a walk of its own over plain sets of places; then it takes every combination of such values and asks
`backstay_aws.selection.matches`, which reads one selection and one resource, whether some selection takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from backstay import ir
from backstay.dsl.condition import Condition, Resource, Tag, TagIn
from backstay.prove.answer import Certificate
from backstay.prove.concrete import Thing, holds
from backstay.prove.tested import restores
from backstay.resolve.conditions import comparisons
from backstay_aws.selection import Selection, glob, matches, type_patterns

_ARN = "\0"
MOST = 1_000_000
"""Combinations that are looked at; a certificate with more is not verified."""


class UnverifiedError(Exception):
    """A proof that does not hold, or cannot be verified; the message says which resource is not taken."""


def check(certificate: Certificate, every: Condition | None, partition: str) -> int:
    """Verify a certificate; how many resources were looked at. Raises `UnverifiedError`.

    `every`: what it is about, unless it says so itself.
    """
    wanted = set(certificate.core)
    chosen = [
        (plan.name, one.selection)
        for plan in certificate.shape.plans
        for one in plan.selections
        if (plan.name, one.name) in wanted
    ]
    looked = 0
    for kind in certificate.types:
        read = [one for _, one in chosen] + ([certificate.about] if certificate.about is not None else [])
        tests = _tests(read, every, kind, certificate.shape.region, partition)
        for key, text in _of_restores(certificate):
            tests.setdefault(key, set()).add(text)
        values = {key: _sorts(patterns, may_be_absent=key != _ARN) for key, patterns in tests.items()}
        for thing in _things(values, kind, certificate.shape.region, partition):
            looked += 1
            if looked > MOST:
                raise UnverifiedError("there are more combinations than are looked at")
            if _meant(certificate, every, thing) and not any(_serves(*one, thing, certificate) for one in chosen):
                what = "takes" if certificate.tested is None else "takes and tests"
                raise UnverifiedError(f"nothing {what} {thing.type} {thing.arn} with {dict(thing.tags)}")
    return looked


def _serves(plan: str, selection: Selection, thing: Thing, certificate: Certificate) -> bool:
    """Whether a selection of a plan takes a resource, and restore tests its recovery points where that is asked."""
    if not _takes(selection, thing, certificate):
        return False
    return certificate.tested is None or any(restores(one, thing) for one in certificate.tested.get(plan, ()))


def _of_restores(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """What the restore tests compare, by tag key; ARNs under theirs."""
    for selections in (certificate.tested or {}).values():
        for one in selections:
            yield from (*one.string_equals, *one.string_not_equals)
            yield from ((_ARN, arn) for arn in one.resources if arn != "*")


def _meant(certificate: Certificate, every: Condition | None, thing: Thing) -> bool:
    if certificate.about is not None:
        return _takes(certificate.about, thing, certificate)
    return every is not None and holds(every, thing, absent=certificate.absent)


def _takes(selection: Selection, thing: Thing, certificate: Certificate) -> bool:
    return matches(
        selection,
        arn=thing.arn,
        resource_type=thing.type,
        tags=thing.tags,
        opted_in=lambda _: certificate.opted_in,
        absent_matches_not=certificate.absent,
    )


def _tests(
    chosen: Sequence[Selection], every: Condition | None, kind: str, region: str, partition: str
) -> dict[str, set[str]]:
    """The patterns that values are compared with, by tag key, and those of the ARN; a text without `*` is one, too."""
    found: dict[str, set[str]] = {_ARN: {text for own in _own(kind, region, partition) for text in (own, f"{own}:*")}}
    for selection in chosen:
        found[_ARN] |= {*selection.resources, *selection.not_resources}
        pairs = (
            *selection.list_of_tags,
            *selection.string_equals,
            *selection.string_not_equals,
            *selection.string_like,
            *selection.string_not_like,
        )
        for key, value in pairs:
            found.setdefault(key, set()).add(value)
    for one in comparisons(every) if every is not None else ():
        if isinstance(one, Resource):
            found[_ARN].add(one.arn)
        elif isinstance(one, Tag):
            found.setdefault(one.key, set()).add(one.value)
        elif isinstance(one, TagIn):
            found.setdefault(one.key, set()).update(one.values)
    return found


def _own(kind: str, region: str, partition: str) -> Iterator[str]:
    for pattern in type_patterns(kind, partition):
        head = pattern.split(":", 5)
        yield ":".join(
            [*head[:3], region if head[3] == "*" else head[3], ir.ACCOUNT if head[4] == "*" else head[4], head[5]]
        )


def _sorts(texts: Iterable[str], *, may_be_absent: bool) -> list[str | None]:
    """One value for every way in which texts may be matched, each as itself or as a pattern."""
    patterns = sorted(texts)
    letters = {sign for text in patterns for sign in text if sign != "*"}
    other = next(chr(number) for number in range(ord("a"), 0x3000) if chr(number) not in letters)
    found: dict[tuple[object, ...], str] = {}
    start = tuple(frozenset(_rest(pattern, {0})) for pattern in patterns)
    queue = [(start, "")]
    known = {start}
    for state, text in queue:
        found.setdefault(_sort(patterns, text), text)
        for sign in (other, *sorted(letters)):
            after = tuple(
                frozenset(_after(pattern, places, sign)) for pattern, places in zip(patterns, state, strict=True)
            )
            mark = after if any(after) else None
            if mark is not None and after not in known:
                known.add(after)
                queue.append((after, text + sign))
    found.setdefault(_sort(patterns, other * 3), other * 3)
    found.update({_sort(patterns, text): text for text in patterns})
    values: list[str | None] = list(found.values())
    return [None, *values] if may_be_absent else values


def _sort(patterns: Sequence[str], text: str) -> tuple[object, ...]:
    return tuple((text == pattern, glob(pattern, text)) for pattern in patterns)


def _rest(pattern: str, places: set[int]) -> set[int]:
    """With every place behind a star that may stand for nothing."""
    for place in sorted(places):
        at = place
        while at < len(pattern) and pattern[at] == "*":
            at += 1
            places.add(at)
    return places


def _after(pattern: str, places: Iterable[int], sign: str) -> set[int]:
    inside = [place for place in places if place < len(pattern)]
    return _rest(
        pattern, {place if pattern[place] == "*" else place + 1 for place in inside if pattern[place] in ("*", sign)}
    )


def _is_of(arn: str, form: str) -> bool:
    """Whether an ARN is of a form: with a name, and no colon in it."""
    return glob(form, arn) and arn != form.replace("*", "") and not glob(f"{form}:*", arn)


def _things(values: Mapping[str, Sequence[str | None]], kind: str, region: str, partition: str) -> Iterator[Thing]:
    own = set(_own(kind, region, partition))
    arns = [arn for arn in values[_ARN] if arn and any(_is_of(arn, one) for one in own)]
    keys = [key for key in values if key != _ARN]
    for arn in arns:
        for combination in product(*(values[key] for key in keys)):
            tags = {key: value for key, value in zip(keys, combination, strict=True) if value is not None}
            yield Thing(arn, kind, tags)
