"""Deciding, without doing anything: does this call go wrong, and how."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from .rules import Kind, Rule


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule looks at in a call."""

    services: tuple[str, ...]
    """The service's names in lower case: what was signed for, and what boto3 calls it."""
    operation: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many calls a rule has matched so far, and how many of them went wrong."""

    matched: int = 0
    struck: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What befalls one call."""

    blow: Kind | None = None
    """What happens instead of the answer; None: it is answered."""
    wait: float = 0.0
    """Seconds by which the answer is late."""
    lag: timedelta = timedelta(0)
    """How far behind a list is."""


UNHARMED = Verdict()


def concerns(rule: Rule, asked: Asked) -> bool:
    """Whether a call is one of those that the rule is about."""
    return (
        rule.account in (None, asked.account)
        and rule.region in (None, asked.region)
        and any(fnmatchcase(service, rule.service.lower()) for service in asked.services)
        and fnmatchcase(asked.operation.lower(), rule.operation.lower())
    )


def strikes(rule: Rule, tally: Tally) -> bool:
    """Whether the rule strikes the next matching call, after those of the tally."""
    number = tally.matched - rule.skip
    if number < 0 or (rule.count is not None and tally.struck >= rule.count):
        return False
    return _draw(rule.seed, number) < rule.rate


def verdict(struck: Iterable[Rule]) -> Verdict:
    """What the rules that strike a call do to it together: delays add up, of the blows the first one falls."""
    blow: Kind | None = None
    wait, lag = 0.0, timedelta(0)
    for rule in struck:
        if rule.kind is Kind.SLOW:
            wait += rule.seconds
        elif rule.kind is Kind.LIST_LAG:
            lag = max(lag, timedelta(seconds=rule.seconds))
        elif blow is None:
            blow = rule.kind
    return Verdict(blow, wait, lag)


def _draw(seed: int, number: int) -> float:
    """A number from 0 up to 1 that depends on nothing else."""
    digest = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
