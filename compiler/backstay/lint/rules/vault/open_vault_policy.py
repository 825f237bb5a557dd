"""A vault that lets anybody in."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_aws.policy_document import statements, values

_BOUNDING = ("principalorgid", "principalorgpaths", "principalaccount", "principalarn", "sourceaccount", "sourcearn")


class OpenVaultPolicy(Rule):
    """An allowance for everybody should say from which organization."""

    CODE = "VLT034"
    NAME = "open-vault-policy"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy that allows everybody, without a condition on who"
    WHY = (
        '`Principal: "*"` means every AWS account. Copies from outside the organization are refused today by another '
        "rule of AWS; the policy is all that the vault itself says, and an auditor reads it as open."
    )
    SOURCES = (guide("create-a-vault-access-policy"), seen("samples of NHSDigital and dimagi"))
    VALID = ('Vault("cage", access=Access.allow_copies_from(organization=True))',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",\n'
        '    "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Allow statements for `*` whose conditions do not bound the principal."""
        for site in context.vaults:
            for number, statement in enumerate(statements(site.vault.policy or {}), 1):
                if (
                    statement.get("Effect") == "Allow"
                    and _everybody(statement.get("Principal"))
                    and not _bounded(statement)
                ):
                    yield self.problem(
                        site,
                        "access",
                        f"statement {number} of vault `{site.vault.name}`'s access policy allows every AWS account",
                        label="no condition says who",
                        help="use `Access.allow_copies_from(organization=True)`, or add `aws:PrincipalOrgID`",
                    )


def _everybody(principal: object) -> bool:
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return "*" in values(named)


def _bounded(statement: object) -> bool:
    conditions = statement.get("Condition") if isinstance(statement, dict) else None
    blocks = conditions.values() if isinstance(conditions, dict) else ()
    keys = [str(key).casefold() for block in blocks if isinstance(block, dict) for key in block]
    return any(key.partition(":")[2] in _BOUNDING for key in keys)
