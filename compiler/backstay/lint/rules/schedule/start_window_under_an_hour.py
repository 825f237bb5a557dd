"""A start window that AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api
from backstay.lint.words import minutes
from backstay_aws.catalog import limit


class StartWindowUnderAnHour(Rule):
    """A job must have an hour in which to start."""

    CODE = "SCH015"
    NAME = "start-window-under-an-hour"
    SEVERITY = "error"
    SUMMARY = "A start window of less than an hour"
    WHY = "AWS refuses a start window under 60 minutes, and the plan with it."
    SOURCES = (api("BackupRuleInput"),)
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=hours(1))',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=minutes(30))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Windows below the minimum."""
        least = limit("start_window_minutes_min")
        for site in context.rules:
            if site.rule.start_window < least:
                yield self.problem(
                    site,
                    "start_within",
                    f"rule `{site.rule.name}` must start within {minutes(site.rule.start_window)}; "
                    f"AWS takes no less than {least} minutes",
                    label=f"at least {least} minutes",
                    help=f"write `start_within=minutes({least})` or more",
                )
