"""A requirement that asks of a type what AWS cannot do for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backstay.lint.abilities import ability
from backstay.lint.context import Context
from backstay.lint.requirements import regions_of, requirements
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed, them, these

if TYPE_CHECKING:  # the vocabulary is not needed where there is no requirement
    from backstay.dsl.requirement import Require

DEMANDS = (
    # keyword of `Require`, column of the catalogue, what is asked
    ("copy_to_other_region", "cross_region", "copied to another Region"),
    ("copy_to_other_account", "cross_account", "copied to another account"),
    ("air_gapped", "air_gap", "put into an air-gapped vault"),
    ("restore_tested_within", "restore_testing", "restored as a test"),
)


class RequirementBeyondTypes(Rule):
    """No policy can keep a promise that AWS cannot."""

    CODE = "ACC036"
    NAME = "requirement-beyond-types"
    SEVERITY = "warning"
    SUMMARY = "A `Require` that names resource types for which AWS cannot do what it asks"
    WHY = (
        "Whatever the policies say, no resource of such a type can meet the requirement, so it fails, or is waived as "
        "a whole with the types that could. Only types that `types=` names are looked at, and only if none of the "
        "Regions can."
    )
    SOURCES = (guide("backup-feature-availability"), guide("restore-testing"))
    VALID = (
        'wanted = Require("gold leaves", every=tag("backup") == "gold", under=ou("Workloads"), types=["EFS", "RDS"],\n'
        "    copy_to_other_account=True)\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary])',
    )
    INVALID = (
        'wanted = Require("gold leaves", every=tag("backup") == "gold", under=ou("Workloads"),\n'
        '    types=["EFS", "Redshift Serverless"], copy_to_other_account=True)\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary])',
        'wanted = Require("gold is caged", every=tag("backup") == "gold", under=ou("Workloads"),\n'
        '    types=["RDS"], air_gapped=True)\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Requirements with types that the catalogue answers "no" for, one problem for each demand."""
        for site in requirements(context):
            node, regions = site.node, regions_of(site.node, context)
            for field, column, asked in DEMANDS:
                types = _unable(node, column, regions) if getattr(node, field) else []
                if types:
                    yield self.problem(
                        site,
                        field,
                        f"requirement `{node.name}` wants {listed(types)} to be {asked}, which AWS cannot",
                        label=f"not for {these(types)}",
                        help=f"take {these(types)} out of `types=`, and require of {them(types)} what AWS can",
                        others=[(site.where.fields.get("types"), "named here")],
                    )


def _unable(node: Require, column: str, regions: tuple[str, ...]) -> list[str]:
    """The named types that can it in none of the Regions; what the catalogue leaves open is taken to be possible."""
    return [name for name in node.types or () if all(ability(name, column, region) == "no" for region in regions)]
