"""What stands in the way of a copy, in AWS's words where they are known (semantics §6.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backstay_aws import access, arns
from backstay_aws.arns import Arn
from backstay_aws.catalog import ResourceType
from backstay_local.backup import kinds, locks, roles, settings
from backstay_local.backup.airgap import copies
from backstay_local.backup.authorization import copies as permission
from backstay_local.backup.authorization import keys
from backstay_local.backup.rows import CopyJob, RecoveryPoint, Vault
from backstay_local.backup.state import State

NO_ORGANIZATION = "Both source and destination account must be a member of the same organization"
NOT_ENABLED = "Cross-account copy feature is not enabled for the current organization."
NO_ACCESS = "Access Denied trying to call AWS Backup service"
DEFAULT_VAULT = "Copy job failed. The Default backup vault cannot be the destination of a cross-account copy."
DEFAULT_KEY = (
    "Copy job failed because the destination Backup vault is encrypted with the default Backup service managed key."
)
SOURCE_KEY = (
    "Copy job failed. Backups of {} that are encrypted with an AWS managed key cannot be copied to another account."
)
SOURCE_KEY_POLICY = "Copy job failed. The policy of KMS key {} does not let account {} use it."
TYPE = "Copy job failed. Backups of resource type {} do not support this kind of copy."
COLD = "Copy job failed. Recovery points in cold storage cannot be copied."
STATE = "Recovery point {} is the state of an EKS cluster, which is copied with its composite only."
CONTINUOUS = "Copy job failed. Continuous recovery points cannot be copied on demand."


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a copy job fails, with AWS's category of the message."""

    message: str
    category: str = "MISCELLANEOUS"


@dataclass(frozen=True, slots=True)
class _Case:
    """One copy: from where, what, to where."""

    state: State
    job: CopyJob
    point: RecoveryPoint
    row: ResourceType
    target: Arn
    at: datetime

    @property
    def abroad(self) -> bool:
        """Whether the copy leaves the account."""
        return self.target.account != self.job.account

    @property
    def vault(self) -> Vault | None:
        """The destination."""
        return self.state.tables.vaults.get(self.job.target_vault_arn)


def obstacle(state: State, job: CopyJob, point: RecoveryPoint, at: datetime) -> Obstacle | None:
    """The first thing that stands in the way of a copy at a time."""
    target = arns.parse(job.target_vault_arn)
    if target is None or target.partition != arns.partition_of(job.region):
        return Obstacle(f"Copy job failed. {job.target_vault_arn} is not a backup vault of this partition.")
    case = _Case(state, job, point, kinds.of_point(point), target, at)
    if not roles.usable(state, job.role_arn, job.account):
        return Obstacle(roles.sentence(job.role_arn), "ACCESSDENIED")
    found = (_across_accounts(case) if case.abroad else None) or _of_permission(case) or _of_vault(case)
    return found or _of_point(case) or _of_keys(case) or _of_lock(case)


def _across_accounts(case: _Case) -> Obstacle | None:
    organization = case.state.world.organization()
    members = organization.members if organization is not None else {}
    if case.job.account not in members or case.target.account not in members:
        return Obstacle(NO_ORGANIZATION)
    if not settings.cross_account_enabled(case.state):
        return Obstacle(NOT_ENABLED)
    if case.target.resource == "backup-vault:Default":
        return Obstacle(DEFAULT_VAULT)
    return None if case.vault is not None else Obstacle(NO_ACCESS, "ACCESSDENIED")


def _of_permission(case: _Case) -> Obstacle | None:
    """What policies of the role, the organization and the two vaults forbid."""
    asked = (case.state, case.job, case.target, case.at)
    if permission.may_leave(*asked) and permission.may_enter(*asked):
        return None
    return Obstacle(NO_ACCESS, "ACCESSDENIED")


def _of_vault(case: _Case) -> Obstacle | None:
    vault = case.vault
    if vault is None:
        return Obstacle(f"Copy job failed. Backup vault {case.job.target_vault_arn} does not exist.")
    reason = copies.obstacle(case.state, case.job, case.point, vault)
    if reason is not None:
        return Obstacle(reason)
    if vault.default_key and not kinds.has_own_key(case.row):
        return Obstacle(DEFAULT_KEY)
    return None


def copyable(state: State, job: CopyJob, point: RecoveryPoint, at: datetime) -> bool:
    """Whether a recovery point can go where a job goes, as far as its type and its storage decide."""
    target = arns.parse(job.target_vault_arn)
    return target is not None and _of_type(_Case(state, job, point, kinds.of_point(point), target, at)) is None


def _of_point(case: _Case) -> Obstacle | None:
    return _of_type(case) or (_of_source_key(case) if case.abroad else None)


def _of_type(case: _Case) -> Obstacle | None:
    point = case.point
    if point.storage_class == "COLD":
        return Obstacle(COLD)
    if point.continuous and case.job.backup_job_id is None:
        return Obstacle(CONTINUOUS)
    if not kinds.supports(case.row, _column(case), case.target.region):
        return Obstacle(TYPE.format(point.resource_type))
    return None


def _column(case: _Case) -> str:
    """The column of the catalogue that says whether this kind of copy exists."""
    far = case.target.region != case.job.region
    if case.abroad:
        return "cross_region_and_account" if far else "cross_account"
    return "cross_region" if far else "same_region"


def _of_source_key(case: _Case) -> Obstacle | None:
    """What the key of an inherited encryption forbids: it must be the account's own, and shared with the other."""
    point = case.point
    if kinds.has_own_key(case.row) or point.key_arn is None or copies.air_gapped(case.state, point.vault_arn):
        return None
    key = case.state.world.key(point.key_arn, point.account, point.region)
    if key is None:
        return None
    if key.manager == "AWS":
        return Obstacle(SOURCE_KEY.format(point.resource_type))
    organization = case.state.world.organization()
    admitted = access.admits(
        key.policy,
        "kms:Decrypt",
        principal_account=case.target.account,
        principal_arn=None,
        organization=None if organization is None else organization.id,
        org_path=None if organization is None else organization.members.get(case.target.account),
        vault_arn=key.arn,
    )
    return None if admitted else Obstacle(SOURCE_KEY_POLICY.format(key.arn, case.target.account), "ACCESSDENIED")


def _of_keys(case: _Case) -> Obstacle | None:
    """What KMS forbids the job's role, or, in another account, AWS Backup's own role there."""
    job, vault, target = case.job, case.vault, case.target
    found = keys.obstacle(case.state, job.role_arn, job.account, case.point.key_arn, "decrypt", case.at)
    if found is None and vault is not None:
        role = roles.service_linked(target.account, target.partition) if case.abroad else job.role_arn
        found = keys.obstacle(case.state, role, target.account, vault.key_arn, "encrypt", case.at)
    return None if found is None else Obstacle(f"Copy job failed. {found}", "ACCESSDENIED")


def _of_lock(case: _Case) -> Obstacle | None:
    lock = locks.of(case.state, case.job.target_vault_arn)
    if locks.admits(lock, case.job.lifecycle.get("DeleteAfterDays")):
        return None
    return Obstacle(locks.OUTSIDE_COPY, "INVALIDPARAMETERS")
