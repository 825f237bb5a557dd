"""A schedule without a next time."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay_aws.cron import never_fires


class NeverFiring(Rule):
    """A schedule should fire again some day."""

    CODE = "SCH007"
    NAME = "never-firing-cron"
    SEVERITY = "error"
    SUMMARY = "A schedule that never fires again"
    WHY = (
        "The expression is well formed, so AWS takes it, and then no backup is ever made: its day does not exist (30 "
        "February), or its years are over. No job fails, so no alarm tells."
    )
    SOURCES = (plain("the calendar has no such day, or the year is past"),)
    VALID = ('Rule("yearly", at=yearly("feb", "last", "03:00"), into=primary, keep=years(7))',)
    INVALID = (
        'Rule("yearly", at=cron("0 3 30 2 ? *"), into=primary, keep=years(7))',
        'Rule("once", at=cron("0 3 1 1 ? 2024"), into=primary, keep=years(7))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules without a time after today."""
        for site, cron in scheduled(context.rules):
            if never_fires(cron, context.start):
                past = bool(cron.years) and cron.years[-1] < context.now.year
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` never fires after {context.now}: no backup is ever made",
                    label=f"{cron.years[-1]} is past" if past else "no calendar has this day",
                    help="choose a day that exists" if not past else "leave the year open: `*`",
                )
