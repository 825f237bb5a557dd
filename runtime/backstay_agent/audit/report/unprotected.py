"""Resources that no plan takes, by their types: how many there are, in how many accounts, and whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.audit.report.coverage import BAR
from backstay_agent.controls.facts import Facts, Resource, short_name

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Bare:
    """The unprotected resources of one type; `width` is their share, in the units of a bar."""

    type: str
    count: int
    total: int
    width: float
    accounts: int
    worst: str
    examples: str


def view(facts: Facts) -> tuple[Bare, ...]:
    """The types with unprotected resources, the most first. What may be in a plan is not told as being in none."""
    total: Counter[str] = Counter()
    bare: dict[str, list[tuple[str, Resource]]] = {}
    for place in facts.places:
        if place.unread.keys() & {"resources", "plans"}:
            continue
        for resource in place.resources:
            total[resource.type] += 1
            if not resource.plans and not resource.perhaps:
                bare.setdefault(resource.type, []).append((place.account, resource))
    called = tally.names(facts)
    rows = [_row(kind, found, total[kind], called) for kind, found in bare.items()]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.type)))


def _row(kind: str, found: list[tuple[str, Resource]], total: int, called: Mapping[str, str]) -> Bare:
    by_account = Counter(account for account, _ in found)
    worst = sorted(by_account.items(), key=lambda item: (-item[1], called.get(item[0], item[0])))
    return Bare(
        kind,
        len(found),
        total,
        round(BAR * len(found) / total, 1),
        len(by_account),
        _some([f"{called.get(account, account)} {count}" for account, count in worst]),
        _some([short_name(resource.arn) for _, resource in found]),
    )


def _some(words: list[str]) -> str:
    more = f" and {len(words) - _MOST_NAMED:,} more" if len(words) > _MOST_NAMED else ""
    return ", ".join(words[:_MOST_NAMED]) + more
