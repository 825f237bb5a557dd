"""Conditions of which not all can hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from backstay.lint.comparisons import author_name, compared
from backstay.lint.context import Context
from backstay.lint.dead_ends import clash
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain


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
    )
    INVALID = (
        'Select("both", where=(tag("tier") == "gold") & (tag("tier") == "silver"))',
        'Select("none", where=(tag("env") == "tmp-1") & ~tag("env").like("tmp*"))',
        'Select("odd", where=(tag("env") == "prod") & tag("env").like("test*"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Pairs of conditions on a tag; values in a list of tags are alternatives."""
        for site in context.selections:
            tests = list(compared(site)) if not site.selection.selection.list_of_tags else []
            for one, other in combinations(tests, 2):
                if clash(one, other) or clash(other, one):
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` asks for `{one.said}` and `{other.said}` at once",
                        label="never both",
                        help="join them with `|` to take either, or drop one",
                        span=other.span,
                        others=[(one.span, "and this")],
                    )
