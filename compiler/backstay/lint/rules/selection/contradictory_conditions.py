"""Conditions of which not all can hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from backstay.lint.comparisons import Compared, author_name, compared
from backstay.lint.context import Context
from backstay.lint.dead_ends import clash
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, plain
from backstay.lint.swallowed import by_key, never_together


class ContradictoryConditions(Rule):
    """A tag has one value."""

    CODE = "SEL037"
    NAME = "contradictory-conditions"
    SEVERITY = "warning"
    SUMMARY = "Conditions on one tag that no resource can meet together"
    WHY = "A resource has one value for a tag, so the selection takes nothing; AWS takes the selection all the same."
    SOURCES = (plain("a tag has one value"), guide("assigning-resources"))
    VALID = (
        'Select("either", where=tag("tier").isin(["gold", "silver"]))',
        'Select("gold", where=(tag("tier") == "gold") & (tag("env") != "tmp"))',
        'Select("both", where=tag("env").like("prod*") & tag("env").like("*-eu"))',
    )
    INVALID = (
        'Select("both", where=(tag("tier") == "gold") & (tag("tier") == "silver"))',
        'Select("none", where=(tag("env") == "tmp-1") & ~tag("env").like("tmp*"))',
        'Select("odd", where=(tag("env") == "prod") & tag("env").like("test*"))',
        'Select("two", where=tag("env").like("test*") & tag("env").like("prod*"))',
        'Select("less", where=tag("env").like("a*") & tag("env").like("*b") & ~tag("env").like("a*b"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Pairs of conditions on a tag, then all of a tag together; values in a list of tags are alternatives."""
        for site in context.selections:
            tests = list(compared(site)) if not site.selection.selection.list_of_tags else []
            clashing = [two for two in combinations(tests, 2) if clash(*two) or clash(*reversed(two))]
            if not clashing:
                yield from self._together(site, tests)
            for one, other in clashing:
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` asks for `{one.said}` and `{other.said}` at once",
                    label="never both",
                    help="join them with `|` to take either, or drop one",
                    span=other.span,
                    others=[(one.span, "and this")],
                )

    def _together(self, site: SelectionSite, tests: list[Compared]) -> Iterator[Problem]:
        """Conditions on one tag of which any two can hold, and not all."""
        for same in by_key(tests):
            if never_together(same):
                *before, last = same
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` asks for {' and '.join(f'`{one.said}`' for one in same)} at once",
                    label="no value does it all",
                    help="join them with `|` to take any, or drop one",
                    span=last.span,
                    others=[(one.span, "and this") for one in before],
                )
