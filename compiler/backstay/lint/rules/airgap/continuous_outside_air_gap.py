"""Continuous backups that stay in front of the air gap."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import ability
from backstay.lint.air_gaps import air_gapped_rules, brought_there, selected
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed


class ContinuousOutsideAirGap(Rule):
    """Only snapshots of some types get behind the air gap."""

    CODE = "GAP011"
    NAME = "continuous-outside-air-gap"
    SEVERITY = "advice"
    SUMMARY = "A continuous rule with an air-gapped primary target, for types whose continuous backups stay outside"
    WHY = (
        "The continuous recovery point of an Aurora cluster stays in the standard vault and is protected by what that "
        "vault has; only snapshots reach the air-gapped one, from which no second can be chosen. S3 is backed up "
        "continuously behind the air gap itself."
    )
    SOURCES = (guide("lag-vault-primary-backup"),)
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    continuous=True)], select=[Select("buckets", where=resource_type("S3"))])])',
    )
    INVALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    continuous=True)], select=[Select("clusters", where=resource_type("Aurora"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules with such a target whose plans name such types, into a vault that anybody can unlock."""
        for site, reference in air_gapped_rules(context):
            lock = site.vault.lock if site.vault is not None else None
            types = tuple(
                name for name in brought_there(site) if ability(name, "continuous", site.shape.region) == "yes"
            )
            if site.rule.continuous and types and (lock is None or lock.mode != "compliance"):
                yield self.problem(
                    site,
                    "continuous",
                    f"the continuous backups of {listed(types)} by rule `{site.rule.name}` stay in "
                    f"`{site.rule.vault}`; only snapshots go into air-gapped vault `{reference.name}`",
                    label=f"stay in `{site.rule.vault}`",
                    help=f"lock `{site.rule.vault}` in compliance mode, or make continuous backups in another plan",
                    others=selected(site, types),
                )
