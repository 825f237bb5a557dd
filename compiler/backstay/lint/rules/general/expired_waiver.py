"""A waiver whose day is over."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class ExpiredWaiver(Rule):
    """Exceptions end."""

    CODE = "GEN014"
    NAME = "expired-waiver"
    SEVERITY = "error"
    SUMMARY = "A waiver whose last day has passed"
    WHY = (
        "It silences nothing any more, and somebody promised to have repaired the matter by then. The owner either "
        "removes it or decides anew."
    )
    SOURCES = (plain("an exception without an end is a rule"),)
    VALID = ()
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary)],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])],\n'
        '    waivers=[Waiver("kept-forever", on="p/gold/daily", owner="ops", reason="legal", expires="2025-12-31")])',
    )
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Waivers over their date."""
        for site in context.silence.waivers:
            waiver = site.waiver
            if waiver.expires < context.now.isoformat():
                yield self.problem(
                    site,
                    "expires",
                    f"the waiver of `{waiver.rule}` on `{waiver.on}` ended on {waiver.expires}",
                    label="over",
                    help=f"ask {waiver.owner}: repair the matter and remove the waiver, or set a new date",
                    notes=[f"its reason was: {waiver.reason}"],
                )
