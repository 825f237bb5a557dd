"""`L` in the day of week, where people mean the last day of the month."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source

_CRON = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html"


class LastDayOfWeek(Rule):
    """The last day of a week is Saturday."""

    CODE = "SCH024"
    NAME = "last-day-of-week"
    SEVERITY = "warning"
    SUMMARY = "A schedule on `L` in the day of week, which is every Saturday"
    WHY = (
        "`L` means the last day of the month in one field, and the last day of the week in the next one. A rule that "
        "was meant for the end of the month then runs every Saturday, and what was to be kept for years is made and "
        "billed four times as often."
    )
    SOURCES = (Source("Amazon EventBridge user guide, cron expressions", _CRON),)
    VALID = (
        'Rule("monthly", at=cron("0 3 L * ? *"), into=primary, keep=years(1))',
        'Rule("weekly", at=cron("0 3 ? * SAT *"), into=primary, keep=days(90))',
    )
    INVALID = ('Rule("monthly", at=cron("0 3 ? * L *"), into=primary, keep=years(1))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules whose day of week is `L` alone."""
        for site, cron in scheduled(context.rules):
            if cron.part("day-of-week").text.upper() == "L":
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` runs on the last day of every week, Saturday, not of the month",
                    label="`L` stands in the day of week",
                    help='write `SAT`, or `monthly("last", …)` if the last day of the month is meant',
                )
