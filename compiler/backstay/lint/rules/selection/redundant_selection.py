"""A selection that takes nothing of its own."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import PlanSelection
from backstay.lint.comparisons import author_name
from backstay.lint.containment import within
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import plain


class RedundantSelection(Rule):
    """Each selection of a plan adds something."""

    CODE = "SEL040"
    NAME = "redundant-selection"
    SEVERITY = "warning"
    SUMMARY = "A selection that takes only what another selection of its plan takes"
    WHY = (
        "It changes nothing, and looks as if it narrowed or added something: selections of a plan are joined by “or”. "
        "If the two have unlike roles, AWS does not say in which of them the backup is made."
    )
    SOURCES = (plain("all selections of a plan get the same rules"),)
    VALID = (
        'Select("gold", where=tag("backup") == "gold"), Select("silver", where=tag("backup") == "silver")',
        'Select.everything(), Select("volumes", where=resource_type("EBS"))',
    )
    INVALID = (
        'Select("gold", where=tag("backup") == "gold"),\n'
        'Select("prod", where=(tag("backup") == "gold") & (tag("env") == "prod"))',
        'Select("all", where=tag("backup").isin(["gold", "silver"])), Select("gold", where=tag("backup") == "gold")',
        'Select("one", where=(tag("backup") == "gold") | ((tag("backup") == "gold") & (tag("env") == "prod")))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that lie within another; of two that are equal, the second."""
        for site in context.selections:
            wide = next((one for one in site.plan.selections if _covers(one, site)), None)
            if wide is not None:
                mine, other = author_name(site), author_name(site, wide)
                alternative = mine == other
                yield self.problem(
                    site,
                    "where",
                    f"an alternative of selection `{mine}` takes nothing that another of them does not take"
                    if alternative
                    else f"selection `{mine}` takes nothing that `{other}` does not take",
                    label="adds nothing",
                    help="drop what is the narrower of the two" if alternative else f"drop it, or narrow `{other}`",
                    others=[(wide.where.field("where"), "takes all of it")],
                )


def _covers(wide: PlanSelection, site: SelectionSite) -> bool:
    narrow = site.selection
    if wide is narrow or not within(narrow.selection, wide.selection):
        return False
    if "*" in wide.selection.resources and narrow.types:
        return False  # a type that is named is taken even where it is switched off
    order = site.plan.selections
    return not within(wide.selection, narrow.selection) or order.index(wide) < order.index(narrow)
