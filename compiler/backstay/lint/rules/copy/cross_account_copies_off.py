"""Copies between accounts while the organization has not switched them on."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Where
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay_aws import arns
from backstay_contract.findings import Severity

SETTING = "isCrossAccountBackupEnabled"


class CrossAccountCopiesOff(Rule):
    """Copies between accounts need a switch in the management account."""

    CODE = "CPY004"
    NAME = "cross-account-copies-off"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "Copies to another account while no policy switches them on for the organization"
    WHY = (
        "Unless the management account has switched cross-account backup on, every such copy fails with “Cross-account "
        "copy feature is not enabled for the current organization”. It is one setting for the organization; somebody "
        "may have set it by hand, so this is an error only where a policy switches it off."
    )
    SOURCES = (guide("create-cross-account-backup"), guide("manage-cross-account"))
    VALID = (
        'policy = Policy("p", attach=root(), vaults=[primary, central], settings=Settings(cross_account_copies=True),\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to=central)])], select=[Select("gold", where=tag("backup") == "gold")])])',
        'policy = Policy("p", attach=root(), vaults=[primary],\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to="arn:aws-cn:backup:cn-north-1:100000000002:backup-vault:far")])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary, central],\n'
        '    plans=[Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35),\n'
        '    copies=[Copy(to=central)])], select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for the organization, at the first copy that needs the setting, or at the setting."""
        state = dict(context.model.global_settings).get(SETTING)
        inside = [site for site in context.copies if _inside(context, site)]
        sites = [(site, accounts) for site in inside if (accounts := travellers(site))]
        if state == "true" or not sites:
            return
        first = min((site for site, _ in sites), key=lambda site: (site.where.span is None, site.where.span))
        for site, accounts in sites:
            yield self._told(context, site, first, accounts, "error" if state == "false" else "warning")

    def _told(
        self, context: Context, site: CopySite, first: CopySite, accounts: tuple[str, ...], severity: Severity
    ) -> Problem:
        setting: Where | None = context.model.global_where
        off = severity == "error"
        return self.problem(
            site,
            "to",
            "copies go to other accounts of the organization, and "
            + ("a policy switches cross-account copies off" if off else "no policy switches cross-account copies on"),
            label="the first of them" if not off else "switched off here",
            help="add `settings=Settings(cross_account_copies=True)` to one policy",
            notes=["it is one setting of the organization, in the management account"],
            severity=severity,
            accounts=accounts,
            span=setting.field("cross_account_copies") if off and setting else first.where.field("to"),
        )


def _inside(context: Context, site: CopySite) -> bool:
    """Whether a copy stays in the organization; an account of another partition is none of its accounts."""
    to = site.copy.destination
    return to.account in context.model.accounts and arns.partition_of(to.region) == context.model.partition
