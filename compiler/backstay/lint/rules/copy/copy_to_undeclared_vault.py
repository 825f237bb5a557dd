"""A copy to a vault in the organization that no policy makes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT, VaultRef
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import seen
from backstay_aws import arns


class CopyToUndeclaredVault(Rule):
    """A copy's destination should be declared where it is."""

    CODE = "CPY003"
    NAME = "copy-to-undeclared-vault"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A copy to a vault of the organization that no policy declares"
    WHY = (
        "Whether the vault exists, who may copy into it, and which retentions its lock takes cannot be checked. If it "
        "does not exist, the backup succeeds and every copy fails."
    )
    SOURCES = (seen("lgallard/terraform-aws-backup issue 318"),)
    VALID = ("Copy(to=central)",)
    INVALID = (
        'Copy(to="arn:aws:backup:eu-west-1:100000000002:backup-vault:elsewhere")',
        'Copy(to=Vault("forgotten", region="eu-west-1"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Destinations inside the organization that are not in the model."""
        for site in context.copies:
            reference = site.copy.destination
            if not _expected(context, reference):
                continue
            for destination in context.destinations(site):
                if destination.vault is None:
                    owner = "the same account" if reference.account == ACCOUNT else f"account {reference.account}"
                    yield self.problem(
                        site,
                        "to",
                        f"rule `{site.rule.name}` copies to `{reference.name}`, which no policy declares in "
                        f"{reference.region} of {owner}",
                        label="cannot be checked",
                        help="declare the vault in `vaults=` of a policy that reaches there",
                        accounts=destination.accounts,
                    )


def _expected(context: Context, reference: VaultRef) -> bool:
    """Whether a policy could declare the vault at all; where not, other rules say so."""
    inside = reference.account == ACCOUNT or reference.account in context.model.accounts
    return inside and reference.name != "Default" and arns.partition_of(reference.region) == context.model.partition
