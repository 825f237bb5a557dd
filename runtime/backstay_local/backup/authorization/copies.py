"""What a copy job may: take recovery points out of a vault, and bring them into another, both by its role.

`backup:CopyFromBackupVault` and `backup:CopyIntoBackupVault` are permissions only: no operation is called so. Source:
Backup developer guide "Creating backup copies across accounts", as known 2026-11, and AWS's managed policy
AWSBackupServiceRolePolicyForBackup, which gives the role of a job both.
"""

from __future__ import annotations

from datetime import datetime

from backstay_aws.access_shape import COPY_INTO
from backstay_aws.arns import Arn
from backstay_aws.backup_actions import COPY_FROM, COPY_TARGET_ORG_PATHS, COPY_TARGETS
from backstay_aws.policy_statement import Grant, grant
from backstay_local.backup import policies
from backstay_local.backup.authorization import decision, grounds
from backstay_local.backup.authorization.decision import Asked
from backstay_local.backup.rows import CopyJob
from backstay_local.backup.state import State


def may_leave(state: State, job: CopyJob, target: Arn, at: datetime) -> bool:
    """Whether the role of a job may copy out of the source's vault, to that destination."""
    organization = state.world.organization()
    path = None if organization is None else organization.members.get(target.account)
    further = {COPY_TARGETS: (job.target_vault_arn,), COPY_TARGET_ORG_PATHS: None if path is None else (path,)}
    who = grounds.of(state, job.role_arn, job.account)
    document = policies.of(state, job.source_vault_arn)
    if who.silent and document is None:
        return True
    request = decision.request(state, who, COPY_FROM, job.source_vault_arn, region=job.region, at=at, further=further)
    return decision.refused(state, who, Asked(request, document)) is None


def may_enter(state: State, job: CopyJob, target: Arn, at: datetime) -> bool:
    """Whether the role of a job may copy into a vault; one of another account must let it in itself."""
    who = grounds.of(state, job.role_arn, job.account)
    document, abroad = policies.of(state, job.target_vault_arn), target.account != job.account
    if document is None and (abroad or who.silent):
        return not abroad
    request = decision.request(state, who, COPY_INTO, job.target_vault_arn, region=target.region, at=at, further={})
    asked = Asked(request, document, owner="other-account" if abroad else "same-account")
    if decision.refused(state, who, asked) is not None:
        return False
    return not abroad or (document is not None and grant(document, request, doubt=False) is not Grant.NONE)
