"""A waiver whose end nobody will see."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain

_LONGEST = 366  # days
_POLICY = (
    'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into=primary)],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])],\n'
    '    waivers=[Waiver("kept-forever", on="p/gold/daily", owner="ops", reason="legal", expires="{0}")])'
)


class LongWaiver(Rule):
    """Exceptions are looked at again."""

    CODE = "GEN028"
    NAME = "long-waiver"
    SEVERITY = "advice"
    SUMMARY = "A waiver that lasts for more than a year from now"
    WHY = (
        "The end of a waiver is there to have somebody look at it again, while its owner still knows why. After some "
        "years nobody does, and the exception has become the rule."
    )
    SOURCES = (plain("an exception without an end is a rule"),)
    VALID = (_POLICY.format("2027-11-22"),)
    INVALID = (_POLICY.format("2099-12-31"),)
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Waivers whose last day is far away; those that other rules say to remove need no other day."""
        last = context.now + datetime.timedelta(days=_LONGEST)
        for site in context.silence.waivers:
            waiver = site.waiver
            idle = waiver.rule in context.silence.ran and not site.used
            if waiver.expires > last.isoformat() and waiver.rule in context.silence.known and not idle:
                yield self.problem(
                    site,
                    "expires",
                    f"the waiver of `{waiver.rule}` on `{waiver.on}` lasts until {waiver.expires}",
                    label="more than a year",
                    help=f"set a day until {last.isoformat()}, and look at it again then",
                )
