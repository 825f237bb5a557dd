"""A schedule at a local time that the clock jumps over."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import lru_cache

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.cron import Cron, in_dst_gap, known_zone

_OFTEN = 12


class NonexistentLocalTime(Rule):
    """On one day of spring an hour of local time is missing."""

    CODE = "SCH009"
    NAME = "nonexistent-local-time"
    SEVERITY = "warning"
    SUMMARY = "A schedule inside the hour that daylight saving leaves out"
    WHY = (
        "When clocks go forward, a start inside the missing hour may be skipped. A daily backup at 02:30 in Berlin or "
        "New York then leaves a gap of 47 hours, so a promise of “at most a day” is broken once a year."
    )
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = (
        'Rule("daily", at=daily("03:30", tz="Europe/Berlin"), into=primary, keep=days(35))',
        'Rule("daily", at=daily("02:30"), into=primary, keep=days(35))',
    )
    INVALID = ('Rule("daily", at=daily("02:30", tz="Europe/Berlin"), into=primary, keep=days(35))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules that meet a gap within a year; those that fire hourly lose one start of many."""
        for site, cron in scheduled(context.rules):
            zone = site.rule.timezone
            missing = _missing(cron, zone, context.start)
            if missing:
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` starts at a time that {zone} does not have on {missing:%Y-%m-%d}",
                    label=f"{missing:%H:%M} is inside the hour that is left out",
                    help="move the start out of the hour, or say it in UTC",
                )


@lru_cache(maxsize=1024)
def _missing(cron: Cron, zone: str, start: datetime.datetime) -> datetime.datetime | None:
    if zone == "UTC" or len(cron.hours) > _OFTEN or not known_zone(zone):
        return None
    return next(iter(in_dst_gap(cron, zone, start, 1)), None)
