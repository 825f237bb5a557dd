"""Restore tests that restore everything every day."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.gaps import DAY, gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay.lint.words import listed

_ALL = "*"


class DailyRestoreOfEverything(Rule):
    """A daily restore test takes a sample."""

    CODE = "CST004"
    NAME = "daily-restore-of-everything"
    SEVERITY = "advice"
    SUMMARY = "A restore test that restores all resources of a type every day, or more often"
    WHY = (
        "A run restores one recovery point of every resource of the type. Each restored database, volume and bucket is "
        "paid for, beside the restore itself; so are the requests of a bucket. A week without a test is rarely too "
        "long."
    )
    SOURCES = (guide("restore-testing"), guide("metering-and-billing"), plain("so many times so much"))
    VALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS"])',
        'RestoreTest("daily", at=daily("06:00"),\n'
        '    select=[RestoreSelect("gold", type="RDS", where=tag("backup") == "gold")])',
    )
    INVALID = ('RestoreTest("daily", at=daily("06:00"), types=["RDS", "EBS"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Tests at most a day apart with selections of everything."""
        for site in context.restore_tests:
            apart = gap(site.test.schedule, context.start)
            whole = [
                one.type
                for one in site.test.selections
                if not one.string_equals and not one.string_not_equals and set(one.resources) <= {_ALL}
            ]
            if whole and apart is not None and apart <= DAY:
                yield self.problem(
                    site,
                    "at",
                    f"restore test `{site.test.name}` restores every {listed(dict.fromkeys(whole), 'and every')} at "
                    "least once a day",
                    label="every day",
                    help="test weekly, or choose resources: `RestoreSelect(…, where=tag(…) == …)`",
                )
