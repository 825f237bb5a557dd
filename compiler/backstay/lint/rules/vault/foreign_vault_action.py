"""An access policy about what no vault can do."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, guide
from backstay.lint.vault_statements import policy_statements
from backstay.lint.vaults import called

_ACTIONS = tuple(
    # Actions whose resource is a vault or a recovery point; service authorization reference, AWS Backup, and the
    # operations of botocore's model 2018-11-15, read 2026-11.
    f"backup:{name}"
    for name in (
        "AssociateBackupVaultMpaApprovalTeam",
        "CopyFromBackupVault",
        "CopyIntoBackupVault",
        "CreateBackupAccessPoint",
        "CreateBackupVault",
        "CreateLogicallyAirGappedBackupVault",
        "CreateRestoreAccessBackupVault",
        "DeleteBackupVault",
        "DeleteBackupVaultAccessPolicy",
        "DeleteBackupVaultLockConfiguration",
        "DeleteBackupVaultNotifications",
        "DeleteRecoveryPoint",
        "DescribeBackupVault",
        "DescribeRecoveryPoint",
        "DisassociateBackupVaultMpaApprovalTeam",
        "DisassociateRecoveryPoint",
        "DisassociateRecoveryPointFromParent",
        "GetBackupVaultAccessPolicy",
        "GetBackupVaultNotifications",
        "GetPITRMalwareScanResults",
        "GetRecoveryPointIndexDetails",
        "GetRecoveryPointRestoreMetadata",
        "GetRestoreTestingInferredMetadata",
        "ListBackupAccessPointsByRecoveryPoint",
        "ListProtectedResourcesByBackupVault",
        "ListRecoveryPointsByBackupVault",
        "ListRestoreAccessBackupVaults",
        "ListTags",
        "PutBackupVaultAccessPolicy",
        "PutBackupVaultLockConfiguration",
        "PutBackupVaultNotifications",
        "RevokeRestoreAccessBackupVault",
        "StartBackupJob",
        "StartCopyJob",
        "StartRestoreJob",
        "StartScanJob",
        "TagResource",
        "UntagResource",
        "UpdateRecoveryPointIndexSettings",
        "UpdateRecoveryPointLifecycle",
    )
)
_KNOWN = frozenset(name.casefold() for name in _ACTIONS)


class ForeignVaultAction(Rule):
    """A vault's policy is about the vault and its recovery points."""

    CODE = "VLT048"
    NAME = "foreign-vault-action"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy with an action that is none on a vault or its recovery points"
    WHY = (
        "A misspelt action denies nothing and allows nothing, and one of another service neither: a vault's policy "
        "governs calls of AWS Backup only, so a snapshot is still deleted through EC2 or RDS. AWS may also refuse the "
        "whole policy."
    )
    SOURCES = (
        guide("create-a-vault-access-policy"),
        Source(
            "Service authorization reference, AWS Backup",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html",
        ),
    )
    VALID = ('Vault("cage", access=Access.deny_deletes() + Access.allow_copies_from(organization=True))',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",\n'
        '    "Principal": "*", "Action": ["backup:DeleteRecoveryPoints", "ec2:DeleteSnapshot"],\n'
        '    "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Actions that are not in the table; those with wildcards another rule refuses."""
        for one in policy_statements(context):
            for action in one.actions:
                if action.casefold() not in _KNOWN and not {"*", "?"} & set(action):
                    yield self.problem(
                        one.site,
                        "access",
                        f"the access policy of {called(one.site)} names `{action}`, "
                        "which is no action on a vault or its recovery points",
                        label="has no effect here",
                        help=_advice(action),
                        span=context.within(one.site.where.field("access"), action),
                    )


def _advice(action: str) -> str:
    if not action.casefold().startswith("backup:"):
        return "forbid it by a service control policy, or by the policy of the role"
    close = difflib.get_close_matches(action, _ACTIONS, 1, 0.8)
    return f"did you mean `{close[0]}`?" if close else "drop it, or put it into the policy of a role"
