"""Policies of IAM and AWS Organizations: what they forbid is refused, and, where asked for, what they do not allow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from backstay_aws.backup_actions import ACTIONS
from backstay_local.backup import Settings
from backstay_local.wire.model import operations

ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FULL_ACCESS = "arn:aws:iam::aws:policy/AWSBackupFullAccess"
JOB_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
CLOSED = ("AccessDeniedException", "Insufficient privileges to perform this action.")


def document(*statements: Mapping[str, Any]) -> str:
    """A policy document of statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def deny(*actions: str, **members: Any) -> dict[str, Any]:
    """A statement that denies actions on everything."""
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*", **members}


def allow(*actions: str, **members: Any) -> dict[str, Any]:
    """A statement that allows actions on everything."""
    return deny(*actions, **{"Effect": "Allow", **members})


def control(site: Any, *statements: Mapping[str, Any], target: str | None = None, kind: str = "SERVICE") -> str:
    """A control policy of the organization on an account, or on the root; gives its id."""
    organizations = site.client("organizations")
    root, wanted = organizations.list_roots()["Roots"][0]["Id"], f"{kind}_CONTROL_POLICY"
    on = [one["Type"] for one in organizations.list_roots()["Roots"][0]["PolicyTypes"]]
    if wanted not in on:
        organizations.enable_policy_type(RootId=root, PolicyType=wanted)
    made = organizations.create_policy(Name="p", Description="", Type=wanted, Content=document(*statements))
    identity = str(made["Policy"]["PolicySummary"]["Id"])
    organizations.attach_policy(PolicyId=identity, TargetId=target or root)
    return identity


def session(site: Any, role: str, region: str = "us-east-1", **members: Any) -> Any:
    """AWS Backup as a session of a role sees it."""
    given = site.client("sts").assume_role(RoleArn=role, RoleSessionName="me", **members)["Credentials"]
    made = site.aws.session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return made.client("backup", region_name=region)


def operator(site: Any, *statements: Mapping[str, Any], name: str = "Operator", **members: Any) -> str:
    """A role that people take, with an inline policy; gives its ARN."""
    iam = site.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(ANYBODY), **members)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return str(role)


@pytest.fixture
def strict(open_site: Callable[..., Any]) -> Any:
    """An empty embedded AWS in which something must allow what is done."""
    return open_site(settings=Settings(iam="enforce"))


def test_the_table_of_actions_is_that_of_the_model() -> None:
    """Every operation of the model has its row, whose members the model has, too."""
    modelled = operations("backup")
    assert modelled.keys() == ACTIONS.keys()
    for name, action in ACTIONS.items():
        shape = modelled[name].input_shape
        members = {} if shape is None else shape.members
        paths = [*action.keys.values(), *action.passes, *([(action.tags,)] if action.tags else [])]
        for first, *rest in paths:
            assert first in members, name
            assert all(step in members[first].members for step in rest), name


def test_a_service_control_policy_holds_the_root_of_a_member(site: Any, refusal: Any) -> None:
    """What the organization denies, not even an account's root may, in AWS's words; the management account is free."""
    member = site.member()
    control(site, deny("backup:DeleteRecoveryPoint", "backup:Create*Vault"))
    code, message = refusal(lambda: site.vault(account=member))
    assert code == "AccessDeniedException"
    assert message == (
        f"User: arn:aws:iam::{member}:root is not authorized to perform: backup:CreateBackupVault on resource: "
        f"arn:aws:backup:us-east-1:{member}:backup-vault:v1 with an explicit deny in a service control policy"
    )
    assert site.vault()
    assert site.client("backup", member).list_backup_vaults()["BackupVaultList"] == []


def test_a_service_control_policy_counts_only_while_its_type_is_enabled(site: Any, refusal: Any) -> None:
    """Detached, or disabled as a type, it denies nothing any more."""
    member, organizations = site.member(), site.client("organizations")
    identity = control(site, deny("backup:CreateBackupVault"), target=member)
    root = organizations.list_roots()["Roots"][0]["Id"]
    assert refusal(lambda: site.vault(account=member))[0] == "AccessDeniedException"
    organizations.disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    site.vault("v1", member)
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    assert refusal(lambda: site.vault("v2", member))[0] == "AccessDeniedException"
    organizations.detach_policy(PolicyId=identity, TargetId=member)
    site.vault("v2", member)


def test_locks_that_are_too_soon_final(site: Any, refusal: Any) -> None:
    """`backup:ChangeableForDays` shows what a request for a lock asks for."""
    member = site.member()
    site.vault(account=member)
    short = {"NumericLessThanIfExists": {"backup:ChangeableForDays": "30"}}
    control(site, deny("backup:PutBackupVaultLockConfiguration", Condition=short))
    put = site.client("backup", member).put_backup_vault_lock_configuration
    for days in ({"ChangeableForDays": 3}, {}):
        assert refusal(lambda days=days: put(BackupVaultName="v1", **days))[0] == "AccessDeniedException"
    put(BackupVaultName="v1", ChangeableForDays=30)
    assert site.client("backup", member).describe_backup_vault(BackupVaultName="v1")["Locked"]


def test_a_session_is_held_by_the_policies_of_its_role(site: Any, refusal: Any) -> None:
    """An inline Deny of the role refuses its session that, and nothing else."""
    site.vault()
    one, other = site.take(site.bucket("bucket-one")), site.take(site.bucket("bucket-two"))
    where = {"BackupVaultName": "v1", "RecoveryPointArn": one}
    client = session(site, operator(site, deny("backup:Delete*", Resource=one)))
    _, message = refusal(lambda: client.delete_recovery_point(**where))
    assert message == (
        f"User: arn:aws:sts::{site.account}:assumed-role/Operator/me is not authorized to perform: "
        f"backup:DeleteRecoveryPoint on resource: {one} with an explicit deny in an identity-based policy"
    )
    client.delete_recovery_point(**where | {"RecoveryPointArn": other})
    site.backup.delete_recovery_point(**where)


def test_users_and_their_groups(site: Any, refusal: Any) -> None:
    """A user is held by its own policies and by those of its groups; its name can stand in them."""
    iam = site.client("iam")
    iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "red"}])
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    vaults = "arn:aws:backup:*:*:backup-vault:${aws:username}-${aws:PrincipalTag/team}-*"
    iam.put_group_policy(
        GroupName="readers", PolicyName="p", PolicyDocument=document(deny("backup:CreateBackupVault", Resource=vaults))
    )
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    client = site.aws.session(key["AccessKeyId"], key["SecretAccessKey"]).client("backup", region_name="us-east-1")
    _, message = refusal(lambda: client.create_backup_vault(BackupVaultName="ann-red-one"))
    assert message.startswith(f"User: arn:aws:iam::{site.account}:user/ann is not authorized to perform: ")
    client.create_backup_vault(BackupVaultName="ann-blue-one")


def test_boundaries_and_session_policies_deny(site: Any, refusal: Any) -> None:
    """The boundary of a role and the policy of one session deny as well; other sessions of the role go on."""
    made = site.client("iam").create_policy(
        PolicyName="limit", PolicyDocument=document(ALL, deny("backup:DeleteBackupVault"))
    )
    role = operator(site, ALL, PermissionsBoundary=made["Policy"]["Arn"])
    limited = session(site, role, Policy=document(ALL, deny("backup:CreateBackupVault")))
    code, message = refusal(lambda: limited.create_backup_vault(BackupVaultName="v1"))
    assert (code, message.rpartition(" with ")[2]) == ("AccessDeniedException", "an explicit deny in a session policy")
    free = session(site, role)
    free.create_backup_vault(BackupVaultName="v1")
    assert "in a permissions boundary" in refusal(lambda: free.delete_backup_vault(BackupVaultName="v1"))[1]


def test_tags_in_requests_and_on_resources(site: Any, refusal: Any) -> None:
    """Conditions can ask for the tags of a request, of the thing, and for what kinds of tags are touched."""
    made = site.backup.create_backup_vault
    made(BackupVaultName="prod", BackupVaultTags={"Stage": "prod"})
    client = session(
        site,
        operator(
            site,
            deny("backup:CreateBackupVault", Condition={"Null": {"aws:RequestTag/Owner": "true"}}),
            deny("backup:DeleteBackupVault", Condition={"StringEquals": {"aws:ResourceTag/stage": "prod"}}),
            deny("backup:TagResource", "backup:UntagResource",
                 Condition={"ForAnyValue:StringLike": {"aws:TagKeys": ["sec:*"]}}),
        ),
    )  # fmt: skip
    assert refusal(lambda: client.create_backup_vault(BackupVaultName="v1"))[0] == "AccessDeniedException"
    arn = client.create_backup_vault(BackupVaultName="v1", BackupVaultTags={"Owner": "ann"})["BackupVaultArn"]
    assert refusal(lambda: client.delete_backup_vault(BackupVaultName="prod"))[0] == "AccessDeniedException"
    assert refusal(lambda: client.tag_resource(ResourceArn=arn, Tags={"sec:x": "1"}))[0] == "AccessDeniedException"
    assert refusal(lambda: client.untag_resource(ResourceArn=arn, TagKeyList=["a", "sec:x"]))[0] == CLOSED[0]
    client.tag_resource(ResourceArn=arn, Tags={"x": "1"})
    client.delete_backup_vault(BackupVaultName="v1")


def test_what_lies_in_the_network_is_not_known_unless_told(open_site: Callable[..., Any], refusal: Any) -> None:
    """A condition on the caller's address refuses nobody, unless a setting says what the address is."""
    outside = deny("backup:*", Condition={"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}})
    for keys, passes in (((), True), ((("aws:SourceIp", "10.1.2.3"),), True), ((("aws:SourceIp", "11.1.2.3"),), False)):
        site = open_site(settings=Settings(condition_keys=keys))
        client = session(site, operator(site, outside))
        if passes:
            assert client.list_backup_vaults()["BackupVaultList"] == []
        else:
            assert refusal(client.list_backup_vaults)[0] == "AccessDeniedException"


def test_time_and_region(site: Any, refusal: Any) -> None:
    """Conditions on the time follow the clock of the embedded AWS, those on the Region the client."""
    late = {"DateGreaterThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}}
    away = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}}
    role = operator(site, deny("backup:ListBackupVaults", Condition=late), deny("backup:*", Condition=away))
    client = session(site, role)
    assert client.list_backup_vaults()["BackupVaultList"] == []
    site.advance(days=30)
    assert refusal(client.list_backup_vaults)[0] == "AccessDeniedException"
    assert client.list_backup_plans()["BackupPlansList"] == []
    assert refusal(session(site, role, region="eu-central-1").list_backup_plans)[0] == "AccessDeniedException"


def test_passing_a_role(site: Any, refusal: Any) -> None:
    """Who may not pass a role to AWS Backup can start no job with it, and make no selection."""
    site.vault()
    bucket, job_role = site.bucket("bucket-one"), site.role()
    to_backup = {"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}}
    client = session(site, operator(site, deny("iam:PassRole", Resource=job_role, Condition=to_backup)))
    job = {"BackupVaultName": "v1", "ResourceArn": bucket, "IamRoleArn": job_role}
    code, message = refusal(lambda: client.start_backup_job(**job))
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: iam:PassRole on resource: {job_role} with an explicit deny" in message
    plan = {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "v1"}]}
    plan_id = client.create_backup_plan(BackupPlan=plan)["BackupPlanId"]
    selection = {"SelectionName": "s", "IamRoleArn": job_role, "Resources": ["*"]}
    select = client.create_backup_selection
    assert refusal(lambda: select(BackupPlanId=plan_id, BackupSelection=selection))[0] == "AccessDeniedException"
    assert client.start_backup_job(**job | {"IamRoleArn": site.role(name="Another")})["BackupJobId"]


def test_a_vault_policy_spares_whom_it_excepts(site: Any, refusal: Any) -> None:
    """Deny everybody but one role: its sessions pass, the root does not."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    keeper = operator(site, name="Keeper")
    but_keeper = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Keep*"}}
    closed = deny("backup:DeleteRecoveryPoint", Principal="*", Condition=but_keeper)
    site.backup.put_backup_vault_access_policy(BackupVaultName="v1", Policy=document(closed))
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    assert refusal(lambda: site.backup.delete_recovery_point(**where)) == CLOSED
    assert refusal(lambda: session(site, operator(site)).delete_recovery_point(**where)) == CLOSED
    session(site, keeper).delete_recovery_point(**where)


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


def key_denying(site: Any, action: str) -> str:
    """A key that denies one action to the role of the jobs."""
    own = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{site.account}:root"})
    closed = deny(action, Principal={"AWS": site.role()})
    return str(site.client("kms").create_key(Policy=document(own, closed))["KeyMetadata"]["Arn"])


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
