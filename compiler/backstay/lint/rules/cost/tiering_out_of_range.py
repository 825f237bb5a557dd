"""Tiering after a time that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import days
from backstay_aws.catalog import limit


class TieringOutOfRange(Rule):
    """Tiering begins after sixty days."""

    CODE = "CST008"
    NAME = "tiering-out-of-range"
    SEVERITY = "error"
    SUMMARY = "A tiering configuration with an age outside 60 to 36500 days"
    WHY = "AWS refuses the configuration, so nothing ever moves to the cheaper tier."
    SOURCES = (api("ResourceSelection"), guide("backup-tiering"))
    VALID = ('Tiering("warm", vault=primary, after=days(60))',)
    INVALID = ('Tiering("warm", vault=primary, after=days(30))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Ages by the catalogue's bounds."""
        least, most = limit("tiering_days_min"), limit("tiering_days_max")
        for site in context.tiering:
            for count in dict.fromkeys(row.after for row in site.tiering.resources):
                if not least <= count <= most:
                    yield self.problem(
                        site,
                        "after",
                        f"tiering `{site.tiering.name}` begins after {days(count)}; AWS takes {least} to {most}",
                        label=days(count),
                        help=f"write `after=days({least if count < least else most})`",
                    )
