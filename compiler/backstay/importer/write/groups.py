"""Which things stand in one policy: those that hold for the same accounts and Regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from backstay.importer.found import Scope
from backstay.importer.write.things import Thing

Regions = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A policy to be: its things (by number) and where they hold: in accounts, or at targets, or nobody knows."""

    things: tuple[int, ...]
    accounts: tuple[str, ...]
    targets: tuple[str, ...]
    regions: Regions
    aim: str | None
    policy: str | None
    extends: str | None
    note: str | None
    final: tuple[str, ...]


Place = tuple[tuple[str, ...], tuple[str, ...], Regions, Scope]


def groups(things: Sequence[Thing]) -> tuple[Group, ...]:
    """The policies that say of every thing where it was found, in the order of the things.

    Two things of one name (in different accounts or units) may not meet in policies of one level: then each account
    and unit has a policy of its own.
    """
    apart = _twice(things)
    places: dict[Place, list[int]] = defaultdict(list)
    for number, thing in enumerate(things):
        for place in _places(thing, apart=(thing.kind, thing.name) in apart):
            places[place].append(number)
    return tuple(
        Group(
            tuple(numbers),
            accounts,
            targets,
            regions,
            rest.aim,
            rest.policy,
            rest.extends,
            rest.note,
            _final(things, numbers),
        )
        for (accounts, targets, regions, rest), numbers in places.items()
    )


def _final(things: Sequence[Thing], numbers: Iterable[int]) -> tuple[str, ...]:
    scopes = (scope for number in numbers for scope in things[number].scopes)
    return tuple(dict.fromkeys(path for scope in scopes for path in scope.final))


def _twice(things: Iterable[Thing]) -> set[tuple[str, str]]:
    names = sorted((thing.kind, thing.name) for thing in things)
    return {name for name, same in groupby(names) if len(list(same)) > 1}


def _places(thing: Thing, *, apart: bool) -> Iterator[Place]:
    """Accounts (or targets) and Regions as few rectangles, and the rest of the scope, which tells policies apart."""
    regions_of: dict[tuple[str | None, str | None, Scope], set[str]] = defaultdict(set)
    for scope in thing.scopes:
        rest = replace(scope, account=None, region=None, target=None, final=())
        named = regions_of[scope.account, scope.target, rest]
        named |= set((scope.region or "").split(",")) - {""}
    found: dict[tuple[Regions, Scope], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for (account, target, rest), named in regions_of.items():
        accounts, targets = found[tuple(sorted(named)), rest]
        accounts += [account] if account is not None else []
        targets += [target] if target is not None and account is None else []
    for (regions, rest), (accounts, targets) in found.items():
        if not apart:
            yield tuple(sorted(accounts)), tuple(dict.fromkeys(targets)), regions, rest
            continue
        yield from (((account,), (), regions, rest) for account in sorted(accounts))
        yield from (((), (target,), regions, rest) for target in dict.fromkeys(targets))
        if not accounts and not targets:
            yield (), (), regions, rest
