"""A retention that never leaves more than one recovery point."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.ir import Rule as Written
from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.reach import reach
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay.lint.words import days

_WEEK = 7  # what is kept for less, another rule speaks of


class SingleRecoveryPoint(Rule):
    """There should be a recovery point to fall back on."""

    CODE = "LIF023"
    NAME = "single-recovery-point"
    SEVERITY = "advice"
    SUMMARY = "Recovery points that are gone before the next but one is made"
    WHY = (
        "Most of the time there is exactly one. If the next job fails or is cut off, the last one runs out and nothing "
        "is left; and if what it holds is already damaged, there is no older one."
    )
    SOURCES = (guide("point-in-time-recovery-retention-period"), plain("one job may fail"))
    VALID = (
        'Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(14))',
        'Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(8),\n'
        "     copies=[Copy(to=central, keep=days(35))])",
    )
    INVALID = ('Rule("weekly", at=weekly("sun", "03:00"), into=primary, keep=days(8))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules that keep for less than two of their intervals, in plans where no rule does better."""
        for site in context.rules:
            gap, keep = interval(site.rule, context.start), site.rule.lifecycle.delete_after
            if gap is None or keep is None or not max(gap, _WEEK) <= keep < 2 * gap:
                continue
            if not any(_safe(other, context.start) for other in site.plan.rules):
                yield self.problem(
                    site,
                    "keep",
                    f"rule `{site.rule.name}` keeps for {days(keep)} and backs up every {gap:g} days: after one failed "
                    "job there is nothing left",
                    label=days(keep),
                    help=f"keep for two backups at least: `keep=days({2 * gap:.0f})`",
                    others=[(site.where.fields.get("at"), f"up to {gap:g} days apart")],
                )


def _safe(rule: Written, start: datetime.datetime) -> bool:
    """Whether a rule has two recovery points at all times, or a log of all that happened."""
    gap = interval(rule, start)
    return rule.continuous or (gap is not None and reach(rule) >= 2 * gap)
