"""A weekday by number, which everybody counts differently."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen

_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NUMBER = re.compile(r"(?<![#\w])([1-7])(?![0-9])")


class NumericWeekday(Rule):
    """AWS counts weekdays from Sunday = 1."""

    CODE = "SCH011"
    NAME = "numeric-weekday"
    SEVERITY = "warning"
    SUMMARY = "A weekday written as a number"
    WHY = (
        "AWS counts Sunday as 1, so 6 is Friday; Unix cron and most people count Saturday as 6. Even AWS's own sample "
        "takes it for Saturday. A weekly backup a day early lands inside the working week."
    )
    SOURCES = (guide("plan-options-and-configuration"), seen("the restore-testing template in aws-samples"))
    VALID = ('Rule("weekly", at=cron("0 7 ? * SAT *"), into=primary, keep=days(35))',)
    INVALID = ('Rule("weekly", at=cron("0 7 ? * 6 *"), into=primary, keep=days(35))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Digits for days in the day-of-week field (the digit after `#` is a count)."""
        for site, cron in scheduled(context.rules):
            part = cron.part("day-of-week")
            text = part.text
            named = _NUMBER.sub(lambda match: _NAMES[int(match[1]) - 1], text)
            if named != text:
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` names weekdays by number: `{text}` means `{named}` to AWS",
                    label="1 is Sunday",
                    help=f"write `{named}` if that is what is meant",
                    fix=mend.cron_field(context, site, part, named),
                )
