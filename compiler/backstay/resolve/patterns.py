"""ARN patterns of types and resources, and what two sets of them have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backstay.dsl import Condition
from backstay.dsl.condition import ResourceType
from backstay.resolve.conditions import Named
from backstay.resolve.problem import nearest
from backstay_aws import catalog
from backstay_aws.selection import glob, type_patterns, types_of


class Inexpressible(Exception):  # noqa: N818  (a fact about a condition, not a failure)
    """A condition that no set of AWS selections takes exactly. `name` is the finding's."""

    def __init__(self, name: str, message: str, said: Condition | None = None, *, cure: str | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.said = said
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Pattern:
    """An ARN or a pattern of ARNs, the resource types that it can be (none: unknown), and the comparison it is from."""

    text: str
    types: tuple[str, ...]
    said: Named


def patterns(named: Named, partition: str) -> tuple[Pattern, ...]:
    """What a type or an ARN selects. Raises `Inexpressible` for a type that the catalogue does not have."""
    if not isinstance(named, ResourceType):
        return (Pattern(named.arn, types_of(named.arn), named),)
    found = type_patterns(named.type, partition)
    if not found:
        message = f"AWS Backup has no resource type `{named.type}`"
        help_ = nearest(named.type, (row.name for row in catalog.resource_types()))
        raise Inexpressible("unknown-resource-type", message, named, cure=help_)
    return tuple(Pattern(text, (named.type,), named) for text in found)


def meet(some: Sequence[Pattern], others: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """The resources that are in both sets, where that is a set of patterns again. Raises `Inexpressible`."""
    met = [_both(one, other) for one in some for other in others]
    found = unique(pattern for pattern in met if pattern is not None)
    if not found:
        message = f"no resource is both `{some[0].text}` and `{others[0].text}`"
        raise Inexpressible(
            "selection-takes-nothing", message, others[0].said, cure="join them with `|` to take either"
        )
    return found


def unique(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """Each text once, where it stood first."""
    found: dict[str, Pattern] = {}
    for pattern in patterns:
        found.setdefault(pattern.text, pattern)
    return tuple(found.values())


def _both(one: Pattern, other: Pattern) -> Pattern | None:
    if _inside(one.text, other.text):
        return replace(one, types=_shared(one, other))
    if _inside(other.text, one.text):
        return replace(other, types=_shared(other, one))
    if _apart(one.text, other.text):
        return None
    raise Inexpressible(
        "inexpressible-selection",
        f"AWS cannot select what matches both `{one.text}` and `{other.text}`: a list of ARNs takes either",
        other.said,
        cure="name the resources of both with one ARN pattern, or keep one and exclude others with `~resource(…)`",
    )


def _shared(narrow: Pattern, wide: Pattern) -> tuple[str, ...]:
    both = tuple(name for name in narrow.types if name in wide.types)
    return both or narrow.types or wide.types


def _inside(narrow: str, wide: str) -> bool:
    """Whether a pattern takes nothing that the other does not: its asterisks must fall under the other's."""
    return glob(wide, narrow)


def _apart(one: str, other: str) -> bool:
    """Whether no ARN matches both, as their beginnings, their ends or their first fields show."""
    if "*" not in one or "*" not in other:
        return True  # an ARN without `*` that is not inside the other
    heads = [text.split("*", 1)[0] for text in (one, other)]
    tails = [text.rsplit("*", 1)[1] for text in (one, other)]
    apart = not (heads[0].startswith(heads[1]) or heads[1].startswith(heads[0]))
    return apart or not (tails[0].endswith(tails[1]) or tails[1].endswith(tails[0])) or _other_kind(one, other)


def _other_kind(one: str, other: str) -> bool:
    """Whether both are of the form `arn:p:service:region:account:kind…` with kinds that differ before any asterisk."""
    fields = [text.split(":", 5) for text in (one, other)]
    if any(len(parts) < 6 or "*" in parts[2] for parts in fields) or any("*" in f[3] and f[3] != "*" for f in fields):
        return False
    kinds = [parts[5].split("*", 1)[0] for parts in fields]
    return not (kinds[0].startswith(kinds[1]) or kinds[1].startswith(kinds[0]))
