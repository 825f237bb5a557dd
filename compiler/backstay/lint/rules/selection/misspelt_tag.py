"""A tag that is almost one that resources have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backstay.lint.comparisons import Compared, author_name
from backstay.lint.context import Context
from backstay.lint.misspellings import Missed, missed
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen


class MisspeltTag(Rule):
    """Selections and resources spell a tag alike."""

    CODE = "SEL007"
    NAME = "misspelt-tag"
    SEVERITY = "warning"
    WHOLE = True
    INVENTORY = True
    SUMMARY = "A selection by a tag that resources of the inventory almost have"
    WHY = (
        "Keys and values are compared letter by letter, upper and lower case too. One side has a slip: the resources "
        "are not backed up, and no job fails for what nobody selects. (Asked only with `--inventory`.)"
    )
    SOURCES = (
        guide("assigning-resources"),
        seen("the key `Envrionment` in a module of NHSDigital/terraform-aws-backup"),
    )
    VALID = ('Select("gold", where=tag("backup") == "gold")', 'Select("far", where=tag("backup") == "platinum")')
    INVALID = (
        'Select("gold", where=tag("backup") == "glod")',
        'Select("gold", where=tag("Back-up") == "gold")',
        'Select("gold", where=tag("backup").isin(["Gold", "platinum"]))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Comparisons that resources just miss: those that no plan takes, or all of them."""
        if context.inventory is None:
            return
        found = missed(context)
        for site in context.selections:
            groups: dict[tuple[Compared, str], list[Missed]] = defaultdict(list)
            for one in found.by(site):
                groups[one.asked, " = ".join(one.tag)].append(one)
            for (asked, has), misses in groups.items():
                yield self._told(site, asked, has, misses)

    def _told(self, site: SelectionSite, asked: Compared, has: str, misses: list[Missed]) -> Problem:
        count = f"{len(misses)} resources" if len(misses) > 1 else "1 resource"
        have = "have" if len(misses) > 1 else "has"
        rest = f", which nothing has; {count} {have}" if misses[0].absent else f"; {count} that no plan takes {have}"
        return self.problem(
            site,
            "where",
            f"selection `{author_name(site)}` asks for `{asked.key} = {asked.value}`{rest} `{has}`",
            label=f"almost `{has}`",
            help="spell the tag alike in the policy and on the resources",
            notes=[f"one of them is {misses[0].arn}"],
            span=asked.span,
        )
