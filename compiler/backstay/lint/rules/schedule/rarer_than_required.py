"""A requirement that allows less time between two backups than every schedule leaves."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from backstay.ir import Plan
from backstay.ir import Rule as Written
from backstay.lint.context import Context, readable
from backstay.lint.reach import reach
from backstay.lint.required import Promise, promises
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay.lint.spacing import DAY, longest
from backstay.lint.words import minutes

if TYPE_CHECKING:  # the vocabulary is not needed where there is no requirement
    from backstay.dsl.requirement import Require

_CONTINUOUS = 15  # minutes that continuous backup of S3, the slowest, is behind; point-in-time recovery page, 2026-11

_HEAD = 'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], plans=[Plan("gold",\n'
_TAIL = '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
_REQUIRE = 'promise = Require("gold", every=tag("backup") == "gold", under=ou("Workloads"), rpo=hours({}))'
_ALWAYS = '    rules=[Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True)],\n'
_DAILY = '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=hours(1))],\n'


class RarerThanRequired(Rule):
    """Some rule should be as frequent as the requirement says."""

    CODE = "SCH020"
    NAME = "rarer-than-required"
    SEVERITY = "warning"
    SUMMARY = "A requirement whose `rpo` is shorter than every rule of its accounts leaves between two backups"
    WHY = (
        "The promise cannot be kept by any resource, whatever plan selects it. Between two backups lies the longest "
        "time between two starts of the schedule, and the start window on top: a job may start at its beginning one "
        "day and at its end the next."
    )
    SOURCES = (guide("plan-options-and-configuration"), plain("the longest gap and the window add up"))
    VALID = (
        _HEAD + _DAILY + _TAIL + _REQUIRE.format(25),
        _HEAD + _ALWAYS + _TAIL + _REQUIRE.format(1),
    )
    INVALID = (_HEAD + _DAILY + _TAIL + _REQUIRE.format(24),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Requirements that no rule of a shape serves."""
        for promise in promises(context):
            allowed = _allowed(promise.requirement.node)
            rules = list(_able(promise))
            if allowed is not None and not any(_serves(rule, allowed, context.start) for _, rule in rules):
                yield from self._told(context, promise, allowed, rules)

    def _told(
        self, context: Context, promise: Promise, allowed: int, rules: Iterable[tuple[Plan, Written]]
    ) -> Iterator[Problem]:
        found = [(_at_worst(rule, context.start), plan, rule) for plan, rule in rules]
        known = [(worst, plan, rule) for worst, plan, rule in found if worst is not None]
        if not known:
            return
        worst, plan, rule = min(known, key=lambda one: one[0])
        site = promise.site(context, plan)
        if site is not None:
            yield self.problem(
                site,
                "rpo",
                f"requirement `{promise.requirement.name}` allows {minutes(allowed)} between two backups, but rule "
                f"`{rule.name}` of plan `{plan.name}`, the most frequent, leaves up to {minutes(worst)}",
                label=f"no rule does it in {minutes(allowed)}",
                help=f"give a rule a schedule and a `start_within` that together fit into {minutes(allowed)}",
                notes=[_sum(rule, worst)],
                others=[(rule.where.fields.get("at"), "the most frequent schedule")],
            )


def _allowed(node: Require) -> int | None:
    """The `rpo` in minutes."""
    if node.rpo is None:
        return None
    from backstay.dsl.duration import Days

    return node.rpo.count * DAY if isinstance(node.rpo, Days) else node.rpo.count


def _able(promise: Promise) -> Iterator[tuple[Plan, Written]]:
    """The rules that keep for as long as required; all of them if none does, which another rule says."""
    keep = promise.requirement.node.keep
    able = [one for one in promise.rules if keep is None or reach(one[1]) >= keep.count]
    yield from able or promise.rules


def _serves(rule: Written, allowed: int, start: datetime.datetime) -> bool:
    """Whether a rule may be frequent enough; one that AWS cannot read is taken to be."""
    worst = _at_worst(rule, start)
    return readable(rule) is None or (worst is not None and worst <= allowed)


def _at_worst(rule: Written, start: datetime.datetime) -> int | None:
    gap = longest(rule, start)
    if rule.continuous:
        return _CONTINUOUS
    return None if gap is None else gap + rule.start_window


def _sum(rule: Written, worst: int) -> str:
    """What the longest time between two backups of a rule is made of."""
    if rule.continuous:
        return f"continuous backup can be {minutes(worst)} behind"
    gap, window = minutes(worst - rule.start_window), minutes(rule.start_window)
    return f"{gap} between two starts, and {window} in which a job may start"
