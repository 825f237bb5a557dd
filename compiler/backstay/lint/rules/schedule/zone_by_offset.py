"""A time zone by its distance from UTC, which reads the wrong way round or has no summer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source
from backstay_aws.cron import known_zone

_OFFSET = re.compile(r"Etc/GMT([+-])([1-9][0-9]?)")
_FIXED = ("EST", "HST", "MST")


class ZoneByOffset(Rule):
    """Cities have time zones; offsets only have a sign."""

    CODE = "SCH030"
    NAME = "zone-by-offset"
    SEVERITY = "advice"
    SUMMARY = "A time zone that is named by an offset or by an abbreviation"
    WHY = (
        "In the IANA database `Etc/GMT+5` is five hours behind UTC, where everybody else writes `UTC-5`: read the "
        "usual way round, a nightly backup starts ten hours off, in the working day. Abbreviations such as `EST` have "
        "no daylight saving, so for half of the year they are an hour off."
    )
    SOURCES = (Source("IANA time zone database, files `etcetera` and `northamerica`"),)
    VALID = (
        'Rule("daily", at=daily("03:30", tz="America/New_York"), into=primary, keep=days(35))',
        'Rule("daily", at=daily("03:30"), into=primary, keep=days(35))',
    )
    INVALID = (
        'Rule("daily", at=daily("03:30", tz="Etc/GMT+5"), into=primary, keep=days(35))',
        'Rule("daily", at=daily("03:30", tz="EST"), into=primary, keep=days(35))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Zones with a sign, and abbreviations without a summer."""
        for site in context.rules:
            zone = site.rule.timezone
            meaning = _meaning(zone)
            if meaning and known_zone(zone):
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` starts by the clock of `{zone}`, which {meaning}",
                    label="the same offset all year",
                    help="name a city, such as `America/New_York`, or say the time in UTC",
                    span=context.within(site.where.field("at"), zone),
                )


def _meaning(zone: str) -> str:
    if zone in _FIXED:
        return "has no daylight saving"
    found = _OFFSET.fullmatch(zone)
    if found is None:
        return ""
    hours = f"{found[2]} hour{'s' if found[2] != '1' else ''}"
    return f"is {hours} {'behind' if found[1] == '+' else 'ahead of'} UTC"
