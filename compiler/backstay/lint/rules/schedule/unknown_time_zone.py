"""A time zone that no database has."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from zoneinfo import available_timezones

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api
from backstay_aws.cron import known_zone


class UnknownTimeZone(Rule):
    """Time zones have the names of the IANA database."""

    CODE = "SCH010"
    NAME = "unknown-time-zone"
    SEVERITY = "error"
    SUMMARY = "A time zone that the IANA database does not have"
    WHY = "AWS refuses the plan, so nothing in it is backed up."
    SOURCES = (api("BackupRuleInput"),)
    VALID = ('Rule("daily", at=daily("04:00", tz="Europe/Berlin"), into=primary, keep=days(35))',)
    INVALID = ('Rule("daily", at=daily("04:00", tz="Europe/Berlim"), into=primary, keep=days(35))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules whose zone is not known."""
        for site in context.rules:
            zone = site.rule.timezone
            if not known_zone(zone):
                close = difflib.get_close_matches(zone, available_timezones(), 1, 0.7)
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` is scheduled in `{zone}`, which is no time zone",
                    label="not in the IANA database",
                    help=f"did you mean `{close[0]}`?" if close else "use a name such as `Europe/Berlin` or `UTC`",
                    span=context.within(site.where.field("at"), zone),
                    fix=mend.respelt(context, site.where.field("at"), zone, available_timezones()),
                )
