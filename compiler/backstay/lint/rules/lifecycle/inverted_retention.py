"""Rare backups that are kept for less time than frequent ones."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import days

_CLEARLY = 2.0


class InvertedRetention(Rule):
    """The rarer, the longer."""

    CODE = "LIF013"
    NAME = "inverted-retention"
    SEVERITY = "warning"
    SUMMARY = "A monthly rule kept shorter than a daily one"
    WHY = (
        "Rare backups exist to reach further back than frequent ones. If they are deleted earlier they add nothing: "
        "whatever they hold can be restored from the frequent ones too. Two numbers were probably exchanged."
    )
    SOURCES = (plain("grandfather, father and son keep longer the rarer they are"),)
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35)),\n'
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=years(1))',
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=years(1)),\n'
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=days(35))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Pairs of rules of one plan, told once for the rarer one."""
        for site in context.rules:
            mine, keep = interval(site.rule, context.start), site.rule.lifecycle.delete_after
            if mine is None or keep is None:
                continue
            for other in site.plan.rules:
                gap, longer = interval(other, context.start), other.lifecycle.delete_after
                if gap is not None and mine >= _CLEARLY * gap and (longer is None or longer > keep):
                    yield self.problem(
                        site,
                        "keep",
                        f"rule `{site.rule.name}` runs more rarely than `{other.name}` but keeps for {days(keep)} "
                        f"where `{other.name}` keeps {'for ' if longer else ''}{days(longer)}",
                        label=days(keep),
                        help="exchange the two retentions, or drop the rarer rule"
                        if longer
                        else f"give `{other.name}` a `keep=`, or drop the rarer rule",
                        others=[(other.where.field("keep"), days(longer))],
                    )
                    break
