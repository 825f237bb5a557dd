"""A schedule on a day that some months lack."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.words import plainly
from backstay_aws.cron import never_fires, skips_months


class SkippedShortMonths(Rule):
    """Not every month has a 29th, 30th and 31st."""

    CODE = "SCH008"
    NAME = "skipped-short-months"
    SEVERITY = "warning"
    SUMMARY = "A monthly schedule that skips months without its day"
    WHY = (
        "A rule on the 31st makes seven recovery points a year instead of twelve. Nothing fails in the other months; "
        "the point is simply not there when somebody needs it."
    )
    SOURCES = (guide("plan-options-and-configuration"), seen("lgallard/terraform-aws-backup issue 40"))
    VALID = (
        'Rule("monthly", at=monthly("last", "03:00"), into=primary, keep=years(1))',
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(1))',
    )
    INVALID = ('Rule("monthly", at=monthly(31, "03:00"), into=primary, keep=years(1))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules on days that some of their months lack."""
        for site, cron in scheduled(context.rules):
            months = skips_months(cron)
            if months and not never_fires(cron, context.start):
                names = plainly(month_name[month] for month in months)
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` makes no backup in {len(months)} of its {len(cron.months)} months",
                    label=f"skips {names}",
                    help='use the last day, `monthly("last", …)`, or the first',
                )
