"""What the rules of a plan give to a resource of a type, in numbers that can be compared. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from backstay import ir
from backstay_aws import catalog, cron

if TYPE_CHECKING:
    from backstay_aws.catalog import ResourceType
    from backstay_aws.lifecycle import Lifecycle

FOR_EVER = float("inf")
NEVER = float("inf")
_YEARS = 2000, 2100
_RANKS = {"governance": 1, "compliance": 2}


@dataclass(frozen=True, slots=True)
class CopyOffer:
    """A copy of each recovery point: the account (`$account`: one's own) and Region, days kept, rank of the lock."""

    account: str
    region: str
    vault: str
    kept: float
    lock: int
    air_gapped: bool

    @property
    def place(self) -> tuple[str, str, bool]:
        """Where it is: what two copies must share to be worth the same."""
        return self.account, self.region, self.air_gapped


@dataclass(frozen=True, slots=True)
class Offer:
    """What one rule gives.

    `gap`: minutes between two starts at most; `kept`: days; `lock`: 0 none, 1 governance, 2 compliance; `cold`: days.
    """

    plan: str
    rule: ir.Rule = field(compare=False)
    gap: float
    kept: float
    continuous: bool
    lock: int
    vault: str
    cold: float
    schedule: tuple[object, ...]
    """When it starts, however that is written."""
    copies: tuple[CopyOffer, ...]

    def as_often(self, other: Offer) -> bool:
        """Whether it gives recovery points as often, kept as long, and continuously if the other does."""
        return self.gap <= other.gap and self.kept >= other.kept and self.continuous >= other.continuous

    def equals(self, other: Offer) -> bool:
        """Whether each gives recovery points as the other does."""
        return self.as_often(other) and other.as_often(self)

    def has(self, copy: CopyOffer) -> bool:
        """Whether it makes such a copy, however often."""
        return any(one.place == copy.place and one.kept >= copy.kept and one.lock >= copy.lock for one in self.copies)


@dataclass(frozen=True, slots=True)
class Offers:
    """Makes offers of the rules of a shape."""

    model: ir.Model
    shape: ir.Shape
    now: date

    def of(self, plan: ir.Plan, row: ResourceType) -> tuple[Offer, ...]:
        """What a plan's rules give to a type; a rule whose vault refuses its jobs gives nothing."""
        found = (self._of(plan, rule, row) for rule in plan.rules)
        return tuple(one for one in found if one is not None)

    def _of(self, plan: ir.Plan, rule: ir.Rule, row: ResourceType) -> Offer | None:
        vault = self.shape.vault(rule.vault)
        lock = vault.lock if vault is not None else None
        if band_problem(lock, rule.lifecycle) is not None:
            return None
        continuous = rule.continuous and catalog.cell(row, "continuous", self.shape.region) != "no"
        gap = 0.0 if continuous else _gap(rule.schedule, rule.timezone, self.now) + rule.start_window
        cold = rule.lifecycle.cold_after if catalog.cell(row, "cold_storage", self.shape.region) != "no" else None
        copies = (self._copy(copy, row) for copy in rule.copies)
        return Offer(
            plan.name,
            rule,
            gap,
            _kept(rule.lifecycle),
            continuous,
            _rank(lock),
            rule.vault,
            NEVER if cold is None else cold,
            _starts(rule.schedule, rule.timezone),
            tuple(one for one in copies if one is not None),
        )

    def _copy(self, copy: ir.Copy, row: ResourceType) -> CopyOffer | None:
        account = self.shape.accounts[0]
        gapped = self.model.air_gapped_at(copy.destination, account)
        vault = gapped.as_vault if gapped is not None else self.model.vault_at(copy.destination, account)
        lock = vault.lock if vault is not None else None
        column = "air_gap" if gapped else copy.column(self.shape.region)
        if catalog.cell(row, column, self.shape.region) == "no" or band_problem(lock, copy.lifecycle):
            return None
        place = copy.destination
        return CopyOffer(
            place.account, place.region, place.name, _kept(copy.lifecycle), _rank(lock), gapped is not None
        )


def band_problem(lock: ir.Lock | None, lifecycle: Lifecycle) -> str | None:
    """Why a vault's lock refuses recovery points of that retention, if it does."""
    if lock is None:
        return None
    kept = lifecycle.delete_after
    told = "for ever" if kept is None else f"{kept} days"
    if lock.minimum is not None and kept is not None and kept < lock.minimum:
        return f"keeps {told}, and the vault's lock asks for {lock.minimum}: every job fails"
    if lock.maximum is not None and (kept is None or kept > lock.maximum):
        return f"keeps {told}, and the vault's lock allows {lock.maximum} days: every job fails"
    return None


def _kept(lifecycle: Lifecycle) -> float:
    return FOR_EVER if lifecycle.delete_after is None else lifecycle.delete_after


def _rank(lock: ir.Lock | None) -> int:
    return 0 if lock is None else _RANKS[lock.mode]


@lru_cache(maxsize=4096)
def _starts(schedule: str, timezone: str) -> tuple[object, ...]:
    try:
        read = cron.parse(schedule)
    except cron.CronError:
        return schedule, timezone
    days = ("every day",) if read.every_day(*_YEARS) else (read.days, read.months, read.years)
    return read.minutes, read.hours, *days, timezone


@lru_cache(maxsize=4096)
def _gap(schedule: str, timezone: str, now: date) -> float:
    """Minutes between two starts at most."""
    try:
        gap = cron.worst_gap(cron.parse(schedule), timezone, datetime.combine(now, time(), UTC))
    except (cron.CronError, ZoneInfoNotFoundError, ValueError):
        return NEVER
    return NEVER if gap is None else gap / timedelta(minutes=1)
