"""A copy into a vault on AWS's own key."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import unable
from backstay.lint.context import Context
from backstay.lint.copying import on_aws_key, travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed


class CopyToAwsManagedKey(Rule):
    """A destination needs a key of one's own for most types."""

    CODE = "CPY023"
    NAME = "copy-to-aws-managed-key"
    SEVERITY = "warning"
    SUMMARY = "A copy into a vault on an AWS-managed key"
    WHY = (
        "A copy of a type that AWS Backup does not fully manage is encrypted with the destination's key, and fails if "
        "that is `aws/backup`. An error where the plan names such types, a warning where it selects by tags and may "
        "take them, or where the destination is another account's."
    )
    SOURCES = (guide("encryption"), guide("create-cross-account-backup"))
    VALID = ("Copy(to=central)",)
    INVALID = (
        'plain = Vault("plain", region="eu-west-1")\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, plain], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=plain)])],\n'
        '    select=[Select("volumes", where=resource_type("EBS"))])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies into declared vaults without a key, unless all named types are fully managed and stay at home."""
        for site in context.copies:
            for destination in context.destinations(site):
                vault = destination.vault
                if vault is None or not on_aws_key(vault):
                    continue
                types = unable(site.plan, "full_management", site.shape.region)
                if types or not all(one.types for one in site.plan.selections) or travellers(site):
                    what = f" {listed(types)}" if types else ""
                    yield self.problem(
                        site,
                        "to",
                        f"rule `{site.rule.name}` copies{what} into `{vault.name}`, which is on AWS's own key",
                        label="on `aws/backup`",
                        help='give the destination a key of your own: `key="alias/backup"`',
                        others=[(vault.where.field("key"), "no `key=`")],
                        severity="error" if types else None,
                        accounts=destination.accounts,
                    )
