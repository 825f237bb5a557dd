"""Resources of the inventory that no plan takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import PlanSite
from backstay.lint.source import guide, plain
from backstay.lint.takings import Reached, takings
from backstay.lint.words import first_few


class UnprotectedResources(Rule):
    """What no selection takes has no backup."""

    CODE = "SEL043"
    NAME = "unprotected-resources"
    SEVERITY = "advice"
    WHOLE = True
    INVENTORY = True
    SUMMARY = "Resources of the inventory that no plan takes, in accounts that have plans"
    WHY = (
        "Nobody misses a backup before it is needed. Some resources need none; let a tag say so, and the list of the "
        "others stays short enough to be read. (Asked only with `--inventory`.)"
    )
    SOURCES = (guide("controls-and-remediation"), plain("what no selection takes is not backed up"))
    VALID = ('Select("gold", where=tag("backup") == "gold")',)
    INVALID = ('Select("silver", where=tag("stage") == "live")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """The plans of each policy, with what none of the plans in their places takes."""
        reached = takings(context).reached
        by_shape: dict[int, list[Reached]] = {}
        for row in reached:
            by_shape.setdefault(id(row.shape), []).append(row)
        told: dict[str, tuple[PlanSite, dict[str, Reached], int]] = {}
        for site in context.plans if reached else ():
            here = [row for shape in site.shapes for row in by_shape.get(id(shape), ()) if _switched_on(row)]
            free = {row.arn: row for row in here if row.free}
            if free and site.plan.where.policy not in told:
                told[site.plan.where.policy] = (site, free, len({row.arn for row in here}))
        yield from (self._told(site, list(free.values()), count) for site, free, count in told.values())

    def _told(self, site: PlanSite, free: Sequence[Reached], count: int) -> Problem:
        names = sorted(row.arn for row in free)
        return self.problem(
            site,
            "select",
            f"no plan takes {len(free)} of {count} resources of the inventory in accounts of plan `{site.plan.name}`",
            label="takes none of these",
            help="let a selection take them, or see that they may be lost",
            notes=[f"without a backup: {first_few(names)}"],
        )


def _switched_on(row: Reached) -> bool:
    """Whether the settings leave the type on; for what they switch off other rules speak."""
    return dict(row.shape.opt_in).get(row.type, True)
