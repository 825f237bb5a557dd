"""A vault access policy with a wildcard where AWS takes none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vaults import every_vault
from backstay_aws.access_shape import DocumentProblem, document_findings


class WildcardVaultAction(Rule):
    """Vault policies name their actions one by one."""

    CODE = "VLT035"
    NAME = "wildcard-vault-action"
    SEVERITY = "error"
    SUMMARY = "A vault access policy with a wildcard among its actions"
    WHY = "AWS refuses the policy: what it was to forbid stays allowed, and what it was to allow is refused."
    SOURCES = (guide("create-a-vault-access-policy"), seen("AWS CDK, BackupVault grants"))
    VALID = ('Vault("cage", access=Access.deny_deletes())',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "Principal": "*", "Action": "backup:Delete*", "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Actions with `*` or `?`."""
        for site in every_vault(context):
            for found in document_findings(site.vault.policy) if site.vault.policy is not None else ():
                if found.problem is DocumentProblem.WILDCARD_ACTION:
                    yield self.problem(
                        site,
                        "access",
                        f"the access policy of vault `{site.vault.name}` has the action `{found.text}`; "
                        "AWS takes no wildcards there",
                        label="wildcard in an action",
                        help="name each action",
                        span=context.within(site.where.field("access"), found.text),
                    )
