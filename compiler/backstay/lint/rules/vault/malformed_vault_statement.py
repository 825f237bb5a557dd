"""An access policy that is not one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, api
from backstay.lint.vault_statements import policy_statements
from backstay.lint.vaults import called, every_vault
from backstay_aws.policy_document import statements


class MalformedVaultStatement(Rule):
    """A statement says whether, who and what."""

    CODE = "VLT058"
    NAME = "malformed-vault-statement"
    SEVERITY = "error"
    SUMMARY = "A vault access policy without a statement, or a statement without effect, principal or action"
    WHY = (
        "AWS refuses the policy, so the vault keeps the one that it had, or none: what was to be forbidden stays "
        "allowed."
    )
    SOURCES = (
        api("PutBackupVaultAccessPolicy"),
        Source(
            "IAM user guide, grammar of the policy language",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
        ),
    )
    VALID = ('Vault("cage", access=Access.deny_deletes())',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": []}))',
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}]}))',
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "deny",\n'
        '    "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Policies and their statements, by the grammar of IAM."""
        for site in every_vault(context):
            if site.vault.policy is not None and not any(statements(site.vault.policy)):
                yield self.problem(
                    site,
                    "access",
                    f"the access policy of {called(site)} has no statement",
                    label="empty",
                    help="leave `access=` out",
                )
        for one in policy_statements(context):
            for what, help_ in _missing(one.body):
                yield self.problem(
                    one.site, "access", f"{one.called} {what}", label="AWS refuses the policy", help=help_
                )


def _missing(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a statement lacks, and what to do."""
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "has neither the effect `Allow` nor `Deny`", 'add `"Effect": "Allow"` or `"Effect": "Deny"`'
    if not statement.get("Principal") and not statement.get("NotPrincipal"):
        yield "names no principal", 'add `"Principal"`, such as `"*"`'
    if not statement.get("Action") and not statement.get("NotAction"):
        yield "names no action", 'add `"Action"`, such as `"backup:CopyIntoBackupVault"`'
