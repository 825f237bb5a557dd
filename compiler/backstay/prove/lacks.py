"""What a rule lacks of a requirement, for one resource type in one shape: nothing, or each thing with its place. Pure.

`sure` is False for what neither AWS nor the policies say: a cell of the feature matrix that is unknown, a vault that no
policy declares. A rule all of whose lacks are unsure may be good; proofs say what they then hang on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from backstay import ir
from backstay_aws import catalog, cron
from backstay_aws.lifecycle import CONTINUOUS_RPO

if TYPE_CHECKING:
    from backstay.dsl.requirement import Require
    from backstay_aws.catalog import ResourceType
    from backstay_aws.lifecycle import Lifecycle
    from backstay_contract.findings import Span


_COLUMNS = ("continuous", "air_gap", "same_region", "cross_region", "cross_account", "cross_region_and_account")


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, in words that follow the rule's name, and where the reason stands."""

    text: str
    place: Span | None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement in numbers. `keep` in days."""

    keep: int | None = None
    rpo: timedelta | None = None
    other_region: bool = False
    other_account: bool = False
    air_gapped: bool = False
    locked: bool = False
    immutable: bool = False
    one_immutable: bool = False
    """One of the recovery point and its copies is enough, unlike `immutable`."""
    tested_within: timedelta | None = None


def need_of(node: Require) -> Need:
    """What a `Require` asks of a rule."""
    from backstay.dsl.duration import Minutes

    rpo = node.rpo
    return Need(
        keep=node.keep.count if node.keep else None,
        rpo=None
        if rpo is None
        else timedelta(minutes=rpo.count)
        if isinstance(rpo, Minutes)
        else timedelta(days=rpo.count),
        other_region=bool(node.copy_to_other_region),
        other_account=bool(node.copy_to_other_account),
        air_gapped=bool(node.air_gapped),
        locked=bool(node.locked),
        immutable=bool(node.immutable),
        tested_within=timedelta(days=node.restore_tested_within.count) if node.restore_tested_within else None,
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges rules against a need, for one type in one shape; `account` is one of the shape's, to find vaults by."""

    model: ir.Model
    shape: ir.Shape
    row: ResourceType
    need: Need
    now: date

    @property
    def account(self) -> str:
        """An account of the shape."""
        return self.shape.accounts[0]

    @property
    def abilities(self) -> tuple[str, ...]:
        """What of the type the judgement hangs on: types that agree in it are judged alike."""
        return tuple(catalog.cell(self.row, column, self.shape.region) for column in _COLUMNS)

    def lacks(self, rule: ir.Rule) -> tuple[Lack, ...]:
        """Everything that a rule lacks; nothing for a good one."""
        return tuple(self._lacks(rule))

    def copy_lacks(self, copy: ir.Copy) -> tuple[Lack, ...]:
        """Everything that one copy of a rule lacks, whether the need asks for a copy or not."""
        return tuple(self._copy(copy))

    def _lacks(self, rule: ir.Rule) -> Iterator[Lack]:
        kept, place = rule.lifecycle.delete_after, rule.where.field("keep")
        if self.need.keep is not None and kept is not None and kept < self.need.keep:
            yield Lack(f"keeps recovery points for {_days(kept)}, not {_days(self.need.keep)}", place)
        yield from self._rpo(rule)
        yield from self._vault(self.shape.vault(rule.vault), rule.vault, rule.lifecycle, rule.where.field("into"))
        if self.need.other_region:
            yield from self._copied(rule, "another Region", lambda copy: copy.destination.region != self.shape.region)
        if self.need.other_account:
            yield from self._copied(rule, "another account", lambda copy: copy.destination.account != ir.ACCOUNT)
        if self.need.air_gapped and not self._air_gapped_target(rule):
            yield from self._copied(rule, "an air-gapped vault", self._is_air_gapped)
        if self.need.one_immutable and not self._air_gapped_target(rule):
            yield from self._one_immutable(rule)

    def _one_immutable(self, rule: ir.Rule) -> Iterator[Lack]:
        """That neither the recovery point nor a copy of it is where nobody can delete it before its time."""
        strict = replace(self, need=Need(keep=self.need.keep, immutable=True))
        place = rule.where.field("into")
        found = [tuple(strict._vault(self.shape.vault(rule.vault), rule.vault, rule.lifecycle, place))]
        found += [tuple(strict._copy(copy)) for copy in rule.copies]
        least = min(found, key=lambda lacks: (sum(one.sure for one in lacks), len(lacks)))
        if any(one.sure for one in least):
            yield Lack("keeps nothing in an air-gapped vault or one with a compliance lock", rule.where.span)
        else:
            yield from least

    def _rpo(self, rule: ir.Rule) -> Iterator[Lack]:
        if self.need.rpo is None:
            return
        if rule.continuous and self.need.rpo >= CONTINUOUS_RPO:
            cell = catalog.cell(self.row, "continuous", self.shape.region)
            if cell == "yes":
                return
            if cell == "unknown":
                said = f"backs up continuously, and AWS does not say whether {self.row.name} can"
                yield Lack(said, rule.where.field("continuous"), sure=False)
                return
        place, gap = rule.where.field("at"), _gap(rule, self.now)
        if gap is None:
            yield Lack("does not run on and on", place)
        elif gap + timedelta(minutes=rule.start_window) > self.need.rpo:
            most = gap + timedelta(minutes=rule.start_window)
            yield Lack(f"may leave {_span(most)} between two backups, not {_span(self.need.rpo)}", place)

    def _vault(self, vault: ir.Vault | None, name: str, lifecycle: Lifecycle, place: Span | None) -> Iterator[Lack]:
        """What is wrong with a vault that the proof relies on: the mode of its lock, or its band."""
        if vault is None:
            if self.need.locked or self.need.immutable:
                yield Lack(
                    f"relies on vault {name}, which no policy declares: whether it is locked is not known",
                    place,
                    sure=False,
                )
            return
        lock, kept = vault.lock, lifecycle.delete_after
        if self.need.immutable and (lock is None or lock.mode != "compliance"):
            yield Lack(f"relies on vault {name}, which is {_mode(lock)}", vault.where.field("lock"))
        elif self.need.locked and lock is None:
            yield Lack(f"relies on vault {name}, which has no lock", vault.where.span)
        if lock is None:
            return
        if lock.minimum is not None and kept is not None and kept < lock.minimum:
            yield Lack(
                f"keeps {_days(kept)} in vault {name}, whose lock asks for {_days(lock.minimum)}: every job fails",
                place,
            )
        if lock.maximum is not None and (kept is None or kept > lock.maximum):
            what = "for ever" if kept is None else _days(kept)
            yield Lack(f"keeps {what} in vault {name}, whose lock allows {_days(lock.maximum)}: every job fails", place)

    def _copied(self, rule: ir.Rule, whither: str, is_such: object) -> Iterator[Lack]:
        """What is missing of a copy of a kind: the lacks of the copy that lacks least."""
        assert callable(is_such)
        found = [tuple(self._copy(copy)) for copy in rule.copies if is_such(copy)]
        if not found:
            yield Lack(f"has no copy to {whither}", rule.where.field("copies"))
            return
        yield from min(found, key=lambda lacks: (sum(one.sure for one in lacks), len(lacks)))

    def _copy(self, copy: ir.Copy) -> Iterator[Lack]:
        name, place = copy.destination.name, copy.where.span
        cell = catalog.cell(self.row, self._cell(copy), self.shape.region)
        if cell != "yes":
            said = "cannot be copied" if cell == "no" else "may or may not be copied (AWS does not say)"
            yield Lack(f"copies to {name}, where {self.row.name} {said}", place, sure=cell == "no")
        kept = copy.lifecycle.delete_after
        if self.need.keep is not None and kept is not None and kept < self.need.keep:
            yield Lack(
                f"keeps its copy in {name} for {_days(kept)}, not {_days(self.need.keep)}", copy.where.field("keep")
            )
        gapped = self.model.air_gapped_at(copy.destination, self.account)
        vault = gapped.as_vault if gapped is not None else self.model.vault_at(copy.destination, self.account)
        yield from self._vault(vault, name, copy.lifecycle, place)

    def _cell(self, copy: ir.Copy) -> str:
        if self._is_air_gapped(copy):
            return "air_gap"
        return copy.column(self.shape.region)

    def _is_air_gapped(self, copy: ir.Copy) -> bool:
        return self.model.air_gapped_at(copy.destination, self.account) is not None

    def _air_gapped_target(self, rule: ir.Rule) -> bool:
        """Whether the rule itself backs up into an air-gapped vault, for a type that can."""
        return rule.air_gapped is not None and catalog.cell(self.row, "air_gap", self.shape.region) == "yes"


def _gap(rule: ir.Rule, now: date) -> timedelta | None:
    start = datetime.combine(now, time(), UTC)
    try:
        return cron.worst_gap(cron.parse(rule.schedule), rule.timezone, start)
    except (cron.CronError, ZoneInfoNotFoundError, ValueError):
        return None


def _mode(lock: ir.Lock | None) -> str:
    return "not locked" if lock is None else "locked in governance mode, which an administrator can lift"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _span(span: timedelta) -> str:
    hours, rest = divmod(int(span.total_seconds()), 3600)
    if hours > 96 and hours % 24 == 0 and not rest:
        return _days(hours // 24)
    return f"{hours} hours" if not rest else f"{hours} hours {rest // 60} minutes"
