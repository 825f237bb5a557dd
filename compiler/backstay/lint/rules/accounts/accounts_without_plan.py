"""An organization most of whose accounts nobody backs up."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Model
from backstay.lint.attachments import AttachmentSite, attachments
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain, seen
from backstay.lint.words import first_few

_SHOWN = 3


class AccountsWithoutPlan(Rule):
    """A target that is too narrow says nothing of those that it leaves out."""

    CODE = "ACC017"
    NAME = "accounts-without-plan"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "An organization in which more than two thirds of the accounts get no plan"
    WHY = (
        "A misspelt tag or the wrong unit in `attach` makes no error as long as one account is left, and what is not "
        "reached is not backed up. The management account, the backup account and accounts that get something else "
        "(a vault, a report) are not counted."
    )
    SOURCES = (
        plain("an account that no plan reaches has no backups"),
        seen("awslabs/landing-zone-accelerator-on-aws issue 11"),
    )
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'policy = Policy("p", attach=account("management"), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for the organization, where the first policy with plans is attached."""
        planned, without = _planned(context.model), _without(context.model)
        counted = len(without) + len(planned - {context.model.management_account})
        site = _first(context)
        if site is None or not without or 3 * len(without) <= 2 * counted:
            return
        yield self.problem(
            site,
            "attach",
            f"{len(without)} of {counted} accounts get no plan from any policy: {_named(context.model, without)}",
            label="the first policy that makes plans",
            help="attach a policy with a plan to those accounts too, or to a unit above them",
            accounts=(),
        )


def _planned(model: Model) -> set[str]:
    """The accounts in which something is backed up, the backup account left out."""
    shapes = (shape for shape in model.shapes if any(plan.selections for plan in shape.plans))
    return {account for shape in shapes for account in shape.accounts} - {model.backup_account or ""}


def _without(model: Model) -> list[str]:
    """The accounts that no policy gives anything."""
    reached = {account for shape in model.shapes for account in shape.accounts}
    reached |= {model.management_account, model.backup_account or ""}
    return [account for account in model.accounts if account not in reached]


def _named(model: Model, accounts: list[str]) -> str:
    """The names of the first few accounts."""
    return first_few(model.accounts[one].name for one in accounts)


def _first(context: Context) -> AttachmentSite | None:
    makers = {plan.where.policy for shape in context.model.shapes for plan in shape.plans if plan.selections}
    return next((site for site in attachments(context) if site.attachment.policy in makers), None)
