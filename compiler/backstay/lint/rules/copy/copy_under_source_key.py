"""A copy in another account that is encrypted with a key of the account it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay_aws import arns


class CopyUnderSourceKey(Rule):
    """Who holds the key holds the copy."""

    CODE = "CPY028"
    NAME = "copy-under-source-key"
    SEVERITY = "warning"
    SUMMARY = "A copy into another account's vault that is encrypted with a key of the source's account"
    WHY = (
        "The copy lies in another account for the day on which the source's account is lost, and can be read only with "
        "a key of that very account: whoever deletes the key, or closes the account, has deleted the copies too, "
        "whatever lock is on their vault."
    )
    SOURCES = (guide("encryption"), plain("without its key a recovery point cannot be read"))
    VALID = ("Copy(to=central)",)
    INVALID = (
        'far = Vault("far", account="backup-central", region="eu-west-1",\n'
        '    key="arn:aws:kms:eu-west-1:100000000010:alias/backup", '
        "access=Access.allow_copies_from(organization=True))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, far], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=far)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cross-account copies into vaults whose key belongs to an account that copies there."""
        for site in context.copies:
            accounts = travellers(site)
            for destination in context.destinations(site) if accounts else ():
                owner = _owner(destination.vault)
                if destination.vault is not None and owner in accounts:
                    yield self.problem(
                        site,
                        "to",
                        f"rule `{site.rule.name}` copies from account {owner} to account "
                        f"{site.copy.destination.account}, whose vault `{destination.vault.name}` is encrypted with "
                        f"a key of {owner}",
                        label="under a key of the source",
                        help="give the vault a key of its own account",
                        others=[(destination.vault.where.field("key"), f"a key of account {owner}")],
                        accounts=(owner,),
                    )


def _owner(vault: Vault | None) -> str:
    """The account of a vault's key, if its ARN says so."""
    arn = arns.parse(vault.key_arn or "") if vault is not None else None
    return "" if arn is None else arn.account
