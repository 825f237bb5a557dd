"""A selection with conditions, which takes all the same."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name, select_sites
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import plain
from backstay.lint.takings import takings

LEAST = 3
"""Resources from which on it is no chance that all of them match."""


class AllResourcesSelected(Rule):
    """A condition that everything meets decides nothing."""

    CODE = "SEL044"
    NAME = "all-resources-selected"
    SEVERITY = "advice"
    WHOLE = True
    INVENTORY = True
    SUMMARY = "A selection by `!=` or patterns that takes every resource of the inventory in its places"
    WHY = (
        "Either the condition says less than was meant (a `!=`, a pattern that begins with an asterisk), and what "
        "should be left out is backed up and paid for; or it is not needed. A tag that all resources rightly have is "
        "no such condition. (Asked only with `--inventory`.)"
    )
    SOURCES = (plain("a condition that all meet leaves nothing out"),)
    VALID = ('Select("gold", where=tag("backup") == "gold")', 'Select("some", where=tag("team").like("a*"))')
    INVALID = ('Select("gold", where=tag("backup").like("*ol*"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that take all that there is, and do not say so."""
        found = takings(context)
        for sites in select_sites(context) if found.reached else ():
            shapes = {id(shape) for site in sites for shape in site.shapes}
            here = {row.arn for row in found.reached if id(row.shape) in shapes}
            taken = {row.arn for site in sites for row in found.by(site.selection)}
            if len(here) >= LEAST and here == taken and _loose(sites[0]):
                yield self._told(sites[0], len(here))

    def _told(self, site: SelectionSite, count: int) -> Problem:
        return self.problem(
            site,
            "where",
            f"selection `{author_name(site)}` takes all {count} resources of the inventory in its accounts",
            label="everything meets this",
            help="say `Select.everything()` if that is meant, or narrow the condition down",
        )


def _loose(site: SelectionSite) -> bool:
    """Whether all conditions are such as may be met by accident."""
    chosen = site.selection.selection
    tests = (chosen.string_not_equals, chosen.string_like, chosen.string_not_like)
    return any(tests) and not chosen.string_equals and not chosen.list_of_tags
