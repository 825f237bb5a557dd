"""A start window longer than the time to the rule's next start."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.spacing import shortest
from backstay.lint.words import every, minutes


class WindowOverInterval(Rule):
    """A job should have started before the next one is due."""

    CODE = "SCH018"
    NAME = "window-over-interval"
    SEVERITY = "warning"
    SUMMARY = "A start window that reaches past the rule's next start"
    WHY = (
        "A resource has one job at a time. If a job may still wait when the next is due, the later one queues behind "
        "it or runs out of its own window: backups are fewer than the schedule says. Without `start_within=` the "
        "window is eight hours."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = ('Rule("hourly", at=hourly(), into=primary, keep=days(7), start_within=hours(1))',)
    INVALID = ('Rule("hourly", at=hourly(), into=primary, keep=days(7))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules whose shortest interval is shorter than their window."""
        for site, cron in scheduled(context.rules):
            gap = shortest(site.rule, context.start)
            if gap is not None and len(cron.minutes) == 1 and site.rule.start_window > gap:
                yield self.problem(
                    site,
                    "start_within" if "start_within" in site.where.fields else "at",
                    f"rule `{site.rule.name}` starts {every(gap)}, but each job may wait "
                    f"{minutes(site.rule.start_window)} for its start",
                    label=f"the window is {minutes(site.rule.start_window)}",
                    help=f"set `start_within=` to at most {minutes(gap)}",
                )
