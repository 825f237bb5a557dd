"""Copies of types that an air-gapped vault cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.air_gaps import gaps, kept_out, selected
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.vaults import declared
from backstay.lint.words import listed, them, these


class CopyUnsupportedByAirGap(Rule):
    """Not every type can be behind the air gap."""

    CODE = "GAP003"
    NAME = "copy-unsupported-by-air-gap"
    SEVERITY = "error"
    SUMMARY = "A copy into an air-gapped vault of resource types that it cannot hold"
    WHY = (
        "The copy jobs of these types fail while the backups succeed, so exactly the copies that were to survive an "
        "attack do not exist. RDS instances are such a type; Aurora clusters are not."
    )
    SOURCES = (guide("logicallyairgappedvault"), guide("backup-feature-availability"))
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=cage)])],\n'
        '    select=[Select("files", where=resource_type("EFS"))])])',
    )
    INVALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=cage)])],\n'
        '    select=[Select("databases", where=resource_type("RDS"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies into declared air-gapped vaults; what cannot be copied at all another rule tells."""
        known = gaps(context)
        for site in context.copies:
            region = site.copy.destination.region
            types = tuple(
                name
                for name in kept_out(site, region)
                if ability(name, "same_region", site.shape.region) not in ("no", "mixed")
            )
            for destination in context.destinations(site) if types else ():
                if destination.vault is not None and declared(destination.vault) in known:
                    yield self.problem(
                        site,
                        "to",
                        f"rule `{site.rule.name}` copies {listed(types)} to air-gapped vault "
                        f"`{site.copy.destination.name}`, which cannot hold {them(types)}",
                        label=f"not for {these(types)}",
                        help=f"give {these(types)} a plan that copies to a vault under a compliance lock",
                        others=selected(site, types),
                        accounts=destination.accounts,
                    )
