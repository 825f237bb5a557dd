"""A vault that lets anybody in."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, guide, seen
from backstay.lint.vault_statements import PolicyStatement, policy_statements
from backstay_aws.access import admits

_BOUNDING = ("principalorgid", "principalorgpaths", "principalaccount", "principalarn", "sourceaccount", "sourcearn")
_STRANGER = "000000000000"
_STRANGE = "o-stranger0000"


class OpenVaultPolicy(Rule):
    """An allowance for everybody should say from which organization."""

    CODE = "VLT034"
    NAME = "open-vault-policy"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy that allows everybody, without a condition on who"
    WHY = (
        '`Principal: "*"` means every AWS account. Copies from outside the organization are refused today by another '
        "rule of AWS; the policy is all that the vault itself says, and an auditor reads it as open. A condition does "
        "not close it if it is negated (`StringNotEquals`) or passes where the key is missing (`…IfExists`, "
        "`ForAllValues`)."
    )
    SOURCES = (
        guide("create-a-vault-access-policy"),
        Source(
            "IAM user guide, condition operators",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        ),
        seen("samples of NHSDigital and dimagi"),
    )
    VALID = ('Vault("cage", access=Access.allow_copies_from(organization=True))',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",\n'
        '    "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]}))',
        'AirGappedVault("cage", min=days(7), max=days(90), access=Access.document({"Version": "2012-10-17",\n'
        '    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "backup:CopyIntoBackupVault",\n'
        '    "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-example000"}}}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Allow statements for `*` whose conditions do not bound the principal."""
        for one in policy_statements(context):
            if not one.allows or "*" not in one.principals:
                continue
            bounded = _bounded(one)
            if not bounded or _lets_strangers_in(one):
                yield self.problem(
                    one.site,
                    "access",
                    f"{one.called} allows every AWS account",
                    label="its condition lets strangers in" if bounded else "no condition says who",
                    help="use `Access.allow_copies_from(organization=True)`, "
                    "or `StringEquals` with `aws:PrincipalOrgID`",
                )


def _bounded(one: PolicyStatement) -> bool:
    conditions = one.body.get("Condition")
    blocks = conditions.values() if isinstance(conditions, dict) else ()
    keys = [str(key).casefold() for block in blocks if isinstance(block, dict) for key in block]
    return any(key.partition(":")[2] in _BOUNDING for key in keys)


def _lets_strangers_in(one: PolicyStatement) -> bool:
    """Whether the statement by itself allows its actions to an account of another organization, or of none."""
    alone = {"Statement": [{key: value for key, value in one.body.items() if not key.endswith("Resource")}]}
    return any(
        admits(
            alone,
            action,
            principal_account=_STRANGER,
            principal_arn=f"arn:aws:iam::{_STRANGER}:role/stranger",
            organization=organization,
            org_path=None if organization is None else f"{organization}/r-stranger/",
            vault_arn="*",
        )
        for action in one.actions[:1]
        for organization in (None, _STRANGE)
    )
