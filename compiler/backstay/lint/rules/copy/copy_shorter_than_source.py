"""A copy that is gone before what it copies."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain, seen
from backstay.lint.words import days


class CopyShorterThanSource(Rule):
    """The copy is what is left when the source is lost."""

    CODE = "CPY008"
    NAME = "copy-shorter-than-source"
    SEVERITY = "warning"
    SUMMARY = "A copy that is kept for less time than its source"
    WHY = (
        "The copy exists for the day on which the source is lost. If it is deleted earlier, that day's loss reaches "
        "further back than the rule promises, and all that is gained is the price of two copies while both exist."
    )
    SOURCES = (plain("the shorter of two lives ends first"), seen("NHSDigital/terraform-aws-backup, monthly 2555/365"))
    VALID = ("Copy(to=central, keep=days(90))", "Copy(to=central)")
    INVALID = ("Copy(to=central, keep=days(7))",)

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies whose retention is under their rule's."""
        for site in context.copies:
            copy, source = site.copy.lifecycle.delete_after, site.rule.lifecycle.delete_after
            if copy is not None and (source is None or copy < source):
                keeps = days(source) if source is None else f"for {days(source)}"
                yield self.problem(
                    site,
                    "keep",
                    f"rule `{site.rule.name}` keeps {keeps}, its copy in `{site.copy.destination.name}` "
                    f"only for {days(copy)}",
                    label=days(copy),
                    help="leave `keep` out of the copy: it then lives as long as its source",
                    others=[(site.rule.where.fields.get("keep"), f"the source: {days(source)}")],
                )
