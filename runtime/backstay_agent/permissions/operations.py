"""Which operations of AWS each command may call. A test runs the commands and holds the table equal to what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from backstay_agent.permissions.job_operations import BACKUP, CALLER, COPY, FOUND, OWN, RESTORE, RESTORE_TEST, named

_ACCOUNTS = named(organizations="ListAccounts")

_PLACE = named(
    backup="""
        DescribeRegionSettings GetBackupPlan GetBackupSelection GetBackupVaultAccessPolicy GetBackupVaultNotifications
        ListBackupPlans ListBackupSelections ListBackupVaults ListRecoveryPointsByBackupVault ListTags
    """,
    iam="GetRole",
    kms="DescribeKey",
    resourcegroupstaggingapi="GetResources",
    sns="GetTopicAttributes",
)
# What `parts` reads: what is ours, and what has a wanted name.
_PARTS = named(
    backup="""
        DescribeFramework DescribeReportPlan GetLegalHold GetRestoreTestingPlan GetRestoreTestingSelection
        GetTieringConfiguration ListFrameworks ListLegalHolds ListReportPlans ListRestoreTestingPlans
        ListRestoreTestingSelections ListTieringConfigurations
    """,
    iam="GetRolePolicy ListAttachedRolePolicies ListRolePolicies ListRoleTags ListRoles",
    kms="GetKeyPolicy ListAliases ListResourceTags",
    organizations="""
        DescribePolicy ListOrganizationalUnitsForParent ListPolicies ListRoots ListTagsForResource ListTargetsForPolicy
    """,
)
_PART_REMOVALS = named(
    backup="""
        CancelLegalHold DeleteFramework DeleteReportPlan DeleteRestoreTestingPlan DeleteRestoreTestingSelection
        DeleteTieringConfiguration
    """,
    organizations="DeletePolicy DetachPolicy",
)
# What can be taken back again of all that is done to parts; see `creation`, `change` and `removal` of each.
_PART_REVERSIBLE = named(
    backup="""
        CreateFramework CreateLegalHold CreateReportPlan CreateRestoreTestingPlan CreateRestoreTestingSelection
        DeleteFramework DeleteReportPlan DeleteRestoreTestingPlan DeleteRestoreTestingSelection
        DeleteTieringConfiguration UpdateFramework UpdateReportPlan UpdateRestoreTestingPlan
        UpdateRestoreTestingSelection UpdateTieringConfiguration
    """,
    organizations="AttachPolicy CreatePolicy TagResource UpdatePolicy",
)
_PART_CHANGES = (
    _PART_REMOVALS | _PART_REVERSIBLE | named(backup="CreateLogicallyAirGappedBackupVault CreateTieringConfiguration")
)
# Roles and keys that a build makes itself: whoever may do this may make a role that can do more than the agent.
_MANAGED = named(
    iam="""
        AttachRolePolicy CreateRole DeleteRolePolicy DetachRolePolicy PutRolePolicy TagRole UpdateAssumeRolePolicy
        UpdateRole
    """,
    kms="CreateAlias CreateKey ListKeys PutKeyPolicy TagResource UpdateKeyDescription",
)
_GLOBAL = named(backup="DescribeGlobalSettings", organizations="ListAWSServiceAccessForOrganization")
_CHANGES = named(
    backup="""
        CreateBackupPlan CreateBackupSelection CreateBackupVault DeleteBackupPlan DeleteBackupSelection
        DeleteBackupVault DeleteBackupVaultAccessPolicy DeleteBackupVaultLockConfiguration
        DeleteBackupVaultNotifications PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration
        PutBackupVaultNotifications TagResource UpdateBackupPlan UpdateGlobalSettings UpdateRegionSettings
    """
)
_READ_BACK = named(backup="DescribeBackupVault")
_TEARDOWN = named(
    backup="""
        DeleteBackupPlan DeleteBackupSelection DeleteBackupVault DeleteBackupVaultAccessPolicy
        DeleteBackupVaultNotifications DescribeBackupVault ListLegalHolds ListRecoveryPointsByBackupVault
        ListRecoveryPointsByLegalHold
    """
)
_POINTS = named(backup="DeleteBackupVaultLockConfiguration DeleteRecoveryPoint")
_PLAN = CALLER | _ACCOUNTS | _PLACE | _GLOBAL | _PARTS
_AUDIT = (
    CALLER
    | _ACCOUNTS
    | FOUND
    | named(
        backup="""
            DescribeRegionSettings GetBackupPlan GetBackupSelection GetBackupVaultAccessPolicy ListBackupJobs
            ListBackupPlans ListBackupSelections ListBackupVaults ListCopyJobs ListRecoveryPointsByBackupVault
            ListRestoreJobs
        """
    )
)
_ROLES_MADE = named(
    iam="""
        AttachRolePolicy CreateRole DeleteRolePermissionsBoundary GetRole GetRolePolicy ListAttachedRolePolicies
        PutRolePermissionsBoundary PutRolePolicy UpdateAssumeRolePolicy
    """
)
_PREPARED = named(
    backup="DescribeGlobalSettings UpdateGlobalSettings",
    cloudformation="""
        ActivateOrganizationsAccess CreateStackInstances CreateStackSet DescribeStackSet DescribeStackSetOperation
        ListStackInstances ListStackSetOperationResults ListStackSetOperations UpdateStackSet
    """,
    organizations="""
        DescribeOrganization DescribeResourcePolicy EnableAWSServiceAccess EnableAllFeatures EnablePolicyType
        ListAWSServiceAccessForOrganization ListAccounts ListAccountsForParent ListDelegatedAdministrators
        ListHandshakesForOrganization ListOrganizationalUnitsForParent ListRoots PutResourcePolicy
        RegisterDelegatedAdministrator
    """,
)
_REGIONS = named(account="ListRegions", ec2="DescribeRegions")
_TREE = (
    OWN
    | _REGIONS
    | named(
        organizations="""
            DescribeOrganization DescribePolicy ListAccountsForParent ListDelegatedAdministrators
            ListOrganizationalUnitsForParent ListPolicies ListRoots ListTagsForResource ListTargetsForPolicy
        """
    )
)
_READ_TREE = _TREE - named(organizations="DescribePolicy ListPolicies ListTargetsForPolicy")
_DUMP = (
    CALLER
    | _READ_TREE
    | named(
        backup="""
            DescribeFramework DescribeGlobalSettings DescribeRegionSettings GetBackupPlan GetBackupSelection
            GetBackupVaultAccessPolicy GetBackupVaultNotifications GetLegalHold GetRestoreTestingPlan
            GetRestoreTestingSelection GetTieringConfiguration ListBackupPlans ListBackupSelections ListBackupVaults
            ListFrameworks ListLegalHolds ListReportPlans ListRestoreTestingPlans ListRestoreTestingSelections ListTags
            ListTieringConfigurations
        """,
        kms="ListAliases",
    )
)
_INVENTORY = (
    CALLER
    | _READ_TREE
    | FOUND
    | named(
        cloudwatch="GetMetricData ListMetrics",
        dynamodb="DescribeTable ListTables",
        ec2="DescribeInstances DescribeVolumes",
        efs="DescribeFileSystems",
        fsx="DescribeFileSystems",
        redshift="DescribeClusters",
    )
)
_DOCTOR = (
    CALLER
    | _ACCOUNTS
    | _REGIONS
    | _GLOBAL
    | named(
        backup="""
            DescribeBackupVault DescribeRegionSettings GetBackupVaultAccessPolicy ListBackupPlans ListBackupVaults
            ListFrameworks ListReportPlans ListRestoreTestingPlans
        """,
        iam="GetRole ListAttachedRolePolicies ListRolePolicies",
        kms="DescribeKey GetKeyPolicy",
        organizations="""
            DescribeOrganization ListAWSServiceAccessForOrganization ListDelegatedAdministrators ListRoots
        """,
        sns="GetTopicAttributes",
    )
)

_RUN = _PLAN | _AUDIT | named(sns="Publish")
# What can be taken back again, and is done by a run that may; see the effects in `planner`.
_REVERSIBLE = named(
    backup="""
        CreateBackupPlan CreateBackupSelection CreateBackupVault DeleteBackupSelection DeleteBackupVaultNotifications
        PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration PutBackupVaultNotifications TagResource
        UpdateBackupPlan UpdateGlobalSettings UpdateRegionSettings
    """
)

OPERATIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "plan": _PLAN,
        "apply": _PLAN | _CHANGES | _PART_CHANGES | _READ_BACK,
        "plan-who": _PLAN | named(cloudtrail="LookupEvents"),
        "apply-managed": _PLAN | _CHANGES | _PART_CHANGES | _READ_BACK | _MANAGED,
        "destroy": _PLAN | _TEARDOWN | _PART_REMOVALS,
        "destroy-points": _PLAN | _TEARDOWN | _PART_REMOVALS | _POINTS,
        "backup": BACKUP,
        "copy": COPY,
        "restore": RESTORE,
        "restore-test": RESTORE_TEST,
        "audit": _AUDIT,
        "audit-submit": _AUDIT | named(securityhub="BatchImportFindings"),
        "org-bootstrap": CALLER | _ROLES_MADE | _PREPARED,
        "doctor": _DOCTOR,
        "dump": _DUMP,
        "inventory-pull": _INVENTORY,
        "run": _RUN,
        "run-apply": _RUN | _REVERSIBLE | _PART_REVERSIBLE | _READ_BACK,
        "org-pull": _TREE,
    }
)
"""The operations that a command may call, each `service:Operation`, by the command's name.

`plan-who` is `plan --who`, `audit-submit` is `audit --submit-security-hub`, `org-pull` is `org pull`,
`inventory-pull` is `inventory pull`; `destroy-points` is
`destroy --delete-recovery-points`, `run-apply` is `run --apply reversible`; `apply-managed` is `apply` of a build that
makes roles or keys.
"""

ON_REQUEST: frozenset[str] = frozenset({"apply-managed", "audit-submit", "destroy-points", "plan-who"})
"""Commands whose rights no policy has unless they are named: nobody deletes recovery points or makes roles by habit,
Security Hub gets findings only where somebody wants them there, and what people did in an account is not for everybody
to read."""

PUBLISH = "sns:Publish"
"""Alerts are published with the runner's own credentials, never in an account that is watched."""

ORGANIZATION_POLICIES: frozenset[str] = frozenset(
    operation for operation in _PARTS | _PART_CHANGES if operation.startswith("organizations:")
)
"""Operations on backup policies: whoever runs the agent, in the management account or its delegate, calls them."""

MANAGEMENT_ONLY: frozenset[str] = named(backup="DescribeGlobalSettings UpdateGlobalSettings")
"""Operations of AWS Backup that concern the organization, and that its management account answers."""


def of_commands(*commands: str) -> frozenset[str]:
    """All operations that some commands may call; KeyError for a command that is not there."""
    return frozenset(operation for command in commands for operation in OPERATIONS[command])


def in_members(operations: frozenset[str]) -> Iterator[str]:
    """Those of some operations that are called in the accounts themselves, sorted."""
    for name in sorted(operations - MANAGEMENT_ONLY):
        if not name.startswith(("organizations:", "account:", "sts:")) and name != PUBLISH:
            yield name
