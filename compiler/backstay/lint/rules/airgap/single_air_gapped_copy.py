"""The only copy there is, in a vault that goes with its account."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.air_gaps import air_gapped_rules, at_hand
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_APPROVAL = "isMpaEnabled"


class SingleAirGappedCopy(Rule):
    """An air gap needs a second door."""

    CODE = "GAP007"
    NAME = "single-air-gapped-copy"
    SEVERITY = "warning"
    SUMMARY = "An air-gapped primary target, no further copy, and no multi-party approval"
    WHY = (
        "The air-gapped vault then holds the only recovery points, and they can be reached through the account that "
        "owns it alone. Whoever takes over or closes that account takes them along. AWS asks for multi-party approval, "
        "by which another account gets in, before backups are made there without a copy elsewhere."
    )
    SOURCES = (guide("lag-vault-primary-backup"), guide("multipartyapproval"))
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage],\n'
        '    settings=Settings(multi_party_approval=True), plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35),\n'
        '    copies=[Copy(to=central)])], select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = AirGappedVault("cage", account="backup-central", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    WHOLE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with such a target, declared where they are, and without copies, unless the organization has
        multi-party approval."""
        if dict(context.model.global_settings).get(_APPROVAL) == "true":
            return
        for site, reference in air_gapped_rules(context):
            if not site.rule.copies and at_hand(site, reference):
                yield self.problem(
                    site,
                    "into_air_gapped",
                    f"rule `{site.rule.name}` leaves its only recovery points in air-gapped vault `{reference.name}`, "
                    "which goes with its account",
                    label="the only copy",
                    help="add `Settings(multi_party_approval=True)` and a team of approvers, "
                    "or a copy to another account",
                )
