"""A copy to another account from a vault on AWS's own key."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import unable
from backstay.lint.context import Context
from backstay.lint.copying import on_aws_key, travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.words import listed


class CopyFromAwsManagedKey(Rule):
    """AWS-managed keys do not leave their account."""

    CODE = "CPY022"
    NAME = "copy-from-aws-managed-key"
    SEVERITY = "warning"
    SUMMARY = "A copy to another account from a vault on an AWS-managed key"
    WHY = (
        "The policy of `aws/backup` cannot be changed, so no other account can be let in to it. Copies of types that "
        "AWS Backup does not fully manage fail (an error where the plan names such types); of fully managed types "
        "they may pass, but the key is then nobody's to audit or to rotate."
    )
    SOURCES = (guide("encryption"), seen("aws-samples/aws-backup-automation issue 2"))
    VALID = ("Copy(to=central)",)
    INVALID = (
        'plain = Vault("plain")\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[plain, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=plain, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("volumes", where=resource_type("EBS"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cross-account copies out of vaults without a key of one's own."""
        for site in context.copies:
            accounts = travellers(site)
            if accounts and site.vault is not None and on_aws_key(site.vault):
                types = unable(site.plan, "full_management", site.shape.region)
                what = f" {listed(types)}" if types else ""
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies{what} to account {site.copy.destination.account} "
                    f"from `{site.rule.vault}`, which is on AWS's own key",
                    label="another account",
                    help='give the vault a key of your own: `key="alias/backup"`',
                    others=[(site.vault.where.field("key"), "no `key=`")],
                    severity="error" if types else None,
                    accounts=accounts,
                )
