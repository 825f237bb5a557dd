"""A plan in the management account."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.attachments import attachments, leaving_out, plans_made
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source
from backstay.lint.words import first_few, plural


class PlanInManagementAccount(Rule):
    """The management account should have nothing to back up."""

    CODE = "ACC030"
    NAME = "plan-in-management-account"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A policy that makes plans in the organization's management account"
    WHY = (
        "Service control policies do not hold there, so nothing keeps its administrators from the backups; AWS "
        "advises to keep the account free of resources. `root()` takes it in, often without anybody meaning it."
    )
    SOURCES = (
        Source(
            "AWS Organizations user guide, Best practices for the management account",
            "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html",
        ),
    )
    VALID = (
        'policy = Policy("p", attach=root() & ~account("management"), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(14))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(14))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'policy = Policy("p", attach=account("management"), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(14))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for each policy whose plans stand there."""
        own = context.model.management_account
        made = plans_made(context, own)
        for site in attachments(context):
            plans = made.pop(site.attachment.policy, ())
            if plans:
                yield self.problem(
                    site,
                    "attach",
                    f"policy `{site.attachment.policy}` makes {plural(plans, 'plan')} {first_few(plans)} "
                    f"in the management account {own}",
                    label="takes in the management account",
                    help=leaving_out(context, site, own),
                    accounts=(own,),
                )
