"""An access policy that locks everybody out of itself."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vault_statements import PolicyStatement, policy_statements
from backstay.lint.vaults import AnySite, called
from backstay_aws.policy_document import values

_PUT = "backup:putbackupvaultaccesspolicy"
_DELETE = "backup:deletebackupvaultaccesspolicy"


class UnchangeableVaultPolicy(Rule):
    """Somebody must be able to mend a policy."""

    CODE = "VLT038"
    NAME = "unchangeable-vault-policy"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy that denies everybody to change it and to remove it"
    WHY = (
        "With both denied, without a condition, no role of the account can ever correct the policy, not even one for "
        "emergencies; whether root can, no page of AWS says. The next change of the policy fails, and only AWS "
        "support may help."
    )
    SOURCES = (guide("create-a-vault-access-policy"), seen("the sample policy of awslabs/landing-zone-accelerator 519"))
    VALID = (
        'Vault("cage", access=Access.deny_deletes())',
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "Principal": "*", "Action": ["backup:PutBackupVaultAccessPolicy",\n'
        '    "backup:DeleteBackupVaultAccessPolicy"], "Resource": "*",\n'
        '    "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/emergency"}}}]}))',
    )
    INVALID = (
        'Vault("cage", access=Access.deny_deletes() + Access.document({"Version": "2012-10-17", "Statement": [\n'
        '    {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteBackupVaultAccessPolicy",\n'
        '     "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults whose policy denies both actions to all, in one statement or in several."""
        found: dict[int, tuple[AnySite, set[str]]] = {}
        for one in policy_statements(context):
            if one.denies and one.unconditional_for_all and _whole(one):
                denied = found.setdefault(id(one.site), (one.site, set()))[1]
                denied.update(action.casefold() for action in one.actions)
        for site, denied in found.values():
            if {_PUT, _DELETE} <= denied:
                yield self.problem(
                    site,
                    "access",
                    f"the access policy of {called(site)} forbids everybody to change it and to remove it",
                    label="nobody can undo this",
                    help="except a role for emergencies by a condition on `aws:PrincipalArn`",
                )


def _whole(one: PolicyStatement) -> bool:
    """Whether a statement is about the vault at large."""
    return "*" in values(one.body.get("Resource", "*"))
