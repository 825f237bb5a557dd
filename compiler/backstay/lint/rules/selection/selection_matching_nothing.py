"""A selection that takes no resource of the inventory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from backstay.ir import Shape
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import seen
from backstay_aws.selection import Selection, matches


class SelectionMatchingNothing(Rule):
    """A selection should take something."""

    CODE = "SEL010"
    NAME = "selection-matching-nothing"
    SEVERITY = "warning"
    SUMMARY = "A selection that takes no resource of the inventory (asked only with `--inventory`)"
    WHY = (
        "A selection that takes nothing makes no jobs, so none fails. A misspelt key or value looks exactly like that "
        "until somebody wants to restore."
    )
    SOURCES = (seen("hashicorp/terraform-provider-aws issue 22568"),)
    VALID = ('Select("gold", where=tag("backup") == "gold")',)
    INVALID = ('Select("gold", where=tag("backup") == "glod")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that match in no account and Region that they reach."""
        if context.inventory is None:
            return
        there: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for row in context.inventory:
            there[row["account"], row["region"]].append(row)
        sites: dict[tuple[Any, ...], list[SelectionSite]] = defaultdict(list)
        for site in context.selections:
            sites[(*site.path, site.where.span)].append(site)
        for group in sites.values():
            shapes = [(site.selection.selection, shape) for site in group for shape in site.shapes]
            if not any(_takes(selection, shape, there) for selection, shape in shapes):
                yield from (self._told(site) for site in group)

    def _told(self, site: SelectionSite) -> Problem:
        return self.problem(
            site,
            "where",
            f"selection `{site.selection.name}` takes no resource of the inventory",
            label="nothing matches",
            help="compare keys and values with the tags that resources have",
        )


def _takes(selection: Selection, shape: Shape, there: Mapping[tuple[str, str], list[Mapping[str, Any]]]) -> bool:
    opted = dict(shape.opt_in)
    return any(
        matches(
            selection,
            arn=row["arn"],
            resource_type=row["type"],
            tags=row.get("tags", {}),
            opted_in=lambda name: opted.get(name, True),
        )
        for account in shape.accounts
        for row in there.get((account, shape.region), ())
    )
