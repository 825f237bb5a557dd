"""Dates of legal holds that AWS refuses, or that hold nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide


class RefusedHoldDates(Rule):
    """A legal hold is about a time that has been."""

    CODE = "AUD042"
    NAME = "refused-hold-dates"
    SEVERITY = "error"
    SUMMARY = "A legal hold whose dates are the wrong way round, or in the future"
    WHY = (
        "AWS permits no dates in the future; and between dates in the wrong order there is no recovery point. Either "
        "way nothing is held, and it is deleted when its time is over. To hold what is still to come, leave both "
        "dates out."
    )
    SOURCES = (api("DateRange"), guide("legalhold"))
    VALID = (
        'LegalHold("Case 4711", "Ordered by the court", vaults=[primary], since="2026-01-01", until="2026-06-30")',
    )
    INVALID = (
        'LegalHold("Case 4711", "Ordered by the court", vaults=[primary], since="2026-06-30", until="2026-01-01")',
        'LegalHold("Case 4711", "Ordered by the court", vaults=[primary], since="2026-01-01", until="2027-06-30")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Date ranges against themselves and against today."""
        today = context.now.isoformat()
        for site in context.legal_holds:
            since, until = site.hold.since, site.hold.until
            if since is None or until is None:
                continue
            if since > until:
                yield self.problem(
                    site,
                    "until",
                    f"legal hold `{site.hold.title}` begins on {since} and ends on {until}: it holds nothing",
                    label="before it begins",
                    help="exchange the two dates",
                    others=[(site.where.field("since"), f"begins on {since}")],
                )
            elif until > today:
                yield self.problem(
                    site,
                    "until",
                    f"legal hold `{site.hold.title}` is about recovery points until {until}, and AWS takes no date "
                    f"after today, {today}",
                    label="in the future",
                    help="leave both dates out to hold what is still to come, or end with a day that has been",
                )
