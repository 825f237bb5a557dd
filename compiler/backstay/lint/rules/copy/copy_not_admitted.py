"""A copy into another account's vault that does not let it in."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.context import Context
from backstay.lint.copying import refused, travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide, seen


class CopyNotAdmitted(Rule):
    """A vault lets other accounts in by its access policy only."""

    CODE = "CPY021"
    NAME = "copy-not-admitted"
    SEVERITY = "error"
    WHOLE = True
    SUMMARY = "A copy to another account whose vault does not admit the source"
    WHY = (
        "Without an access policy that allows `backup:CopyIntoBackupVault` to the source, every copy ends in "
        "AccessDenied. The backups themselves succeed, so nobody looks until the source is lost. The compiler never "
        "adds such a policy silently."
    )
    SOURCES = (guide("create-cross-account-backup"), seen("lgallard/terraform-aws-backup issue 318"))
    VALID = ("Copy(to=central)",)
    INVALID = (
        'closed = Vault("closed", account="backup-central", region="eu-west-1", key="alias/backup")\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, closed], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=closed)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'some = Vault("some", account="backup-central", region="eu-west-1", key="alias/backup",\n'
        '    access=Access.allow_copies_from(accounts=["management"]))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, some], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=some)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def decided(self, problem: Problem, context: Context) -> bool:
        """Where the file has the access policy of the vault that the copy goes to."""
        sites = [site for site in context.copies if site.where.span == problem.where.span]
        vaults = [destination.vault for site in sites for destination in context.destinations(site)]
        return all(vault is not None and vault.policy is not None for vault in vaults)

    def check(self, context: Context) -> Iterator[Problem]:
        """Cross-account copies into declared vaults, for the accounts that the vault's policy does not admit."""
        for site in context.copies:
            accounts = travellers(site)
            for destination in context.destinations(site) if accounts else ():
                if destination.vault is not None:
                    outside = refused(context, site, destination.vault, accounts)
                    if outside:
                        yield self._told(site, destination.vault, outside)

    def _told(self, site: CopySite, vault: Vault, outside: tuple[str, ...]) -> Problem:
        why = "has no access policy" if vault.policy is None else "does not let it in by its access policy"
        return self.problem(
            site,
            "to",
            f"rule `{site.rule.name}` copies to account {site.copy.destination.account}, "
            f"whose vault `{vault.name}` {why}",
            label="not let in",
            help="add `access=Access.allow_copies_from(organization=True)` to the vault",
            others=[(vault.where.field("access"), "the vault")],
            accounts=outside,
        )
