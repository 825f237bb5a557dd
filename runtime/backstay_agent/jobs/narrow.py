"""What a caller asked for of a build, by names; whatever does not exist is told with the nearest that does. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from backstay_agent.wanted import Build
from backstay_aws import arns

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Narrow:
    """What was asked for; empty means everything. Accounts by id or name, the rest by name, resources by ARN."""

    plans: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The places that are left, and why some wishes cannot be met."""

    places: tuple[tuple[str, str], ...]
    complaints: tuple[str, ...] = field(default=())


def choose(build: Build, narrow: Narrow) -> Chosen:
    """The places of the build in question, and a complaint for every name that the build does not have."""
    accounts = build.index.accounts
    by_name = {account.name: identity for identity, account in accounts.items()}
    ids = {by_name.get(one, one) for one in narrow.accounts} or set(accounts)
    places = tuple(
        (identity, region) for identity in sorted(ids & set(accounts)) for region in sorted(accounts[identity].regions)
    )
    return Chosen(places, tuple(_complaints(build, narrow, places)))


def malformed(narrow: Narrow) -> tuple[str, ...]:
    """The resources asked for that are no ARNs."""
    return tuple(one for one in sorted(narrow.resources) if arns.parse(one) is None)


def _complaints(build: Build, narrow: Narrow, places: Sequence[tuple[str, str]]) -> Iterator[str]:
    accounts = build.index.accounts
    known = {*accounts, *(account.name for account in accounts.values())}
    for one in sorted(narrow.accounts - known):
        yield f"the build names no account {one}{nearest(one, known)}"
    plans = {name: plan for place in places for name, plan in build.wanted(*place).plans.items()}
    for one in sorted(narrow.plans - set(plans)):
        yield f"no account in question has a plan {one}{nearest(one, plans)}"
    asked = [plan for name, plan in plans.items() if not narrow.plans or name in narrow.plans]
    rules = {str(rule["RuleName"]) for place in places for rule in _rules(build, place, narrow)}
    for one in sorted(narrow.rules - rules):
        if asked:
            yield f"no plan in question has a rule {one}{nearest(one, rules)}"


def _rules(build: Build, place: tuple[str, str], narrow: Narrow) -> Iterator[dict[str, object]]:
    for name, plan in build.wanted(*place).plans.items():
        if not narrow.plans or name in narrow.plans:
            yield from plan.body["Rules"]


def nearest(name: str, known: Collection[str]) -> str:
    """The end of a complaint: the names nearest to one that does not exist, or some that do."""
    close = get_close_matches(name, sorted(known), n=_SHOWN, cutoff=0.5)
    if close:
        return f"; nearest: {', '.join(close)}"
    some = sorted(known)[:_SHOWN]
    return f"; there are: {', '.join(some)}{', …' if len(known) > len(some) else ''}" if some else ""
