"""A vault's own policy that gives the right to destroy."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, guide
from backstay.lint.vault_statements import PolicyStatement, account_of, policy_statements
from backstay.lint.words import listed

_DESTROYING = frozenset(
    {
        "backup:deletebackupvault",
        "backup:deletebackupvaultaccesspolicy",
        "backup:deletebackupvaultlockconfiguration",
        "backup:deleterecoverypoint",
        "backup:disassociaterecoverypoint",
        "backup:putbackupvaultaccesspolicy",
        "backup:updaterecoverypointlifecycle",
    }
)


class AllowedDeletion(Rule):
    """A vault's policy is there to forbid."""

    CODE = "VLT050"
    NAME = "allowed-deletion"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy that allows deleting recovery points, or what protects them"
    WHY = (
        "Within the account such a statement is enough by itself: who is named may delete although no policy of theirs "
        "says so, and nobody who reviews roles sees it. An exception from a denial gives nothing away."
    )
    SOURCES = (
        guide("create-a-vault-access-policy"),
        Source(
            "IAM user guide, policy evaluation within one account",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
        ),
    )
    VALID = ('Vault("cage", access=Access.deny_deletes(except_=["arn:aws:iam::*:role/emergency"]))',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",\n'
        '    "Principal": {"AWS": "arn:aws:iam::100000000010:role/admin"},\n'
        '    "Action": ["backup:DeleteRecoveryPoint", "backup:DescribeRecoveryPoint"], "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Allow statements for principals of the vault's account; what is allowed to others another rule tells."""
        for one in policy_statements(context):
            actions = one.named(_DESTROYING) if one.allows else ()
            if actions and _at_home(one):
                yield self.problem(
                    one.site,
                    "access",
                    f"{one.called} allows {listed(actions)}",
                    label="gives the right to destroy",
                    help="deny these to everybody but some: `Access.deny_deletes(except_=[…])`",
                    span=context.within(one.site.where.field("access"), actions[0]),
                )


def _at_home(one: PolicyStatement) -> bool:
    """Whether a principal is of the vault's account, as far as can be seen."""
    own = (ACCOUNT, None, *one.site.accounts)
    return any(name != "*" and account_of(name) in own for name in one.principals)
