"""A search index of more than one type."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.words import listed, them


class IndexOfTwoTypes(Rule):
    """An index action names one type."""

    CODE = "GEN012"
    NAME = "index-of-two-types"
    SEVERITY = "warning"
    SUMMARY = "A rule that asks for a search index of two types"
    WHY = (
        "AWS's texts disagree: the API reference takes one type in a rule, an example of the organizations' policies "
        "has two. If the reference is right, AWS refuses the plan, and nothing in it is backed up."
    )
    SOURCES = (api("IndexAction"), seen("AWS Organizations user guide, Backup policy syntax and examples"))
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), index=["EBS"])',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), index=["EBS", "S3"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with several types."""
        for site in context.rules:
            if len(site.rule.index) > 1:
                yield self.problem(
                    site,
                    "index",
                    f"rule `{site.rule.name}` asks for a search index of {listed(site.rule.index)}; AWS may take one "
                    "type only",
                    label=f"{len(site.rule.index)} types",
                    help=f"index `{site.rule.index[0]}` here, and {listed(site.rule.index[1:])} in a plan that "
                    f"selects {them(site.rule.index[1:])} by type",
                )
