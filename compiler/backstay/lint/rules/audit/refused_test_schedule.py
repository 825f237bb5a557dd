"""Schedules of restore tests that AWS cannot read, or that never come."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from zoneinfo import available_timezones

from backstay.lint.context import Context, reading
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RestoreTestSite
from backstay.lint.source import api, guide
from backstay_aws.cron import Cron, CronError, known_zone, never_fires


class RefusedTestSchedule(Rule):
    """A restore test starts some day."""

    CODE = "AUD036"
    NAME = "refused-test-schedule"
    SEVERITY = "error"
    SUMMARY = "A restore test with a schedule or time zone that AWS refuses, or that never comes"
    WHY = "AWS refuses the restore test; or takes it, if its day is one that never comes. Nothing is ever tested."
    SOURCES = (api("RestoreTestingPlanForCreate"), guide("restore-testing"))
    VALID = ('RestoreTest("weekly", at=weekly("sun", "06:00", tz="Europe/Berlin"), types=["RDS"])',)
    INVALID = (
        'RestoreTest("weekly", at=cron("0 6 * * SUN"), types=["RDS"])',
        'RestoreTest("yearly", at=cron("0 6 30 2 ? *"), types=["RDS"])',
        'RestoreTest("weekly", at=weekly("sun", "06:00", tz="Europe/Berlim"), types=["RDS"])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules and zones of restore tests."""
        for site in context.restore_tests:
            name, cron = f"restore test `{site.test.name}`", reading(site.test.schedule)
            if isinstance(cron, CronError):
                message = f"{name} has the schedule `{site.test.schedule}`, which AWS refuses"
                help_ = 'write six fields, one day field `?`, or use a word: `weekly("sun", "06:00")`'
                yield self.problem(site, "at", message, label=cron.message, help=help_)
            elif isinstance(cron, Cron) and never_fires(cron, context.start):
                message = f"{name} never starts after {context.now}: nothing is ever tested"
                yield self.problem(site, "at", message, label="never comes", help="choose a day that exists")
            if not known_zone(site.test.timezone):
                yield self._zone(context, site)

    def _zone(self, context: Context, site: RestoreTestSite) -> Problem:
        zone = site.test.timezone
        close = difflib.get_close_matches(zone, available_timezones(), 1, 0.7)
        return self.problem(
            site,
            "at",
            f"restore test `{site.test.name}` is scheduled in `{zone}`, which is no time zone",
            label="not in the IANA database",
            help=f"did you mean `{close[0]}`?" if close else "use a name such as `Europe/Berlin` or `UTC`",
            span=context.within(site.where.field("at"), zone),
        )
