"""A copy to an account outside the organization."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class CopyOutsideOrganization(Rule):
    """Copies stay in the organization."""

    CODE = "CPY005"
    NAME = "copy-outside-organization"
    SEVERITY = "error"
    WHOLE = True
    SUMMARY = "A copy to an account that is not in the organization"
    WHY = "Every copy fails: “Both source and destination account must be a member of the same organization”."
    SOURCES = (guide("create-cross-account-backup"),)
    VALID = ("Copy(to=central)",)
    INVALID = ('Copy(to="arn:aws:backup:eu-west-1:999999999999:backup-vault:elsewhere")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Destinations in accounts that the organization file does not have."""
        for site in context.copies:
            account = site.copy.destination.account
            if account != ACCOUNT and account not in context.model.accounts:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to account {account}, "
                    f"which is not in organization {context.model.organization}",
                    label="outside the organization",
                    help="copy to an account of the organization, or add the account to the organization file",
                )
