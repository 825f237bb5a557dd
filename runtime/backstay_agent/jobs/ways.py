"""Finds the way of each copy: straight, over vaults of the build between source and destination, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from backstay_agent.aws import Aws
from backstay_agent.jobs.look import Look, vault_named
from backstay_agent.jobs.route import Hop, NoRoute, Route, Vault, plan, stop
from backstay_agent.jobs.work import Copy
from backstay_agent.wanted import Build
from backstay_aws import arns

STAY_DAYS = 3
"""How long what was copied to a stop stays there at least: time for the next copy, and for a run that was killed."""


@dataclass(frozen=True, slots=True)
class Way:
    """A copy and how it gets there. `days` is the lifecycle of what is left at stops, counted as AWS does: from the
    creation of the source."""

    work: Copy
    route: Route | NoRoute
    days: int = 0

    @property
    def straight(self) -> bool:
        """Whether one copy does it."""
        return isinstance(self.route, Route) and len(self.route.hops) == 1


def find_way(look: Look, build: Build, work: Copy, now: datetime) -> Way:
    """The way of a copy. Only vaults of the build can be stops; what AWS does not tell is no reason against a way."""
    source = look.vault(_home(work))
    to = look.vault(work.destination) or vault_named(work.destination)
    straight = Route((Hop(source, to),)) if source and to else NoRoute(f"{work.destination} is no vault")
    load = look.load(work, source) if source is not None else None
    if load is None or source is None or to is None:
        return Way(work, straight)
    first = plan(load, to)
    if isinstance(first, Route):
        return Way(work, first)
    days = stay(work.created, now)
    between = [vault for vault in _stops(look, build, source, to) if stop(vault, _days(vault, days))]
    route = plan(load, to, between)
    return Way(work, route, days)


def stay(created: datetime | None, now: datetime) -> int:
    """The lifecycle of a copy at a stop, in days from the creation of its source."""
    age = (now - created).days if created is not None and now > created else 0
    return age + 1 + STAY_DAYS


def legs(way: Way) -> Iterator[Callable[[str], Copy]]:
    """Each copy of a way, once it is known which recovery point it takes."""
    if isinstance(way.route, NoRoute):
        return
    hops = way.route.hops
    for number, hop in enumerate(hops):
        yield _leg(way, hop, last=number == len(hops) - 1)


def _leg(way: Way, hop: Hop, *, last: bool) -> Callable[[str], Copy]:
    work = way.work
    lifecycle = work.lifecycle if last else {"DeleteAfterDays": _days(hop.to, way.days)}

    def of(point: str) -> Copy:
        return Copy(
            hop.source.account,
            hop.source.region,
            work.resource,
            point,
            hop.source.name,
            work.plan,
            work.rule_name,
            hop.to.arn,
            lifecycle,
            role_in(work.role, hop.source.account),
            work.type,
            work.created,
        )

    return of


def _days(vault: Vault, days: int) -> int:
    return max(days, vault.least or 0)


def role_in(role: str, account: str) -> str:
    """The role of the same path and name in an account."""
    parsed = arns.parse(role)
    if parsed is None or parsed.account == account:
        return role
    return arns.role(parsed.partition, account, parsed.resource.removeprefix("role/"))


def _home(work: Copy) -> str:
    return arns.vault(arns.partition_of(work.region), work.region, work.account, work.vault)


def _stops(look: Look, build: Build, source: Vault, to: Vault) -> Iterator[Vault]:
    """Vaults of the build in the two accounts and Regions: the source's account first, there the other Region first."""
    accounts = dict.fromkeys((source.account, to.account))
    regions = dict.fromkeys((to.region, source.region))
    for account in accounts:
        for region in regions:
            for name in sorted(build.wanted(account, region).vaults):
                vault = look.vault(arns.vault(arns.partition_of(region), region, account, name))
                if vault is not None:
                    yield vault


def all_ways(aws: Aws, build: Build, works: Sequence[Copy], now: datetime, workers: int) -> list[Way]:
    """The ways of many copies, in their order."""
    from concurrent.futures import ThreadPoolExecutor

    look = Look(aws)
    with ThreadPoolExecutor(max(1, workers)) as pool:
        return list(pool.map(lambda work: find_way(look, build, work, now), works))
