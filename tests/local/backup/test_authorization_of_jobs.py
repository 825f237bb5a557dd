"""Who may copy, whose keys serve jobs, and what needs an allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.local.backup.authorizing import (
    ALL,
    FULL_ACCESS,
    JOB_POLICY,
    allow,
    control,
    deny,
    document,
    key_denying,
    operator,
    session,
)

from backstay_local.backup import Settings


@pytest.fixture
def strict(open_site: Callable[..., Any]) -> Any:
    """An empty embedded AWS in which something must allow what is done."""
    return open_site(settings=Settings(iam="enforce"))


@pytest.mark.parametrize("by_rule", [False, True])
def test_copy_targets(site: Any, rule: Any, by_rule: bool) -> None:
    """An allow-list of destinations fails the copies of the role that go elsewhere, and lets the others be."""
    role = site.role()
    good, bad = site.vault("good"), site.vault("bad")
    site.vault()
    elsewhere = {"ForAnyValue:ArnNotLike": {"backup:CopyTargets": ["arn:aws:backup:*:*:backup-vault:good"]}}
    out = document(deny("backup:CopyFromBackupVault", Condition=elsewhere))
    site.client("iam").put_role_policy(RoleName="AWSBackupRole", PolicyName="out", PolicyDocument=out)
    bucket = site.bucket("bucket-one")
    if by_rule:
        copies = [{"DestinationBackupVaultArn": arn} for arn in (good, bad)]
        site.plan(rule(CopyActions=copies))
        site.advance(hours=9)
        jobs = site.backup.list_copy_jobs()["CopyJobs"]
    else:
        point = site.take(bucket)
        jobs = [site.copy(point, arn) for arn in (good, bad)]
    states = {job["DestinationBackupVaultArn"]: job["State"] for job in jobs}
    assert states == {good: "COMPLETED", bad: "FAILED"}
    failed = next(job for job in jobs if job["State"] == "FAILED")
    assert failed["StatusMessage"] == "Access Denied trying to call AWS Backup service"
    assert failed["IamRoleArn"] == role


def test_copies_that_leave_a_unit(site: Any) -> None:
    """A service control policy can hold copies within a unit of the organization, with `backup:CopyTargetOrgPaths`."""
    source, target = site.member("source"), site.member("target")
    site.backup.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    organization = site.client("organizations").describe_organization()["Organization"]["Id"]
    site.vault(account=source)
    far = site.vault("far", target, EncryptionKeyArn=site.key(target))
    let_in = allow("backup:CopyIntoBackupVault", Principal={"AWS": source})
    site.client("backup", target).put_backup_vault_access_policy(BackupVaultName="far", Policy=document(let_in))
    point = site.take(site.bucket("bucket-one", account=source), account=source)
    assert site.copy(point, far, account=source)["State"] == "COMPLETED"
    outside = {"ForAllValues:StringNotLike": {"backup:CopyTargetOrgPaths": f"{organization}/*/ou-inside/*"}}
    control(site, deny("backup:CopyFromBackupVault", Condition=outside), target=source)
    failed = site.copy(point, far, account=source)
    assert (failed["State"], failed["MessageCategory"]) == ("FAILED", "ACCESSDENIED")


def test_a_vault_can_turn_copies_of_its_own_account_away(site: Any) -> None:
    """The policy of the destination denies copies into it to a role of the same account, too."""
    site.vault()
    far, point = site.vault("far"), site.take(site.bucket("bucket-one"))
    closed = deny("backup:CopyIntoBackupVault", Principal={"AWS": site.role()})
    site.backup.put_backup_vault_access_policy(BackupVaultName="far", Policy=document(closed))
    assert site.copy(point, far)["State"] == "FAILED"
    site.backup.delete_backup_vault_access_policy(BackupVaultName="far")
    assert site.copy(point, far)["State"] == "COMPLETED"


@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:Decrypt", "kms:CreateGrant"])
def test_a_key_policy_fails_backups(site: Any, action: str) -> None:
    """Whoever may not use the key of a vault backs nothing up into it, and the job says why."""
    key = key_denying(site, action)
    site.vault(EncryptionKeyArn=key)
    job_id = site.start(site.bucket("bucket-one"))
    site.settle()
    job = site.job(job_id)
    assert (job["State"], job["MessageCategory"]) == ("FAILED", "ACCESSDENIED")
    assert job["StatusMessage"] == (
        f"Backup job failed. User: {site.role()} is not authorized to perform: {action} on resource: {key} "
        "with an explicit deny in a resource-based policy"
    )
    assert site.points() == []


def test_a_key_policy_fails_copies_and_restores(site: Any) -> None:
    """A key closed after the backup fails what must read it; a key of a destination, what is copied there."""
    key, closed = site.key(), key_denying(site, "kms:GenerateDataKey")
    site.vault(EncryptionKeyArn=key)
    far, near = site.vault("far", EncryptionKeyArn=closed), site.vault("near")
    point = site.take(site.bucket("bucket-one"))
    assert "kms:GenerateDataKey" in site.copy(point, far)["StatusMessage"]
    own = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{site.account}:root"})
    via_backup = {"StringLike": {"kms:ViaService": "backup.*.amazonaws.com"}}
    policy = document(own, deny("kms:Decrypt", Principal="*", Condition=via_backup))
    site.client("kms").put_key_policy(KeyId=key.rpartition("/")[2], PolicyName="default", Policy=policy)
    failed = site.copy(point, near)
    assert (failed["State"], failed["MessageCategory"]) == ("FAILED", "ACCESSDENIED")
    metadata = {"DestinationBucketName": "bucket-two", "NewBucket": "true", "Encrypted": "false"}
    started = site.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata, IamRoleArn=site.role())
    site.settle()
    restore = site.backup.describe_restore_job(RestoreJobId=started["RestoreJobId"])
    assert restore["Status"] == "FAILED"
    assert restore["StatusMessage"].startswith("Restore job failed. User: ")


def test_resource_control_policies(open_site: Callable[..., Any], refusal: Any) -> None:
    """They reach KMS keys; AWS Backup they reach only if a setting says so."""
    backup_only = deny("backup:CreateBackupVault", Principal="*")
    for covered in (False, True):
        site = open_site(settings=Settings(rcp_covers_backup=covered))
        member = site.member()
        key = site.key(member)
        control(site, backup_only, deny("kms:Decrypt", Principal="*"), target=member, kind="RESOURCE")
        if covered:
            _, message = refusal(lambda site=site, member=member: site.vault(account=member))
            assert message.endswith("with an explicit deny in a resource control policy")
            continue
        site.vault(account=member, EncryptionKeyArn=key)
        job = site.start(site.bucket("bucket-one", account=member), account=member)
        site.settle()
        assert "resource control policy" in site.job(job, member)["StatusMessage"]


def test_nothing_is_asked_where_policies_are_ignored(open_site: Callable[..., Any]) -> None:
    """With `ignore`, neither roles nor the organization stop anybody."""
    site = open_site(settings=Settings(iam="ignore"))
    control_target = site.member()
    control(site, deny("backup:*"))
    site.vault(account=control_target)
    assert session(site, operator(site, deny("backup:*"))).list_backup_vaults()["BackupVaultList"] == []


def test_without_an_allow_nothing_goes(strict: Any, refusal: Any) -> None:
    """Enforced, a role without policies may do nothing; with AWS's own policy it may do all of AWS Backup."""
    role = operator(strict)
    client = session(strict, role)
    code, message = refusal(client.list_backup_vaults)
    assert (code, message) == (
        "AccessDeniedException",
        f"User: arn:aws:sts::{strict.account}:assumed-role/Operator/me is not authorized to perform: "
        "backup:ListBackupVaults on resource: * because no identity-based policy allows the backup:ListBackupVaults "
        "action",
    )
    strict.client("iam").attach_role_policy(RoleName="Operator", PolicyArn=FULL_ACCESS)
    client.create_backup_vault(BackupVaultName="v1")
    bucket = strict.bucket("bucket-one")
    job = {"BackupVaultName": "v1", "ResourceArn": bucket}
    other = strict.role(name="Fully")
    assert "iam:PassRole" in refusal(lambda: client.start_backup_job(IamRoleArn=other, **job))[1]
    assert client.start_backup_job(IamRoleArn=strict.role(), **job)["BackupJobId"]


def test_limits_must_allow_too(strict: Any, refusal: Any) -> None:
    """Enforced, boundary, session policy and every level of the organization must each allow."""
    lists, describes = allow("backup:List*"), allow("backup:Describe*")
    made = strict.client("iam").create_policy(PolicyName="limit", PolicyDocument=document(lists, describes))
    role = operator(strict, ALL, PermissionsBoundary=made["Policy"]["Arn"])
    client = session(strict, role, Policy=document(lists))
    assert client.list_backup_vaults()["BackupVaultList"] == []
    assert "no session policy allows" in refusal(client.describe_global_settings)[1]
    assert "no permissions boundary allows" in refusal(client.get_supported_resource_types)[1]
    member, organizations = strict.member(), strict.client("organizations")
    control(strict, lists, target=member)
    theirs = strict.client("backup", member)
    theirs.describe_region_settings()
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=member)
    assert theirs.list_backup_vaults()["BackupVaultList"] == []
    assert "no service control policy allows" in refusal(theirs.describe_region_settings)[1]


def test_a_vault_policy_can_allow_what_no_other_does(strict: Any, refusal: Any) -> None:
    """Enforced, within an account the policy of a vault lets a role in that has none of its own."""
    strict.vault("v1")
    strict.vault("v2")
    role = operator(strict)
    open_door = allow("backup:DescribeBackupVault", Principal={"AWS": role})
    strict.backup.put_backup_vault_access_policy(BackupVaultName="v1", Policy=document(open_door))
    client = session(strict, role)
    assert client.describe_backup_vault(BackupVaultName="v1")["BackupVaultName"] == "v1"
    assert "no identity-based policy" in refusal(lambda: client.describe_backup_vault(BackupVaultName="v2"))[1]


def test_jobs_need_policies_too(strict: Any) -> None:
    """Enforced, a job's role needs the vault's key, and leave to copy: AWS's own policy for it has both."""
    key = strict.key()
    strict.vault(EncryptionKeyArn=key)
    far, bucket = strict.vault("far"), strict.bucket("bucket-one")
    job_id = strict.start(bucket)
    strict.settle()
    assert "no identity-based policy allows the kms:GenerateDataKey action" in strict.job(job_id)["StatusMessage"]
    iam = strict.client("iam")
    iam.put_role_policy(RoleName="AWSBackupRole", PolicyName="k", PolicyDocument=document(allow("kms:*")))
    point = strict.take(bucket)
    assert strict.copy(point, far)["StatusMessage"] == "Access Denied trying to call AWS Backup service"
    iam.delete_role_policy(RoleName="AWSBackupRole", PolicyName="k")
    iam.attach_role_policy(RoleName="AWSBackupRole", PolicyArn=JOB_POLICY)
    assert strict.copy(strict.take(bucket), far)["State"] == "COMPLETED"
