"""Backups of every hour that are kept for years."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.gaps import DAY, gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain, seen
from backstay.lint.words import days

_OFTEN = DAY / 4
_YEAR = 366


class HourlyKeptForYears(Rule):
    """The more frequent, the shorter."""

    CODE = "CST017"
    NAME = "hourly-kept-for-years"
    SEVERITY = "warning"
    SUMMARY = "A rule that runs every six hours or more often, and keeps for a year or longer"
    WHY = (
        "Thousands of recovery points of every resource, of which nobody ever asks for one hour of last year. Each "
        "holds what changed since the one before, and vaults take a million in all."
    )
    SOURCES = (
        seen("hourly backups kept for 1095 days in the health-care sample of landing-zone-accelerator-on-aws"),
        plain("hours of last year look all alike"),
    )
    VALID = ('Rule("hourly", at=hourly(15), into=primary, keep=days(7))',)
    INVALID = ('Rule("hourly", at=hourly(15), into=primary, keep=years(3))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Frequent rules with a long retention."""
        for site in context.rules:
            keep, apart = site.rule.lifecycle.delete_after, gap(site.rule.schedule, context.start)
            if site.rule.continuous or keep is None or apart is None or keep < _YEAR or apart > _OFTEN:
                continue
            count = round(keep * DAY / apart)
            yield self.problem(
                site,
                "keep",
                f"rule `{site.rule.name}` runs {demands.every(apart)} and keeps for "
                f"{days(keep)}: {count:,} recovery points of each resource",
                label=days(keep),
                help="keep these for days, and add a daily and a monthly rule for longer",
                others=[(site.where.fields.get("at"), demands.every(apart))],
            )
