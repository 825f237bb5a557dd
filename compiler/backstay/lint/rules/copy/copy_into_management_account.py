"""A copy into the management account."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source


class CopyIntoManagementAccount(Rule):
    """Copies belong into an account that can be fenced in."""

    CODE = "CPY031"
    NAME = "copy-into-management-account"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A copy into a vault of the organization's management account"
    WHY = (
        "Service control policies do not hold in the management account, so nothing keeps its administrators from "
        "the copies; and copies are a reason for people to work there. AWS advises to keep it empty."
    )
    SOURCES = (
        Source(
            "AWS Organizations user guide, Best practices for the management account",
            "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html",
        ),
    )
    VALID = ("Copy(to=central)",)
    INVALID = (
        'top = Vault("top", account="management", region="eu-west-1", key="alias/backup",\n'
        "    access=Access.allow_copies_from(organization=True))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, top], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=top)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies from other accounts into the management account."""
        for site in context.copies:
            to = site.copy.destination
            accounts = travellers(site) if to.account == context.model.management_account else ()
            if accounts:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to `{to.name}` of the management account {to.account}",
                    label="the management account",
                    help="copy to an account that is there for backups and nothing else",
                    accounts=accounts,
                )
