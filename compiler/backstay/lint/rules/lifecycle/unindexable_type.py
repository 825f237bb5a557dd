"""A search index for types that have none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.words import listed
from backstay_aws import catalog


class UnindexableType(Rule):
    """Only some recovery points can be searched."""

    CODE = "LIF025"
    NAME = "unindexable-type"
    SEVERITY = "error"
    SUMMARY = "`index=` for a resource type whose recovery points cannot be searched"
    WHY = "AWS takes EBS and S3 only, and refuses the plan otherwise, so nothing in it is backed up."
    SOURCES = (api("IndexAction"), guide("backup-search"))
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), index=["S3"])',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), index=["EFS"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules that name such types."""
        able = [row.name for row in catalog.resource_types() if row.index == "yes"]
        for site in context.rules:
            types = [name for name in site.rule.index if ability(name, "index", site.shape.region) == "no"]
            if types:
                yield self.problem(
                    site,
                    "index",
                    f"rule `{site.rule.name}` asks for a search index of {listed(types)}; AWS has none",
                    label=f"only {listed(able)}",
                    help=f"index {listed(able, 'or')}, or drop `index=`",
                )
