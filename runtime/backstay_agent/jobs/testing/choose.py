"""Which resources a restore test takes, and which of their recovery points it restores. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_agent.jobs.testing.wanted import Pair, Selection
from backstay_aws import arns
from backstay_aws.globs import glob

_KINDS = {"COMPLETED": "SNAPSHOT", "AVAILABLE": "CONTINUOUS", "STOPPED": "CONTINUOUS"}
"""What the status of a recovery point says of it; any other status cannot be restored."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recovery point of a resource, as AWS lists it."""

    arn: str
    vault: str
    status: str
    created: datetime


def asks_tags(test: Selection) -> bool:
    """Whether tags decide which resources a test takes."""
    return not test.arns and bool(test.equals or test.differs)


def takes(test: Selection, resource: str, tags: Mapping[str, str]) -> bool:
    """Whether a test takes a resource of its type: by its ARN, or by the tags of its newest recovery point."""
    if test.arns:
        return resource in test.arns
    return all(_holds(pair, tags) for pair in test.equals) and not any(_holds(pair, tags) for pair in test.differs)


def point(
    test: Selection, place: tuple[str, str], found: Iterable[Candidate], now: datetime, luck: str
) -> Candidate | None:
    """The recovery point that a test restores now, or None; `luck` decides where the plan says random."""
    since = now - timedelta(days=test.window_days)
    fitting = [
        one
        for one in sorted(found, key=lambda one: (one.created, one.arn))
        if _KINDS.get(one.status) in test.kinds and one.created >= since and _in_vaults(test, place, one.vault)
    ]
    if not fitting:
        return None
    return fitting[-1] if test.newest else random.Random(luck).choice(fitting)


def at_most(names: Sequence[str], number: int | None, luck: str) -> tuple[str, ...]:
    """All resources, or so many of them that luck picks, in order."""
    if number is None or len(names) <= number:
        return tuple(sorted(names))
    return tuple(sorted(random.Random(luck).sample(sorted(names), number)))


def _holds(pair: Pair, tags: Mapping[str, str]) -> bool:
    key, value = pair
    return key in tags and tags[key] == value


def _in_vaults(test: Selection, place: tuple[str, str], name: str) -> bool:
    account, region = place
    arn = arns.vault(arns.partition_of(region), region, account, name)
    included = any(glob(pattern, arn) for pattern in test.include)
    return included and not any(glob(pattern, arn) for pattern in test.exclude)
