"""A copy of a type into, or out of, a Region in which AWS does not copy it so."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability, named_types
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay.lint.words import listed, them, these
from backstay_aws import catalog


class CopyIntoGapRegion(Rule):
    """What can be copied differs by Region."""

    CODE = "CPY033"
    NAME = "copy-into-gap-region"
    SEVERITY = "warning"
    SUMMARY = "A copy of resource types to a Region in which AWS does not copy them that way"
    WHY = (
        "AWS names Regions, mostly those that an account must enable first, in which a type is not copied across "
        "Regions or accounts. It does not say whether a copy may still end there; if not, the copies of this type "
        "fail while those of others succeed."
    )
    SOURCES = (guide("backup-feature-availability"),)
    VALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '     copies=[Copy(to=central)])], select=[Select("files", where=resource_type("FSx"))])',
    )
    INVALID = (
        'Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '     copies=[Copy(to="arn:aws:backup:me-south-1:100000000002:backup-vault:far")])],\n'
        '     select=[Select("files", where=resource_type("FSx"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies of named types where the catalogue has a gap for one of the two Regions."""
        for site in context.copies:
            to = site.copy.destination
            for column, way in _ways(site):
                types = tuple(name for name in named_types(site.plan) if _gap(name, column, to.region))
                if types:
                    yield self.problem(
                        site,
                        "to",
                        f"rule `{site.rule.name}` copies {listed(types)} to {to.region}, "
                        f"where AWS has no copies of {them(types)} across {way}",
                        label=f"not for {these(types)}",
                        help=f"copy {these(types)} to another Region",
                        others=[
                            (one.where.span, "selected here")
                            for one in site.plan.selections
                            if set(types) & set(one.types)
                        ],
                    )


def _ways(site: CopySite) -> Iterator[tuple[str, str]]:
    if site.copy.destination.region != site.shape.region:
        yield "cross_region", "Regions"
        if travellers(site):
            yield "cross_account", "accounts"


def _gap(name: str, column: str, region: str) -> bool:
    """Whether a type can be copied so in general, and not in this Region."""
    row = catalog.resource_type(name)
    return row is not None and catalog.cell(row, column) != "no" and ability(name, column, region) == "no"
