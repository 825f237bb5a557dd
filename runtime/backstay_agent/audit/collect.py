"""Collects an organization: one shard for each account and Region, from what is kept or by whoever reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from backstay_agent.audit.batch import WORKERS, Outcome, Read, Shard, time_of
from backstay_agent.audit.gather import gather
from backstay_agent.audit.kept import Kept, Run
from backstay_agent.audit.workers import Workers
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.controls.facts import Facts, Member, Place
from backstay_agent.observed import Unread
from backstay_agent.organization_tree import is_active
from backstay_agent.wanted import Build

Tick = Callable[[int, int], None]
_AHEAD = 256
"""Kept shards that are fetched before the first of them is taken."""


class Absorb(Protocol):
    """Takes over a shard, and gives what of it is to be held."""

    def __call__(self, one: Read, *, now: datetime) -> Read:
        """`now` is when the audit began, by AWS's time."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """Where shards are kept, and from which time on they are taken as they are; None: all are read."""

    kept: Kept
    oldest: datetime | None = None
    resumed: datetime | None = None
    """When the run began that this one completes."""


def collect(
    build: Build,
    aws: Aws,
    workers: Workers,
    only: Sequence[str] = (),
    tick: Tick | None = None,
    reuse: Reuse | None = None,
    stop: threading.Event | None = None,
    absorb: Absorb | None = None,
) -> Facts:
    """Everything of the accounts of the build and of the organization, in the build's Regions.

    `only` narrows it to some accounts. What cannot be read stops nothing else: it is named in `unread`. After `stop`
    no further call is begun. `absorb` gives what of each shard is held in the facts. Closes `workers`. Raises
    UnreachableError when AWS does not answer at all.
    """
    try:
        began = time_of(build, aws)
        unread: list[Unread] = []
        members = tuple(member for member in members_of(build, aws, unread) if not only or member.id in only)
        shards = [Shard(member.id, region) for member in members for region in build.regions]
        taking = None if absorb is None else partial(absorb, now=began)
        read, lost = _read(workers, shards, began, tick, reuse, stop, taking)
    finally:
        workers.close()
    known = Known(began, members, tuple(unread))
    outcomes = [read[shard].outcome for shard in shards if shard in read]
    facts = assembled(build, known, outcomes, lost, time_of(build, aws))
    if reuse is not None:
        whole = not facts.unread and all(one.whole for one in read.values())
        reuse.kept.note(Run(reuse.resumed or began, whole))
    return facts


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before any shard is read: when it began, the accounts, and what could not be listed."""

    began: datetime
    members: tuple[Member, ...]
    unread: tuple[Unread, ...]


def assembled(
    build: Build, known: Known, outcomes: Sequence[Outcome], lost: Mapping[Shard, str], ended: datetime
) -> Facts:
    """The facts of an organization from those of its shards, in their order. Pure."""
    places = tuple(one for one in outcomes if isinstance(one, Place))
    refused = dict.fromkeys(one for one in outcomes if isinstance(one, Unread))
    missing = (*known.unread, *refused, *_missing(lost, build.regions))
    return Facts(build.index.organization.id, known.began, ended, build.regions, known.members, places, missing)


def _read(
    workers: Workers,
    shards: Sequence[Shard],
    began: datetime,
    tick: Tick | None,
    reuse: Reuse | None,
    stop: threading.Event | None,
    absorb: Callable[[Read], Read] | None,
) -> tuple[dict[Shard, Read], Mapping[Shard, str]]:
    """What came of the shards, and why some were lost."""
    known: dict[Shard, Read] = {}
    if reuse is not None:
        for shard, one in _known(reuse, shards):
            known[shard] = absorb(one) if absorb else one
        reuse.kept.note(Run(reuse.resumed or began, complete=False))
    done = len(known)

    def arrived(shard: Shard, one: Read) -> None:
        nonlocal done
        done += 1
        if reuse is not None:
            reuse.kept.save(shard, one)
        if tick:
            tick(done, len(shards))

    gathered = gather(workers, [shard for shard in shards if shard not in known], arrived, stop, absorb)
    return known | gathered.read, gathered.lost


def _known(reuse: Reuse, shards: Sequence[Shard]) -> Iterator[tuple[Shard, Read]]:
    """The shards that need not be read."""
    oldest, kept = reuse.oldest, reuse.kept
    if oldest is None:
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        for begin in range(0, len(shards), _AHEAD):
            some = shards[begin : begin + _AHEAD]
            for shard, place in zip(some, pool.map(lambda shard: kept.since(shard, oldest), some), strict=True):
                if place is not None:
                    yield shard, Read(place, whole=True)


def _missing(lost: Mapping[Shard, str], regions: Sequence[str]) -> Iterator[Unread]:
    """What was lost; an account all of which was lost for one reason is named once."""
    accounts: dict[str, dict[str, str]] = {}
    for (account, region), why in sorted(lost.items()):
        accounts.setdefault(account, {})[region] = why
    for account, reasons in accounts.items():
        if len(reasons) == len(regions) and len(set(reasons.values())) == 1:
            yield Unread(account, None, next(iter(reasons.values())))
        else:
            yield from (Unread(account, region, why) for region, why in reasons.items())


def members_of(build: Build, aws: Aws, unread: list[Unread]) -> Iterator[Member]:
    """The accounts of the build, and after them those of the organization that the build gives nothing."""
    for identity, account in sorted(build.index.accounts.items()):
        yield Member(identity, account.name, account.unit, governed=True)
    management = build.index.organization.management_account
    if build.home is None:
        return
    try:
        listed = list(aws.pages(management, build.home, "organizations", "ListAccounts", "Accounts"))
    except AwsProblem as problem:
        sentence = f"the organization's accounts could not be listed, so only those of the build were read: {problem}"
        unread.append(Unread(management, None, sentence))
        return
    for item in sorted(listed, key=lambda item: str(item["Id"])):
        if item["Id"] not in build.index.accounts and is_active(item):
            yield Member(item["Id"], item.get("Name", item["Id"]), "", governed=False)
