"""Windows of restore tests that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RestoreTestSite, Site
from backstay.lint.source import api, guide
from backstay_aws.catalog import limit


class RestoreWindowOutOfRange(Rule):
    """The windows of a restore test have bounds."""

    CODE = "AUD014"
    NAME = "restore-window-out-of-range"
    SEVERITY = "error"
    SUMMARY = "A start window, look-back or validation window of a restore test outside what AWS takes"
    WHY = "AWS refuses the restore test, so nothing is tested: 1 to 168 hours to start, 1 to 365 days to look back."
    SOURCES = (api("RestoreTestingPlanForCreate"), api("RestoreTestingSelectionForCreate"), guide("aws-backup-limits"))
    VALID = ('RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"], look_back=days(365))',)
    INVALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"], look_back=days(366))',
        'RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"], start_within=hours(200))',
        'RestoreTest("weekly", at=weekly("sun", "06:00"),\n'
        '    select=[RestoreSelect("rds", type="RDS", validate_within=hours(240))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Windows by the catalogue's bounds."""
        for test in context.restore_tests:
            yield from self._plan(test)
        for site in context.restore_selections:
            hours, most = site.selection.validation_window, limit("restore_validation_window_hours")
            what = f"selection `{site.selection.name}` of restore test `{site.test.name}` keeps what it restored for"
            yield from self._judged(site, "validate_within", what, hours, 0, most, "hours")

    def _plan(self, site: RestoreTestSite) -> Iterator[Problem]:
        test = site.test
        hours, days = limit("restore_start_window_hours"), limit("restore_lookback_days")
        name = f"restore test `{test.name}`"
        yield from self._judged(site, "start_within", f"{name} starts within", test.start_window, 1, hours, "hours")
        yield from self._judged(site, "look_back", f"{name} looks back", test.look_back, 1, days, "days")

    def _judged(
        self, site: Site, field: str, what: str, count: int, least: int, most: int, unit: str
    ) -> Iterator[Problem]:
        if not least <= count <= most:
            yield self.problem(
                site,
                field,
                f"{what} {count} {unit}; AWS takes {least} to {most}",
                label=f"{count} {unit}",
                help=f"use `{unit}({most if count > most else least})`",
            )
