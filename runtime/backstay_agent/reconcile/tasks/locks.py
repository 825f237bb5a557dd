"""Locks: how long each in compliance mode can still be changed, from when it is for ever, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_agent.audit.promises import lock_promises
from backstay_agent.audit.read_vaults import read_vaults
from backstay_agent.aws import AwsProblem
from backstay_agent.controls.checks import lock_as_promised
from backstay_agent.controls.facts import Place, Vault
from backstay_agent.controls.parameters import Parameters
from backstay_agent.jobs.clock import backup_time
from backstay_agent.reconcile.findings import Ending, Result, Sample, Severity, Trouble, Unseen, state_of
from backstay_agent.reconcile.tasks.context import Context, counted

STEPS: tuple[int, ...] = (14, 7, 3, 1)
"""Days before a lock becomes final at which it is told."""
_CRITICAL_FROM = 3


@dataclass(frozen=True, slots=True)
class Cooling:
    """A compliance lock that can still be changed, and until when."""

    account: str
    region: str
    vault: Vault
    until: datetime

    @property
    def key(self) -> str:
        """The key of its trouble."""
        return f"locks/cooling/{self.account}/{self.region}/{self.vault.name}"


def run(context: Context) -> Result:
    """Read the vaults of the build's accounts, and tell of their locks."""
    now = backup_time(context.aws, context.home)

    def read(place: tuple[str, str]) -> Place | Unseen:
        account, region = place
        try:
            vaults = read_vaults(context.aws, account, region)
        except AwsProblem as problem:
            return Unseen(account, None if problem.operation == "AssumeRole" else region, str(problem))
        promised = lock_promises(context.build, account, region)
        return Place(account, region, vaults=tuple(vaults), locks_promised=promised)

    with ThreadPoolExecutor(max(1, context.workers)) as pool:
        found = list(pool.map(read, context.places))
    places = [one for one in found if isinstance(one, Place)]
    return tell(places, tuple(dict.fromkeys(one for one in found if isinstance(one, Unseen))), now, context.kept)


def tell(places: list[Place], unseen: tuple[Unseen, ...], now: datetime, kept: Mapping[str, str]) -> Result:
    """What the vaults come to. Pure. `kept`: the dates of the locks that could be changed when last looked at."""
    cooling = sorted(_cooling(places, now), key=lambda one: (one.until, one.key))
    broken = list(_broken(places, now))
    troubles = [*broken, *(one for lock in cooling if (one := _trouble(lock, now)) is not None)]
    ending: Ending = "partly" if unseen else "findings" if broken else "clean"
    return Result(
        "locks",
        now,
        ending,
        _sentence(places, cooling, broken),
        tuple(troubles),
        endings=_endings(places, now, kept),
        unseen=unseen,
        samples=(
            *(_countdown(one, now) for one in cooling),
            Sample("backstay_locks_broken", len(broken)),
            Sample("backstay_locks_cooling_off", len(cooling)),
        ),
        keep={one.key: one.until.isoformat() for one in cooling},
    )


def _cooling(places: list[Place], now: datetime) -> Iterator[Cooling]:
    for place in places:
        for vault in place.vaults:
            if vault.locked and vault.fixed_from is not None and vault.fixed_from > now:
                yield Cooling(place.account, place.region, vault, vault.fixed_from)


def _trouble(lock: Cooling, now: datetime) -> Trouble | None:
    left = lock.until - now
    step = min((days for days in STEPS if left <= timedelta(days=days)), default=None)
    if step is None:
        return None
    severity: Severity = "critical" if step <= _CRITICAL_FROM else "warning"
    bounds = lock_as_promised.bounds(lock.vault.min_days, lock.vault.max_days)
    return Trouble(
        lock.key,
        severity,
        f"the lock of vault {lock.vault.name} can never be undone from {lock.until:%Y-%m-%d %H:%M} UTC on",
        lock.account,
        lock.region,
        (
            f"{remaining(left)} left to change or remove it; compliance mode, {bounds}",
            "nobody, AWS included, can shorten or remove it after that",
        ),
        state_of(step, lock.until.isoformat(), bounds),
        repeat=False,
    )


def _broken(places: list[Place], now: datetime) -> Iterator[Trouble]:
    for place in places:
        for promise in place.locks_promised:
            verdict = lock_as_promised.check(promise, place, Parameters(), now)
            if verdict.status == "NON_COMPLIANT":
                yield Trouble(
                    f"locks/broken/{place.account}/{place.region}/{promise.vault}",
                    "critical",
                    f"the lock of vault {promise.vault} is not what the policy promises",
                    place.account,
                    place.region,
                    (verdict.reason,),
                    state_of(verdict.reason),
                )


def _endings(places: list[Place], now: datetime, kept: Mapping[str, str]) -> dict[str, str]:
    """Better words for a countdown that is over: it became final, or the lock was taken away in time."""
    endings = {}
    vaults = {
        f"locks/cooling/{place.account}/{place.region}/{vault.name}": vault
        for place in places
        for vault in place.vaults
    }
    for key in kept:
        name = key.rpartition("/")[2]
        vault = vaults.get(key)
        if vault is None or not vault.locked:
            endings[key] = f"the lock of vault {name} was removed before it became final"
        elif vault.fixed_from is None:
            endings[key] = f"the lock of vault {name} is in governance mode now"
        elif vault.fixed_from <= now:
            endings[key] = f"the lock of vault {name} can never be undone any more, since {vault.fixed_from:%Y-%m-%d}"
    return endings


def _countdown(lock: Cooling, now: datetime) -> Sample:
    left = (lock.until - now).total_seconds()
    return Sample("backstay_lock_final_in_seconds", left, (lock.account, lock.region, lock.vault.name))


def _sentence(places: list[Place], cooling: list[Cooling], broken: list[Trouble]) -> str:
    locked = sum(vault.locked for place in places for vault in place.vaults)
    parts = [counted(locked, "locked vault")]
    if cooling:
        first = cooling[0]
        parts.append(f"{len(cooling)} can still be changed, the first until {first.until:%Y-%m-%d %H:%M} UTC")
    if broken:
        parts.append(f"{counted(len(broken), 'lock')} not as promised")
    return ", ".join(parts)


def remaining(left: timedelta) -> str:
    """A time that is left: days, below two days hours, below two hours minutes."""
    hours = left.total_seconds() / 3600
    if hours >= 48:
        return f"{left.days} days"
    return f"{int(hours)} hours" if hours >= 2 else counted(int(hours * 60), "minute")
