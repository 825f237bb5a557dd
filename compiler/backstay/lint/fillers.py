"""What puts recovery points into vaults: rules of the same account and Region, and copies from anywhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from backstay.ir import ACCOUNT, Copy, Plan, Rule, Shape
from backstay.lint.context import Context
from backstay.lint.site import CopySite


@dataclass(frozen=True, slots=True)
class Filler:
    """A rule whose recovery points land in a vault, or (with `copy`) whose copies do."""

    plan: Plan
    rule: Rule
    copy: Copy | None = None

    @property
    def continuous(self) -> bool:
        """Whether it makes continuous recovery points; a copy of one is a snapshot."""
        return self.rule.continuous and self.copy is None


class Fillers:
    """Who fills which vault of which place; made once for a check."""

    def __init__(self, context: Context) -> None:
        self._copies: dict[tuple[str, str], list[CopySite]] = defaultdict(list)
        for site in context.copies:
            destination = site.copy.destination
            self._copies[destination.region, destination.name].append(site)

    def of(self, shape: Shape, vault: str) -> tuple[Filler, ...]:
        """The rules, then the copies, that fill the vault of that name in a place."""
        rules = [Filler(plan, rule) for plan in shape.plans for rule in plan.rules if vault in targets(rule)]
        copies = [Filler(one.plan, one.rule, one.copy) for one in self._into(shape, vault)]
        return (*rules, *copies)

    def _into(self, shape: Shape, vault: str) -> list[CopySite]:
        accounts = frozenset(shape.accounts)
        return [one for one in self._copies.get((shape.region, vault), ()) if not accounts.isdisjoint(_hosts(one))]


def targets(rule: Rule) -> tuple[str, ...]:
    """The vaults of its own place that a rule backs up into."""
    return (rule.vault,) if rule.air_gapped is None else (rule.vault, rule.air_gapped.name)


def _hosts(site: CopySite) -> tuple[str, ...]:
    """The accounts in which a copy lands."""
    host = site.copy.destination.account
    return site.accounts if host == ACCOUNT else (host,)
