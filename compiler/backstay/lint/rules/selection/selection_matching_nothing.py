"""A selection that takes no resource of the inventory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay.lint.arn_forms import is_form
from backstay.lint.comparisons import author_name, compared, named, select_sites
from backstay.lint.context import Context
from backstay.lint.dead_ends import dead_ends
from backstay.lint.misspellings import missed
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import seen
from backstay.lint.takings import Takings, takings


class SelectionMatchingNothing(Rule):
    """A selection should take something."""

    CODE = "SEL010"
    NAME = "selection-matching-nothing"
    SEVERITY = "warning"
    WHOLE = True
    INVENTORY = True
    SUMMARY = "A selection that takes no resource of the inventory (asked only with `--inventory`)"
    WHY = (
        "A selection that takes nothing makes no jobs, so none fails. A misspelt key or value looks exactly like that "
        "until somebody wants to restore."
    )
    SOURCES = (seen("hashicorp/terraform-provider-aws issue 22568"),)
    VALID = (
        'Select("gold", where=tag("backup") == "gold")',
        'Select("some", where=tag("backup").isin(["gold", "platinum"]) & (tag("app") != "x"))',
        'Select("never", where=(tag("backup") == "platinum") & (tag("backup") == "silver"))',
    )
    INVALID = (
        'Select("gold", where=tag("backup") == "platinum")',
        'Select("some", where=tag("backup").isin(["silver", "platinum"]) & (tag("app") != "x"))',
        'Select("files", where=resource_type("EFS"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """What an author selects and nothing is, unless another rule says why."""
        if context.inventory is None:
            return
        taken, near = takings(context), missed(context)
        known = {id(row.shape) for row in taken.reached}
        for sites in select_sites(context):
            if not any(_explained(taken, site) or near.by(site) for site in sites) and not dead_ends(sites):
                empty = known.isdisjoint(id(shape) for site in sites for shape in site.shapes)
                cure = (
                    "see whether the inventory is complete: it lists nothing of the accounts and Regions that get this"
                )
                yield from (self._told(site, cure if empty else _cure(sites)) for site in sites)

    def _told(self, site: SelectionSite, cure: str) -> Problem:
        return self.problem(
            site,
            "where",
            f"selection `{author_name(site)}` takes no resource of the inventory",
            label="nothing matches",
            help=cure,
        )


def _explained(taken: Takings, site: SelectionSite) -> bool:
    """Whether a selection takes something, or would if its type were switched on."""
    return bool(taken.by(site.selection) or taken.switched_off(site.selection))


def _cure(sites: Sequence[SelectionSite]) -> str:
    """What to do, by what the selection asks for."""
    if any(one.wanted for site in sites for one in compared(site)):
        return "compare keys and values with the tags that resources have"
    if any(one.taken and not is_form(one.arn) for site in sites for one in named(site)):
        return "compare the ARN with those of the resources"
    return "take it out, unless such resources are to come"
