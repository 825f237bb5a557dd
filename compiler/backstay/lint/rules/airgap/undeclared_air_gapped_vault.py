"""An air-gapped primary target that nobody makes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.air_gaps import air_gapped_rules, at_home
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class UndeclaredAirGappedVault(Rule):
    """A rule's air-gapped vault must be there."""

    CODE = "GAP006"
    NAME = "undeclared-air-gapped-vault"
    SEVERITY = "warning"
    SUMMARY = "A rule whose air-gapped primary target no policy declares in that account and Region"
    WHY = (
        "If the vault does not exist, either the plan is refused or nothing gets behind the air gap. If somebody else "
        "made it, its minimum and maximum, which can refuse what the rule keeps, cannot be checked."
    )
    SOURCES = (guide("lag-vault-primary-backup"),)
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    into_air_gapped=AirGappedVault("cage", min=days(7), max=days(90)))',
    )
    WHOLE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules whose target is where it may be, and is not declared there."""
        for site, reference in air_gapped_rules(context):
            if at_home(site, reference) and site.shape.air_gapped(reference.name) is None:
                kind = " as one that is air-gapped" if site.shape.vault(reference.name) is not None else ""
                yield self.problem(
                    site,
                    "into_air_gapped",
                    f"rule `{site.rule.name}` backs up into air-gapped vault `{reference.name}`, "
                    f"which no policy declares there{kind}",
                    label="nobody declares it",
                    help="declare an `AirGappedVault` in `vaults=` of a policy that reaches here",
                    here=True,
                )
