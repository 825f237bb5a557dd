"""A selection that takes nothing of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay.ir import PlanSelection
from backstay.lint.comparisons import author_name
from backstay.lint.containment import within
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import plain
from backstay.lint.swallowed import swallowed


class RedundantSelection(Rule):
    """Each selection of a plan adds something."""

    CODE = "SEL040"
    NAME = "redundant-selection"
    SEVERITY = "warning"
    SUMMARY = "A selection that takes only what other selections of its plan take"
    WHY = (
        "It changes nothing, and looks as if it narrowed or added something: selections of a plan are joined by “or”. "
        "If the two have unlike roles, AWS does not say in which of them the backup is made."
    )
    SOURCES = (plain("all selections of a plan get the same rules"),)
    VALID = (
        'Select("gold", where=tag("backup") == "gold"), Select("silver", where=tag("backup") == "silver")',
        'Select.everything(), Select("volumes", where=resource_type("EBS"))',
        'Select("gold", where=tag("backup").like("g*")), Select("prod", where=tag("backup").like("*d"))',
    )
    INVALID = (
        'Select("gold", where=tag("backup") == "gold"),\n'
        'Select("prod", where=(tag("backup") == "gold") & (tag("env") == "prod"))',
        'Select("all", where=tag("backup").isin(["gold", "silver"])), Select("gold", where=tag("backup") == "gold")',
        'Select("some", where=tag("backup").like("g*")), Select("gold", where=tag("backup") == "gold")',
        'Select("prod", where=(tag("backup") == "gold") & tag("env").like("p*")),\n'
        'Select("rest", where=(tag("backup") == "gold") & tag("env").like("*") & ~tag("env").like("p*")),\n'
        'Select("test", where=(tag("backup") == "gold") & (tag("env") == "test"))',
        'Select("one", where=(tag("backup") == "gold") | ((tag("backup") == "gold") & (tag("env") == "prod")))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that lie within another, or within several together; of two that are equal, the second."""
        for site in context.selections:
            wide = next((one for one in site.plan.selections if _covers(one, site)), None)
            by = [wide] if wide is not None else _together(context, site)
            if by:
                yield self._told(site, by)

    def _told(self, site: SelectionSite, by: Sequence[PlanSelection]) -> Problem:
        mine = author_name(site)
        others = [name for name in dict.fromkeys(author_name(site, one) for one in by) if name != mine]
        listed = " and ".join(f"`{name}`" for name in others)
        together = "together do" if len(others) > 1 else "does"
        return self.problem(
            site,
            "where",
            f"selection `{mine}` takes nothing that {listed} {together} not take"
            if others
            else f"an alternative of selection `{mine}` takes nothing that another of them does not take",
            label="adds nothing",
            help=f"drop it, or narrow {listed}" if others else "drop what is the narrower of the two",
            others=[(one.where.field("where"), _part(by)) for one in by],
        )


def _part(by: Sequence[PlanSelection]) -> str:
    return "takes all of it" if len(by) == 1 else "takes a part of it"


def _together(context: Context, site: SelectionSite) -> list[PlanSelection]:
    """The selections of the plan that take all of one together, exactly; none where some of it is its own."""
    names = swallowed(context).get((site.path[:-1], site.selection.name), ())
    return [one for one in site.plan.selections if one.name in names]


def _covers(wide: PlanSelection, site: SelectionSite) -> bool:
    narrow = site.selection
    if wide is narrow or not within(narrow.selection, wide.selection):
        return False
    if "*" in wide.selection.resources and narrow.types:
        return False  # a type that is named is taken even where it is switched off
    order = site.plan.selections
    return not within(wide.selection, narrow.selection) or order.index(wide) < order.index(narrow)
