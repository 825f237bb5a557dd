"""A retention so short that incremental backups cannot build on one another."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days

_ADVISED = 7


class WarmForUnderAWeek(Rule):
    """AWS advises a week in warm storage."""

    CODE = "LIF016"
    NAME = "warm-for-under-a-week"
    SEVERITY = "advice"
    SUMMARY = "Recovery points that are kept for less than a week"
    WHY = (
        "Damage is often noticed after more than a few days, when the last good recovery point is gone. And with no "
        "older backup to build on, incremental types make full ones again."
    )
    SOURCES = (guide("plan-options-and-configuration"), guide("controls-and-remediation"))
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(7))',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(3))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules kept for less than a week, unless another rule of the plan keeps longer."""
        for site in context.rules:
            keep = site.rule.lifecycle.delete_after
            longest = max((rule.lifecycle.delete_after or 0 for rule in site.plan.rules), default=0)
            gap = interval(site.rule, context.start)
            if keep is not None and 1 <= keep < _ADVISED and longest == keep and (gap is None or keep >= gap):
                yield self.problem(
                    site,
                    "keep",
                    f"rule `{site.rule.name}` keeps for {days(keep)}, and nothing in its plan keeps longer",
                    label=days(keep),
                    help=f"keep for {_ADVISED} days or more",
                )
