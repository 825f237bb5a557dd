"""An air-gapped primary target in another account or Region."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.air_gaps import air_gapped_rules, without_air_gap
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide


class AirGappedPrimaryElsewhere(Rule):
    """Backups are made where the data are."""

    CODE = "GAP005"
    NAME = "air-gapped-primary-elsewhere"
    SEVERITY = "error"
    SUMMARY = "A rule whose air-gapped primary target is in another account or Region"
    WHY = (
        "AWS takes an air-gapped vault of the same account and Region as primary target, and no other: the plan is "
        "refused, or its jobs fail, and there is no backup at all."
    )
    SOURCES = (guide("lag-vault-primary-backup"), api("BackupRuleInput"))
    VALID = (
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = tuple(
        f'cage = AirGappedVault("cage", {pin}, min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])'
        for pin in ('account="backup-central"', 'region="eu-west-1"')
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules, for those accounts and in those Regions that the target is not in; of Regions that have no air-gapped
        vaults at all another rule speaks."""
        for site, reference in air_gapped_rules(context):
            strangers = tuple(one for one in site.accounts if reference.account not in (ACCOUNT, one))
            far = reference.region != site.shape.region
            if strangers or (far and not without_air_gap(reference.region)):
                place = f"in {reference.region}" if far else f"of account {reference.account}"
                yield self.problem(
                    site,
                    "into_air_gapped",
                    f"rule `{site.rule.name}` backs up into air-gapped vault `{reference.name}` "
                    f"{place}; AWS takes one of the same account and Region only",
                    label="not where the data are",
                    help="name an air-gapped vault without pins, and copy to this one: `copies=[Copy(to=…)]`",
                    accounts=None if far else strangers,
                    here=True,
                )
