"""An ARN of an account that does not get the selection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay.lint.arn_forms import fixed_account
from backstay.lint.comparisons import Named, author_name, named, uses
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide


class ArnOfAnotherAccount(Rule):
    """A plan takes resources of its own account."""

    CODE = "SEL032"
    NAME = "arn-of-another-account"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A selection by the ARN of an account that does not get the selection"
    WHY = (
        "A plan sees the resources of its own account only. An ARN of another is taken without complaint and matches "
        "nothing. It is advice where some of the accounts that get the selection are named and the others are not: "
        "these get a plan that does nothing."
    )
    SOURCES = (guide("assigning-resources"),)
    VALID = (
        'Select("orders", where=resource("arn:aws:dynamodb:eu-central-1:100000000010:table/orders"))',
        'Select("orders", where=resource("arn:aws:dynamodb:*:*:table/orders"))',
    )
    INVALID = (
        'Select("orders", where=resource("arn:aws:dynamodb:eu-central-1:100000000002:table/orders"))',
        'policy = Policy("p", attach=root(), vaults=[primary], plans=[\n'
        '    Plan("gold", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("one", where=resource("arn:aws:dynamodb:*:100000000010:table/orders"))])])',
    )

    def decided(self, problem: Problem, context: Context) -> bool:  # noqa: ARG002
        """Of one file too: it is told where all that the file could be for agree on it."""
        return True

    def check(self, context: Context) -> Iterator[Problem]:
        """ARNs with an account, against all accounts that have the selection."""
        for sites in uses(context):
            arns = [one for one in named(sites[0]) if one.taken and fixed_account(one.arn)]
            if arns:
                accounts = frozenset(account for site in sites for account in site.accounts)
                yield from self._foreign(sites[0], arns, accounts)
                yield from self._idle(sites[0], arns, accounts)

    def _foreign(self, site: SelectionSite, arns: Sequence[Named], accounts: frozenset[str]) -> Iterator[Problem]:
        for one in arns:
            owner = fixed_account(one.arn)
            if owner not in accounts:
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` names a resource of account {owner}, which does not get it",
                    label="another account's",
                    help="put `*` in place of the account, or attach the policy to that account",
                    span=one.span,
                )

    def _idle(self, site: SelectionSite, arns: Sequence[Named], accounts: frozenset[str]) -> Iterator[Problem]:
        """Accounts whose selection names nothing of theirs, where others have something."""
        owners = {fixed_account(one.arn) for one in arns} & accounts
        idle = tuple(sorted(accounts - owners))
        if owners and idle and len(arns) == len(site.selection.selection.resources):
            yield self.problem(
                site,
                "where",
                f"selection `{author_name(site)}` names resources of {len(owners)} of the {len(accounts)} accounts "
                "that get it",
                label=f"nothing of account {idle[0]}",
                help="attach its policy to the accounts that have these resources",
                span=arns[0].span,
                severity="advice",
                accounts=idle,
            )
