"""A copy to another account's vault `Default`."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class CopyIntoDefaultVault(Rule):
    """The vault that the console makes takes no copies from other accounts."""

    CODE = "CPY025"
    NAME = "copy-into-default-vault"
    SEVERITY = "error"
    SUMMARY = "A copy to the vault `Default` of another account"
    WHY = "AWS refuses every copy from another account into `Default`, whose key cannot be shared."
    SOURCES = (guide("create-cross-account-backup"),)
    VALID = ("Copy(to=central)",)
    INVALID = ('Copy(to="arn:aws:backup:eu-west-1:100000000002:backup-vault:Default")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Cross-account copies to `Default`."""
        for site in context.copies:
            accounts = travellers(site)
            if accounts and site.copy.destination.name == "Default":
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to account {site.copy.destination.account}, "
                    "whose vault `Default` takes no copies from other accounts",
                    label="refused",
                    help="declare a vault of your own there, with a key and an access policy",
                    accounts=accounts,
                )
