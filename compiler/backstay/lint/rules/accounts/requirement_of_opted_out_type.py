"""A requirement about a type that the settings switch off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backstay.ir import Shape
from backstay.lint.context import Context
from backstay.lint.requirements import RequirementSite, concerns, requirements
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed
from backstay_aws import catalog
from backstay_aws.catalog import ResourceType

if TYPE_CHECKING:  # the vocabulary is not needed where there is no requirement
    from backstay.dsl.requirement import Require


class RequirementOfOptedOutType(Rule):
    """What AWS Backup must not touch it cannot protect."""

    CODE = "ACC037"
    NAME = "requirement-of-opted-out-type"
    SEVERITY = "warning"
    SUMMARY = "A `Require` that names a resource type while the settings of its accounts switch the type off"
    WHY = (
        "Selections by tags skip a type that is switched off, and Aurora, DocumentDB and Neptune are skipped even "
        "where a plan names them. The plans look as if they kept the promise, and nothing of that type is backed up."
    )
    SOURCES = (guide("assigning-resources"), guide("getting-started"))
    VALID = (
        'wanted = Require("gold is kept", every=tag("backup") == "gold", under=ou("Workloads"), types=["RDS"],\n'
        "    keep=days(35))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], settings=Settings(opt_in={"RDS": True}))',
    )
    INVALID = (
        'wanted = Require("gold is kept", every=tag("backup") == "gold", under=ou("Workloads"), types=["RDS"],\n'
        "    keep=days(35))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], settings=Settings(opt_in={"RDS": False}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Requirements with types that are off in a shape of theirs, and that no selection there takes even so."""
        shapes = [shape for shape in context.model.shapes if not all(on for _, on in shape.opt_in)]
        for site in requirements(context):
            for shape in shapes:
                types = _skipped(site.node, shape)
                if types and concerns(site.node, shape, context):
                    yield self._told(site, shape, types)

    def _told(self, site: RequirementSite, shape: Shape, types: list[ResourceType]) -> Problem:
        names = listed(row.name for row in types)
        return self.problem(
            site,
            "types",
            f"requirement `{site.node.name}` names {names}, which the settings switch off",
            label="not backed up where it is off",
            help=f'set `opt_in={{"{types[0].opt_in}": True}}`, or take the type out of the requirement',
            others=[(shape.opt_in_where[row.opt_in].field("opt_in"), "switched off") for row in types],
        )


def _skipped(node: Require, shape: Shape) -> list[ResourceType]:
    """The named types that are off and that AWS leaves out whatever the plans select."""
    off = {name for name, on in shape.opt_in if not on}
    rows = (catalog.resource_type(name) for name in node.types or ())
    taken = {name for plan in shape.plans for one in plan.selections for name in one.types}
    return [
        row
        for row in rows
        if row is not None and row.opt_in in off and (row.opt_in_always == "yes" or row.name not in taken)
    ]
