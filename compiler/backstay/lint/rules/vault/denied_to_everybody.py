"""A denial that stops backups, copies or restores."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vault_statements import policy_statements
from backstay.lint.words import listed
from backstay_aws.policy_document import values

_NEEDED = frozenset(
    {
        "backup:copyfrombackupvault",
        "backup:copyintobackupvault",
        "backup:startbackupjob",
        "backup:startcopyjob",
        "backup:startrestorejob",
    }
)


class DeniedToEverybody(Rule):
    """A vault is there to be restored from."""

    CODE = "VLT051"
    NAME = "denied-to-everybody"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy that denies backups, copies or restores to everybody, without a condition"
    WHY = (
        "A denial without a condition also hits the roles that AWS Backup works with, and those who must restore: "
        "copies out of the vault and into it end in AccessDenied, and on the day of the restore somebody must first "
        "change the policy, if anybody may."
    )
    SOURCES = (
        guide("create-a-vault-access-policy"),
        guide("logicallyairgappedvault"),
        seen("AWS's own policy of aws/efs/automatic-backup-vault"),
    )
    VALID = (
        'Vault("cage", access=Access.deny_deletes())',
        'Vault("cage", access=Access.allow_copies_to(organization=True))',
    )
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "Principal": "*", "Action": ["backup:DeleteRecoveryPoint", "backup:StartRestoreJob"],\n'
        '    "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Deny statements for all, about the whole vault, with an action that is needed."""
        for one in policy_statements(context):
            actions = one.named(_NEEDED) if one.denies and one.unconditional_for_all else ()
            if actions and "*" in values(one.body.get("Resource", "*")):
                yield self.problem(
                    one.site,
                    "access",
                    f"{one.called} denies {listed(actions)} to everybody",
                    label="nobody, ever",
                    help="except the roles that need it by a condition on `aws:PrincipalArn`, or drop the action",
                    span=context.within(one.site.where.field("access"), actions[0]),
                )
