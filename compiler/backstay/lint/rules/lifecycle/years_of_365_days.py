"""Years counted as 365 days."""

from __future__ import annotations

import math
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.kept import kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_YEAR = 365
_TRUE_YEAR = 365.25


class YearsOf365Days(Rule):
    """A year has more than 365 days, on average."""

    CODE = "LIF014"
    NAME = "years-of-365-days"
    SEVERITY = "advice"
    SUMMARY = "A retention in days that was meant in years, and is short of them"
    WHY = (
        "Seven years are 2557 days; 2555 end two days early. A rule that says “seven years” to the letter is broken "
        "by it, and a vault locked to 2555 days then forbids to repair it."
    )
    SOURCES = (guide("vault-lock"),)
    VALID = ('Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(7))',)
    INVALID = ('Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=days(2555))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Retentions that are a multiple of 365."""
        for one in kept(context):
            count = one.lifecycle.delete_after
            if count and count % _YEAR == 0 and "keep" in one.site.where.fields:
                number = count // _YEAR
                true = math.ceil(_TRUE_YEAR * number)
                years = "1 year" if number == 1 else f"{number} years"
                yield self.problem(
                    one.site,
                    "keep",
                    f"{one.name} keeps for {count} days, {true - count} short of {years}",
                    label=f"{years} can have {true} days",
                    help=f"write `years({number})`",
                    fix=mend.exact(
                        context, one.site.where.field("keep"), f"days({count})", f"years({number})", "years"
                    ),
                )
