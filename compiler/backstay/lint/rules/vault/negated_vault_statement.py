"""A statement of an access policy that says whom or what it is not about."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, guide
from backstay.lint.vault_statements import PolicyStatement, policy_statements

_ELEMENTS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_"


class NegatedVaultStatement(Rule):
    """A policy should name whom and what it means."""

    CODE = "VLT049"
    NAME = "negated-vault-statement"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy with `NotPrincipal` or `NotAction`"
    WHY = (
        "`NotPrincipal` in an allowance means every AWS account but the named ones. In a denial it also hits the "
        "sessions of the excepted role, unless each is named, so the role for emergencies is locked out too. "
        "`NotAction` means actions that AWS adds tomorrow; it is a wildcard, and a vault's policy takes none."
    )
    SOURCES = (
        guide("create-a-vault-access-policy"),
        Source("IAM user guide, NotPrincipal", f"{_ELEMENTS}notprincipal.html"),
        Source("IAM user guide, NotAction", f"{_ELEMENTS}notaction.html"),
    )
    VALID = ('Vault("cage", access=Access.deny_deletes(except_=["arn:aws:iam::*:role/emergency"]))',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "NotPrincipal": {"AWS": "arn:aws:iam::100000000010:role/emergency"},\n'
        '    "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}]}))',
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "Principal": "*", "NotAction": "backup:StartRestoreJob", "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Statements with either element."""
        for one in policy_statements(context):
            for element in ("NotPrincipal", "NotAction"):
                if element in one.body:
                    yield self.problem(
                        one.site,
                        "access",
                        f"{one.called} {_meaning(one, element)}",
                        label=f"`{element}`",
                        help="name the actions one by one"
                        if element == "NotAction"
                        else 'use `Principal: "*"` with `ArnNotLike` on `aws:PrincipalArn`',
                        span=context.within(one.site.where.field("access"), element),
                    )


def _meaning(one: PolicyStatement, element: str) -> str:
    verb = "allows" if one.allows else "denies"
    if element == "NotAction":
        return f"{verb} every action but some, also those that AWS adds later"
    return f"{verb} its actions to everybody but some" + ("" if one.allows else ", and to the sessions of these")
