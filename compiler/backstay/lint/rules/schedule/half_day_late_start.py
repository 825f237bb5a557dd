"""A step in the hours that never comes to its second step."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class HalfDayLateStart(Rule):
    """Steps are counted within one day."""

    CODE = "SCH006"
    NAME = "half-day-late-start"
    SEVERITY = "warning"
    SUMMARY = "A step in the hours that begins so late that it fires once a day"
    WHY = (
        "A schedule is evaluated within one calendar day. “Every 12 hours from 13:00” does not reach 01:00 of the "
        "next day: it fires at 13:00 only, and half of the recovery points that somebody counts on do not exist."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = ('Rule("twice", at=cron("0 1/12 ? * * *"), into=primary, keep=days(35))',)
    INVALID = ('Rule("twice", at=cron("0 13/12 ? * * *"), into=primary, keep=days(35))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Hours such as `13/12` that name one hour."""
        for site, cron in scheduled(context.rules):
            first, slash, step = cron.part("hours").text.partition("/")
            if slash and step.isdigit() and 1 < int(step) < 24 and len(cron.hours) == 1:
                hour = cron.hours[0]
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` reads like every {step} hours, but fires once a day, at {hour}:00",
                    label=f"`{first}/{step}`: {hour} + {step} is past midnight",
                    help=f"start before {24 - int(step)}:00: `{hour % int(step)}/{step}`",
                    span=context.within(site.where.field("at"), f"{first}/{step}"),
                )
