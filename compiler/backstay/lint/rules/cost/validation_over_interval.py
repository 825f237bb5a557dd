"""Restored copies that are still there when the next ones come."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.gaps import gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay_aws.catalog import limit

_TEST = (
    'RestoreTest("daily", at=daily("06:00"), select=[RestoreSelect("gold", type="RDS",\n'
    '    where=tag("backup") == "gold", validate_within=hours({hours}))])'
)


class ValidationOverInterval(Rule):
    """What a test restored is gone before the next test."""

    CODE = "CST005"
    NAME = "validation-over-interval"
    SEVERITY = "advice"
    SUMMARY = "A restore test that keeps what it restored until its next run, or beyond"
    WHY = (
        "There is a restored copy of every tested resource at every hour of the year, and beyond the interval two: "
        "twice the databases, paid for like the first. A validation that reports its result ends the window early."
    )
    SOURCES = (guide("restore-testing-validation"), api("RestoreTestingSelectionForCreate"))
    VALID = (_TEST.format(hours=4),)
    INVALID = (_TEST.format(hours=48),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Validation windows against the gap between two runs."""
        for site in context.restore_selections:
            hours, apart = site.selection.validation_window, gap(site.test.schedule, context.start)
            if apart is not None and max(apart, 1) <= hours <= limit("restore_validation_window_hours"):
                yield self.problem(
                    site,
                    "validate_within",
                    f"selection `{site.selection.name}` keeps what it restored for {demands.hours(hours)}, and restore "
                    f"test `{site.test.name}` runs {demands.every(apart)}",
                    label=demands.hours(hours),
                    help=f"validate within less than {demands.hours(apart)}, or test more rarely",
                    others=[(site.test.where.field("at"), demands.every(apart))],
                )
