"""A completion window that is over before a job need have started."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.words import minutes

_SLACK = 60


class CompletionBeforeStart(Rule):
    """Jobs should have time to finish after the latest start."""

    CODE = "SCH016"
    NAME = "completion-before-start"
    SEVERITY = "warning"
    SUMMARY = "A completion window that leaves no time after the start window"
    WHY = (
        "A job that starts late is cancelled when the completion window ends. AWS's pages disagree on whether that "
        "window begins at the schedule or at the start; if at the schedule, a job may be cancelled before it begins."
    )
    SOURCES = (api("BackupRuleInput"), api("StartBackupJob"), seen("checks of lgallard/terraform-aws-backup"))
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        "     start_within=hours(2), complete_within=hours(8))",
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        "     start_within=hours(8), complete_within=hours(4))",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Completion windows shorter than the start window and an hour."""
        for site in context.rules:
            start, complete = site.rule.start_window, site.rule.completion_window
            if complete < start + _SLACK:
                yield self.problem(
                    site,
                    "complete_within",
                    f"rule `{site.rule.name}` may start for {minutes(start)} but must be complete "
                    f"within {minutes(complete)}",
                    label=minutes(complete),
                    help=f"give it at least {minutes(start + _SLACK)}",
                    others=[(site.where.fields.get("start_within"), f"may start for {minutes(start)}")],
                )
