"""A schedule that stops in a named year."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, plain
from backstay_aws.cron import never_fires

_FAR = 2100
_CRON = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html"


class EndingSchedule(Rule):
    """Backups should not end by themselves."""

    CODE = "SCH026"
    NAME = "ending-schedule"
    SEVERITY = "warning"
    SUMMARY = "A schedule that names the year after which it never fires again"
    WHY = (
        "After that year no job is made and none fails: no alarm tells that the resources have no backup any more. "
        "What was kept runs out with its retention, and then there is nothing."
    )
    SOURCES = (
        Source("Amazon EventBridge user guide, cron expressions", _CRON),
        plain("a year that is over does not come again"),
    )
    VALID = ('Rule("yearly", at=cron("0 3 1 1 ? *"), into=primary, keep=years(7))',)
    INVALID = ('Rule("yearly", at=cron("0 3 1 1 ? 2027-2029"), into=primary, keep=years(7))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules that still fire, but not for long."""
        for site, cron in scheduled(context.rules):
            if cron.years and cron.years[-1] < _FAR and not never_fires(cron, context.start):
                text = cron.part("year").text
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` makes no backup after {cron.years[-1]}",
                    label=f"the years `{text}`",
                    help="leave the year open: `*`",
                    span=context.within(site.where.field("at"), text),
                )
