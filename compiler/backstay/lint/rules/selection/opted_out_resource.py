"""Resources that ask for a backup, of a type that is switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay.ir import PlanSelection
from backstay.lint.comparisons import author_name, select_sites
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen
from backstay.lint.takings import Reached, Takings, takings
from backstay.lint.words import listed, these


class OptedOutResource(Rule):
    """A tag does not reach a type that is switched off."""

    CODE = "SEL022"
    NAME = "opted-out-resource"
    SEVERITY = "warning"
    WHOLE = True
    INVENTORY = True
    SUMMARY = "Resources of the inventory that a selection would take, were their type not switched off"
    WHY = (
        "A selection by tags takes only types that are switched on. The owner of the resource set the tag and trusts "
        "it; nothing is backed up, and nothing fails. (Asked only with `--inventory`.)"
    )
    SOURCES = (guide("assigning-resources"), seen("awslabs/landing-zone-accelerator-on-aws issue 302"))
    VALID = ('Select("gold", where=tag("backup") == "gold")',)
    INVALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], settings=Settings(opt_in={"EBS": False}),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], settings=Settings(opt_in={"EBS": False}),\n'
        '    plans=[Plan("each", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select(name, where=tag("backup") == name) for name in ("silver", "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections that lose resources to an opt-out; those that name the type are for `opted-out-type`."""
        if context.inventory is None:
            return
        found = takings(context)
        for sites in select_sites(context):
            pieces = {id(site.selection): site.selection for site in sites}
            lost = {key: _lost(found, one) for key, one in pieces.items()}
            rows = {row.arn: row for some in lost.values() for row in some}
            yield from (self._told(site, list(rows.values())) for site in sites if lost[id(site.selection)])

    def _told(self, site: SelectionSite, rows: Sequence[Reached]) -> Problem:
        types = sorted({row.type for row in rows})
        count = f"{len(rows)} resources" if len(rows) > 1 else "1 resource"
        return self.problem(
            site,
            "where",
            f"selection `{author_name(site)}` loses {count} of the inventory: the settings switch off {listed(types)}",
            label="these are not backed up" if len(rows) > 1 else "this is not backed up",
            help=f"switch {listed(types)} on with `Settings(opt_in=…)`, or take the tag off {these(rows, 'resource')}",
            notes=[f"one of them is {rows[0].arn}" if len(rows) > 1 else f"it is {rows[0].arn}"],
        )


def _lost(found: Takings, selection: PlanSelection) -> list[Reached]:
    """What nothing takes, and this selection would but for an opt-out of a type that it does not name."""
    return [row for row in found.switched_off(selection) if row.free and row.type not in selection.types]
