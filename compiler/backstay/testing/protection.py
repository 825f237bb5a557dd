"""What the policies do for one resource: the rules that back it up, and the plans that do not take it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from backstay.explain.resource import Refusal, Taken
from backstay.testing.points import instant
from backstay.testing.starts import starts

if TYPE_CHECKING:
    from backstay import ir
    from backstay.testing.resource import Resource


@dataclass(frozen=True)
class Serving:
    """A rule that backs a resource up: plan, rule and the selection that took it."""

    plan: ir.Plan
    rule: ir.Rule
    selection: ir.PlanSelection

    def __repr__(self) -> str:
        return f"{self.plan.name}/{self.rule.name}"


@dataclass(frozen=True)
class Protection:
    """What happens to a resource. `unsure`: plans that take it only if AWS reads an absent tag in one of two ways."""

    resource: Resource
    taken: tuple[Taken, ...]
    unsure: tuple[Taken, ...]
    refused: tuple[Refusal, ...]

    def __bool__(self) -> bool:
        return bool(self.taken)

    def __repr__(self) -> str:
        what = f"backed up by {', '.join(map(str, self.rules))}" if self else "in no plan"
        return f"<{self.resource}: {what}>"

    @property
    def protected(self) -> bool:
        """Whether any plan takes it for sure."""
        return bool(self)

    @property
    def plans(self) -> tuple[str, ...]:
        """The names of the plans that take it, sorted."""
        return tuple(sorted(one.plan.name for one in self.taken))

    @property
    def rules(self) -> tuple[Serving, ...]:
        """Every rule that backs it up, by plan in the order of the policy."""
        return tuple(Serving(one.plan, rule, one.selection) for one in self.taken for rule in one.plan.rules)

    @property
    def vaults(self) -> frozenset[str]:
        """The names of all vaults that its recovery points come to, those of copies too."""
        return frozenset(
            name for one in self.rules for name in (one.rule.vault, *(it.destination.name for it in one.rule.copies))
        )

    def next_runs(
        self, count: int = 3, after: str | date | datetime | None = None
    ) -> tuple[tuple[datetime, Serving], ...]:
        """The next starts of its rules (UTC), without those that AWS leaves out for a longer kept one.

        `after`: from when on; default: the beginning of the day that the policies are looked at.
        """
        since = instant(after) if after is not None else datetime.combine(self.resource.org.now, time(), UTC)
        found: list[tuple[datetime, Serving]] = []
        for days in (8, 64, 800):
            found = self._runs(since, since + timedelta(days=days))
            if len(found) >= count:
                break
        return tuple(found[:count])

    def _runs(self, since: datetime, until: datetime) -> list[tuple[datetime, Serving]]:
        made = {one.plan.name: starts(one.plan, since, until) for one in self.taken}
        runs = [(start, one) for one in self.rules for start in made[one.plan.name][one.rule.name]]
        return sorted(runs, key=lambda run: (run[0], str(run[1])))
