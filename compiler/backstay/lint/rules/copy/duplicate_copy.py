"""Two copies to one vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class DuplicateCopy(Rule):
    """One copy a destination."""

    CODE = "CPY024"
    NAME = "duplicate-copy"
    SEVERITY = "warning"
    SUMMARY = "Two copies of a rule to the same vault"
    WHY = (
        "AWS does not say what it makes of two copies with one destination; one of the two retentions is not going to "
        "be what its author expects."
    )
    SOURCES = (plain("the API reference says nothing about equal destinations"),)
    VALID = ("Copy(to=central), Copy(to=remote)",)
    INVALID = ("Copy(to=central), Copy(to=central, keep=days(90))",)

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies after the first with one destination."""
        for site in context.copies:
            same = [copy for copy in site.rule.copies if copy.destination.arn == site.copy.destination.arn]
            if same[0] is not site.copy:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to `{site.copy.destination.name}` twice",
                    label="the same vault",
                    help="keep one of the two",
                    others=[(same[0].where.field("to"), "the first copy")],
                )
