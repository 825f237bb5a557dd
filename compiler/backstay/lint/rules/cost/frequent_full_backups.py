"""Backups several times a day of what is copied whole each time."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import unable
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.gaps import DAY, gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay.lint.words import days, listed

_MANY = 50
_OFTEN = 'Rule("often", at=hourly(0, every=4), into=primary, keep=days({keep}))'
_TABLES = 'Select("tables", where=resource_type("DynamoDB"))'


class FrequentFullBackups(Rule):
    """What cannot be backed up incrementally is not backed up every hour."""

    CODE = "CST002"
    NAME = "frequent-full-backups"
    SEVERITY = "advice"
    SUMMARY = "Backups several times a day of types whose backups are full each time, kept for long"
    WHY = (
        "Each recovery point of these types is as large as the resource. Six a day, kept for five weeks, are more than "
        "two hundred times the data, copies not counted."
    )
    SOURCES = (guide("feature-availability"), guide("metering-and-billing"), plain("so many times so much"))
    VALID = (
        policy(rules=_OFTEN.format(keep=7), select=_TABLES),
        policy(rules=_OFTEN.format(keep=35), select='Select("volumes", where=resource_type("EBS"))'),
    )
    INVALID = (policy(rules=_OFTEN.format(keep=35), select=_TABLES),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules that start more than daily, of plans that name types without incremental backups."""
        for site in context.rules:
            keep, apart = site.rule.lifecycle.delete_after, gap(site.rule.schedule, context.start)
            whole = unable(site.plan, "incremental", site.shape.region)
            if site.rule.continuous or not whole or keep is None or apart is None or apart >= DAY:
                continue
            count = round(keep * DAY / apart)
            if count >= _MANY:
                yield self.problem(
                    site,
                    "keep",
                    f"rule `{site.rule.name}` keeps {count} full backups of {listed(whole)} at a time",
                    label=f"{days(keep)} of them",
                    help="keep these for a few days and add a daily rule for longer, or back up continuously",
                    others=[(site.where.fields.get("at"), "several a day")],
                )
