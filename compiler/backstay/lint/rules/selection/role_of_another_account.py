"""A role that is not the account's own."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen
from backstay_aws import arns
from backstay_aws.arns import Arn


class RoleOfAnotherAccount(Rule):
    """A selection works in a role of its account."""

    CODE = "SEL018"
    NAME = "role-of-another-account"
    SEVERITY = "error"
    SUMMARY = "A selection in a role of another account or partition"
    WHY = (
        "A role can be handed to a service in its own account only, so AWS refuses the selection in every other: the "
        "plan is there, and nothing is backed up."
    )
    SOURCES = (
        guide("iam-service-roles"),
        seen("IAM user guide, Grant a user permissions to pass a role to an AWS service: no cross-account role"),
    )
    VALID = (
        'Select("gold", where=tag("backup") == "gold", role="arn:aws:iam::100000000010:role/backup/Runner")',
        'Select("gold", where=tag("backup") == "gold", role="backup/Runner")',
    )
    INVALID = (
        'Select("gold", where=tag("backup") == "gold", role="arn:aws:iam::100000000002:role/backup/Runner")',
        'Select("gold", where=tag("backup") == "gold", role="arn:aws-cn:iam::100000000010:role/backup/Runner")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Roles by ARN whose account is not that of the selection."""
        for site in context.selections:
            role = arns.parse(site.selection.role_arn)
            if role is None or role.account == ACCOUNT:
                continue
            home = arns.partition_of(site.shape.region)
            if role.partition != home:
                yield self._told(site, role, f"partition `{role.partition}`", f"`{home}`", site.accounts)
            elif strangers := tuple(account for account in site.accounts if account != role.account):
                yield self._told(site, role, f"account {role.account}", _count(strangers), strangers)

    def _told(self, site: SelectionSite, role: Arn, whose: str, who: str, accounts: tuple[str, ...]) -> Problem:
        name = role.resource.removeprefix("role/")
        return self.problem(
            site,
            "role",
            f"selection `{author_name(site)}` works in a role of {whose}, used in {who}",
            label="another's role",
            help=f'write `role="{name}"`, which means the role of that name in each account',
            accounts=accounts,
        )


def _count(accounts: tuple[str, ...]) -> str:
    return f"account {accounts[0]} and {len(accounts) - 1} more" if len(accounts) > 1 else f"account {accounts[0]}"
