"""Policies of IAM and AWS Organizations: what they forbid is refused, and, where asked for, what they do not allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.local.backup.authorizing import (
    ALL,
    CLOSED,
    control,
    deny,
    document,
    operator,
    session,
)

from backstay_aws.backup_actions import ACTIONS
from backstay_local.backup import Settings
from backstay_local.wire.model import operations


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
