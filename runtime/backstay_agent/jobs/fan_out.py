"""Copies back: the newest recovery point of each resource, from the vaults that rules copy into, to a member's vault.

A restore needs its recovery point in the account where it shall restore to, so what was gathered in a central account
is copied out of it before. Which points, and where to, is decided by pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstay_agent.aws import Aws
from backstay_agent.jobs import copies
from backstay_agent.jobs.carry import Tick
from backstay_agent.jobs.copy import Gaps
from backstay_agent.jobs.look import Look, vault_named
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.route import Vault
from backstay_agent.jobs.survey import in_all
from backstay_agent.jobs.ways import role_in
from backstay_agent.jobs.work import Copy
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build

_READY = frozenset({"COMPLETED", "AVAILABLE"})


@dataclass(frozen=True, slots=True)
class Return:
    """What copies back are to do: `accounts` where they go (empty: where each came from), `vault` the name of the one
    that takes them (None: the rule's own), `days` for how long they are kept from now on."""

    accounts: tuple[str, ...] = ()
    vault: str | None = None
    days: int = 14


@dataclass(frozen=True, slots=True)
class Passage:
    """A way that a rule's copies take: from a member's vault into one of another account."""

    member: Vault
    central: Vault
    plan: str
    rule: str
    role: str


@dataclass(frozen=True, slots=True)
class Held:
    """A recovery point of a central vault, and the passage that it came by."""

    passage: Passage
    arn: str
    resource: str
    type: str
    created: datetime


def passages(build: Build, places: Iterable[tuple[str, str]], narrow: Narrow) -> tuple[Passage, ...]:
    """The passages of the places, one for each pair of vaults. Pure."""
    found: dict[tuple[str, str], Passage] = {}
    for account, region in places:
        for source in copies.sources(build.wanted(account, region), narrow):
            for action in source.rule["CopyActions"]:
                central = vault_named(str(action["DestinationBackupVaultArn"]))
                if central is not None and central.account != account:
                    member = Vault(account, region, source.vault)
                    one = Passage(member, central, source.plan, source.name, source.role)
                    found.setdefault((member.arn, central.arn), one)
    return tuple(found[key] for key in sorted(found))


def newest(ways: Iterable[Passage], listed: Iterable[Mapping[str, Any]], narrow: Narrow) -> tuple[Held, ...]:
    """The newest recovery point of each resource that came by one of the passages into one central vault. Pure."""
    by_vault = {one.member.arn: one for one in ways}
    found: dict[tuple[str, str], Held] = {}
    for item in listed:
        passage = by_vault.get(item.get("SourceBackupVaultArn") or "")
        resource = item["ResourceArn"]
        if passage is None or item["Status"] not in _READY or item.get("ParentRecoveryPointArn"):
            continue
        if narrow.resources and resource not in narrow.resources:
            continue
        held = Held(
            passage, item["RecoveryPointArn"], resource, str(item.get("ResourceType", "")), item["CreationDate"]
        )
        key = passage.member.arn, resource
        if key not in found or (found[key].created, found[key].arn) < (held.created, held.arn):
            found[key] = held
    return tuple(found[key] for key in sorted(found))


def returned(held: Held, to: Vault, days: int, now: datetime) -> Copy:
    """The copy of a recovery point back to a vault, kept for some days from now as far as the vault's lock lets it.

    AWS counts the age of a copy from the creation of its source. Pure.
    """
    central = held.passage.central
    kept = max((now - held.created).days + 1 + days, to.least or 1)
    return Copy(
        central.account,
        central.region,
        held.resource,
        held.arn,
        central.name,
        held.passage.plan,
        held.passage.rule,
        to.arn,
        {"DeleteAfterDays": min(kept, to.most or kept)},
        role_in(held.passage.role, central.account),
        held.type,
        held.created,
    )


def gaps(
    build: Build,
    aws: Aws,
    places: Sequence[tuple[str, str]],
    narrow: Narrow,
    back: Return,
    now: datetime,
    workers: int,
    tick: Tick,
) -> Gaps:
    """Look at the central vaults and decide what is to be copied back."""
    by_vault: dict[str, list[Passage]] = {}
    for passage in passages(build, places, narrow):
        by_vault.setdefault(passage.central.arn, []).append(passage)
    groups = {arn: tuple(group) for arn, group in by_vault.items()}
    look = Look(aws)

    def at(group: tuple[Passage, ...]) -> Callable[[tuple[str, str]], Gaps]:
        return lambda _: _gaps(aws, look, group, narrow, back, now)

    found: list[Gaps] = []
    unread: list[Unread] = []
    for number, (_, group) in enumerate(sorted(groups.items()), 1):
        central = group[0].central
        gap, missed = in_all([(central.account, central.region)], at(group), workers)
        tick(number, len(groups), "looking")
        found += gap
        unread += missed
    return Gaps(
        tuple(one for gap in found for one in gap.todo),
        (),
        sum(gap.done for gap in found),
        frozenset[str]().union(*(gap.resources for gap in found)),
        (*unread, *(one for gap in found for one in gap.unread)),
    )


def _gaps(aws: Aws, look: Look, group: tuple[Passage, ...], narrow: Narrow, back: Return, now: datetime) -> Gaps:
    central = group[0].central
    listed = list(_listed(aws, central))
    wanted = newest(group, listed, narrow)
    todo, done, unread = [], 0, []
    there: dict[str, list[Mapping[str, Any]]] = {}
    for held in wanted:
        for to in _destinations(look, held, back):
            if isinstance(to, Unread):
                unread.append(to)
                continue
            if to.arn not in there:
                there[to.arn] = list(_listed(aws, to))
            if _is_back(held, there[to.arn]):
                done += 1
            else:
                todo.append(returned(held, to, back.days, now))
    return Gaps(
        tuple(todo), (), done, frozenset(str(item["ResourceArn"]) for item in listed), tuple(dict.fromkeys(unread))
    )


def _destinations(look: Look, held: Held, back: Return) -> Iterator[Vault | Unread]:
    member = held.passage.member
    for account in back.accounts or (member.account,):
        wanted = Vault(account, member.region, back.vault or member.name)
        if look.has(wanted):
            yield look.vault(wanted.arn) or wanted
        else:
            yield Unread(account, member.region, f"vault {wanted.name} is not there: apply the build, or name --into")


def _is_back(held: Held, there: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a vault has a copy of it that came from the central vault, or of a later one."""
    central = held.passage.central
    point = copies.Point(held.arn, central.name, held.resource, held.created, None, None, None)
    return copies.is_copied(point, central.arn, (item for item in there if item["ResourceArn"] == held.resource))


def _listed(aws: Aws, vault: Vault) -> Iterator[Mapping[str, Any]]:
    return aws.pages(
        vault.account,
        vault.region,
        "backup",
        "ListRecoveryPointsByBackupVault",
        "RecoveryPoints",
        BackupVaultName=vault.name,
    )
