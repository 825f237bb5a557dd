"""A rule that copies what it makes every hour."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import minutes
from backstay_aws.catalog import limit
from backstay_aws.cron import Cron


class HourlyCopies(Rule):
    """A resource's jobs wait for one another."""

    CODE = "CPY015"
    NAME = "hourly-copies"
    SEVERITY = "advice"
    SUMMARY = "A rule that starts every hour and copies each of its recovery points"
    WHY = (
        "AWS works at one backup or copy of a resource at a time. The next hour's backup waits until the copies of "
        "the last one are made, and expires if they take longer than its start window: gaps appear where the data "
        "are largest."
    )
    SOURCES = (guide("aws-backup-limits"), guide("lag-vault-primary-backup"))
    VALID = (
        'Rule("four-hourly", at=hourly(0, every=4), into=primary, keep=days(14), copies=[Copy(to=remote)])',
        'Rule("hourly", at=hourly(0), into=primary, keep=days(14))',
    )
    INVALID = ('Rule("hourly", at=hourly(0), into=primary, keep=days(14), copies=[Copy(to=remote)])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with copies whose schedule fires in two hours on end."""
        for site, cron in scheduled(context.rules):
            count = len(site.rule.copies)
            if count and _hourly(cron):
                copies = "a copy" if count == 1 else f"{count} copies"
                window = minutes(site.rule.start_window)
                yield self.problem(
                    site,
                    "copies",
                    f"rule `{site.rule.name}` starts every hour and makes {copies} each time; "
                    f"AWS works at {limit('concurrent_jobs_per_resource')} job of a resource at a time",
                    label=f"{count + 1} jobs an hour for each resource",
                    help="copy from a rule that starts less often, beside this one",
                    notes=[f"a backup that has not started {window} after its time expires"],
                    others=[(site.rule.where.fields.get("at"), "every hour")],
                )


def _hourly(cron: Cron) -> bool:
    hours = cron.hours
    return any(later - earlier == 1 for earlier, later in pairwise(hours)) or {0, 23} <= set(hours)
