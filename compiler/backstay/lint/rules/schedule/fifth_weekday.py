"""A schedule on a weekday of which most months have four."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, plain
from backstay_aws.cron import Cron
from backstay_aws.cron_days import NthOfWeekday, days_in

_FIFTH = 5
_YEAR = 12
_CRON = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html"


class FifthWeekday(Rule):
    """Two months of three have no fifth Friday."""

    CODE = "SCH022"
    NAME = "fifth-weekday"
    SEVERITY = "warning"
    SUMMARY = "A schedule on the fifth weekday, which most months lack"
    WHY = (
        "A month has a fifth Friday four or five times a year. In the other months no job is made and none fails, so "
        "a rule that reads like the end of the month leaves gaps of a quarter."
    )
    SOURCES = (
        Source("Amazon EventBridge user guide, cron expressions", _CRON),
        plain("28 days are four weeks"),
    )
    VALID = (
        'Rule("monthly", at=cron("0 3 ? * FRI#4 *"), into=primary, keep=years(1))',
        'Rule("monthly", at=monthly("last", "03:00"), into=primary, keep=years(1))',
    )
    INVALID = ('Rule("monthly", at=cron("0 3 ? * FRI#5 *"), into=primary, keep=years(1))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Days of week with `#5`."""
        for site, cron in scheduled(context.rules):
            if isinstance(cron.days, NthOfWeekday) and cron.days.nth == _FIFTH:
                text = cron.part("day-of-week").text
                lacking, of = _lacking(cron, context.now)
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` makes no backup in {lacking} of its next {of} months: "
                    "they have that weekday only four times",
                    label="the fifth of the month",
                    help=f"name the fourth, which every month has: `{text.replace('#5', '#4')}`",
                    span=context.within(site.where.field("at"), text),
                )


def _lacking(cron: Cron, now: datetime.date) -> tuple[int, int]:
    """How many of the schedule's months within a year lack the day, and how many there are."""
    ahead = [divmod(now.month + number, _YEAR) for number in range(_YEAR)]
    months = [(now.year + years, month + 1) for years, month in ahead if month + 1 in cron.months]
    return sum(not days_in(cron.days, *month) for month in months), len(months)
