"""A schedule that fires more often than AWS Backup allows."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.cron import per_hour_max


class MoreThanHourly(Rule):
    """One start an hour is the most."""

    CODE = "SCH004"
    NAME = "more-than-hourly"
    SEVERITY = "error"
    SUMMARY = "A schedule that starts more than once an hour"
    WHY = (
        "An hour is the shortest interval between two backups of a rule; AWS refuses the plan otherwise. What must be "
        "restorable to within minutes needs continuous backup instead."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = ('Rule("hourly", at=hourly(15), into=primary, keep=days(7), start_within=hours(1))',)
    INVALID = ('Rule("often", at=cron("0/15 * ? * * *"), into=primary, keep=days(7), start_within=hours(1))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules with several minutes."""
        for site, cron in scheduled(context.rules):
            times = per_hour_max(cron)
            if times > 1:
                minutes = cron.part("minutes").text
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` starts {times} times an hour; AWS Backup allows once",
                    label=f"minutes `{minutes}`",
                    help="name one minute, or use `continuous=True` where seconds count",
                )
