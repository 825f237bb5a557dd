"""A window that somebody wrote in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import Source, guide
from backstay.lint.words import minutes

_HOUR = 3600
_LONG = 20_160  # two weeks: nobody waits that long for a backup to start or end


class WindowInSeconds(Rule):
    """Windows are minutes; numbers such as 28800 are seconds."""

    CODE = "SCH017"
    NAME = "window-in-seconds"
    SEVERITY = "warning"
    SUMMARY = "A window whose number of minutes is a round number of seconds"
    WHY = (
        "AWS counts windows in minutes. 604800 is a week in seconds and 420 days in minutes: a job that hangs is then "
        "not cancelled for more than a year, and blocks all later backups of its resource. AWS's own sample has it."
    )
    SOURCES = (
        Source("AWS Organizations user guide, backup policy syntax, example"),
        guide("plan-options-and-configuration"),
    )
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=minutes(480))',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), complete_within=minutes(604800))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Very long windows that are whole hours if read as seconds, unless they were written in hours."""
        for site in context.rules:
            rule = site.rule
            for field, count in (("start_within", rule.start_window), ("complete_within", rule.completion_window)):
                if count > _LONG and count % _HOUR == 0 and not _in_hours(context, site, field):
                    yield self.problem(
                        site,
                        field,
                        f"rule `{rule.name}` has a window of {count} minutes, which is {minutes(count)}",
                        label=f"as seconds it would be {minutes(count // 60)}",
                        help=f"write `{field}=hours({count // _HOUR})` if seconds were meant",
                    )


def _in_hours(context: Context, site: RuleSite, field: str) -> bool:
    return (context.written(site.where.fields.get(field)) or "").startswith("hours(")
