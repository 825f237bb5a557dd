"""A completion window in which several later backups are due."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide
from backstay.lint.spacing import DAY, shortest
from backstay.lint.words import every, minutes
from backstay_aws.catalog import limit

_SLACK = 60  # minutes: of so much after the start window another rule speaks, and a day may be an hour shorter
_HOUR = 60  # minutes: the shortest start window, and so much longer is the shortest completion window
_LONG, _SECONDS = 20_160, 3600  # minutes, and the seconds of an hour


class CompletionOverInterval(Rule):
    """A job that hangs should be cancelled before it costs many backups."""

    CODE = "SCH028"
    NAME = "completion-over-interval"
    SEVERITY = "advice"
    SUMMARY = "A completion window that reaches past the rule's next start"
    WHY = (
        "A resource has one job at a time. A job that hangs is cancelled only when its completion window ends; until "
        "then every later backup of the resource waits, and is not made at all when its own start window is over. "
        "Without `complete_within=` the window is seven days: of an hourly rule that can be 168 backups."
    )
    SOURCES = (guide("plan-options-and-configuration"), guide("aws-backup-limits"))
    VALID = (
        'Rule("often", at=hourly(every=6), into=primary, keep=days(7), start_within=hours(1),\n'
        "     complete_within=hours(5))",
        'Rule("hourly", at=hourly(), into=primary, keep=days(7), start_within=hours(1), complete_within=hours(2))',
        'Rule("often", at=cron("0/15 * ? * * *"), into=primary, keep=days(7), start_within=hours(1))',
    )
    INVALID = (
        'Rule("hourly", at=hourly(), into=primary, keep=days(7))',
        'Rule("often", at=hourly(every=6), into=primary, keep=days(7), start_within=hours(1))',
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(7), complete_within=hours(72))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Windows over the shortest interval; AWS's own week only if the rule runs more than once a day."""
        for site in context.rules:
            gap, window = shortest(site.rule, context.start), site.rule.completion_window
            chosen = window != limit("completion_window_minutes_default")
            if gap is None or gap < _HOUR or site.rule.continuous or not (chosen or gap < DAY - _SLACK):
                continue  # of rules that start more than once an hour another rule speaks
            if window > max(gap, site.rule.start_window + _SLACK) and not _in_seconds(window):
                yield self._told(site, gap, window)

    def _told(self, site: RuleSite, gap: int, window: int) -> Problem:
        written = "complete_within" in site.where.fields
        start = min(site.rule.start_window, max(gap - _HOUR, _HOUR))
        shorter = f"`start_within=` to at most {minutes(start)} and " if start < site.rule.start_window else ""
        return self.problem(
            site,
            "complete_within" if written else "at",
            f"rule `{site.rule.name}` starts {every(gap)}, but a job that hangs is cancelled only after "
            f"{minutes(window)}",
            label=minutes(window) if written else f"the completion window is {minutes(window)}",
            help=f"set {shorter}`complete_within=` to at most {minutes(max(gap, start + _HOUR))}",
        )


def _in_seconds(window: int) -> bool:
    """Whether the window is of a kind that another rule takes for seconds."""
    return window > _LONG and window % _SECONDS == 0
