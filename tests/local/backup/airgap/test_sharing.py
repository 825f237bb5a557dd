"""Sharing through AWS RAM: who gets to see an air-gapped vault, what they may do there, and until when."""

from __future__ import annotations

import json
from typing import Any

import pytest

STRANGER = "999999999999"
DENIED = ("AccessDeniedException", "Insufficient privileges to perform this action.")


class Shared:
    """An air-gapped vault with one point of a bucket, in the management account."""

    def __init__(self, site: Any) -> None:
        self.site = site
        site.vault()
        self.vault = site.air_gapped()
        point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 30})
        self.point = site.copy(point, self.vault)["DestinationRecoveryPointArn"]

    def ram(self, account: str | None = None) -> Any:
        return self.site.client("ram", account)

    def share(self, *principals: str, **members: Any) -> str:
        made = self.ram().create_resource_share(
            name="vaults", resourceArns=[self.vault], principals=list(principals), **members
        )
        return str(made["resourceShare"]["resourceShareArn"])

    def seen(self, account: str) -> dict[str, Any]:
        client = self.site.client("backup", account)
        return dict(client.describe_backup_vault(BackupVaultName="lag", BackupVaultAccountId=self.site.account))

    def invitation(self, account: str = STRANGER) -> dict[str, Any]:
        [found] = self.ram(account).get_resource_share_invitations()["resourceShareInvitations"]
        return dict(found)


@pytest.fixture
def shared(site: Any) -> Shared:
    """A vault to share."""
    return Shared(site)


def test_without_a_share(shared: Shared, refusal: Any) -> None:
    """Somebody else's vault is closed: to look into, and to restore from."""
    client = shared.site.client("backup", STRANGER)
    named = {"BackupVaultName": "lag", "BackupVaultAccountId": shared.site.account}
    role = shared.site.role(STRANGER)
    for act in (
        lambda: client.describe_backup_vault(**named),
        lambda: client.list_recovery_points_by_backup_vault(**named),
        lambda: client.describe_recovery_point(**named, RecoveryPointArn=shared.point),
        lambda: client.get_recovery_point_restore_metadata(**named, RecoveryPointArn=shared.point),
        lambda: client.list_protected_resources_by_backup_vault(**named),
        lambda: client.get_restore_testing_inferred_metadata(**named, RecoveryPointArn=shared.point),
        lambda: client.start_restore_job(RecoveryPointArn=shared.point, Metadata={}, IamRoleArn=role),
    ):
        assert refusal(act) == DENIED


def test_inside_the_organization(site: Any) -> None:
    """An account of the organization has access at once: it reads, restores, and lists the vault as shared."""
    other = site.member()
    shared = Shared(site)
    shared.share(other)
    client = site.client("backup", other)
    named = {"BackupVaultName": "lag", "BackupVaultAccountId": site.account}
    assert shared.seen(other)["BackupVaultArn"] == shared.vault
    [point] = client.list_recovery_points_by_backup_vault(**named)["RecoveryPoints"]
    assert client.describe_recovery_point(**named, RecoveryPointArn=shared.point)["Status"] == point["Status"]
    [resource] = client.list_protected_resources_by_backup_vault(**named)["Results"]
    assert resource["ResourceArn"] == "arn:aws:s3:::bucket-one"
    assert client.list_backup_vaults()["BackupVaultList"] == []
    [listed] = client.list_backup_vaults(ByShared=True)["BackupVaultList"]
    assert listed["BackupVaultArn"] == shared.vault
    assert site.backup.list_backup_vaults(ByShared=True)["BackupVaultList"] == []
    inferred = client.get_restore_testing_inferred_metadata(**named, RecoveryPointArn=shared.point)
    assert inferred["InferredMetadata"]["destinationBucketName"].startswith("awsbackup-restore-test-")
    metadata = client.get_recovery_point_restore_metadata(**named, RecoveryPointArn=shared.point)["RestoreMetadata"]
    started = client.start_restore_job(
        RecoveryPointArn=shared.point,
        Metadata=metadata | {"DestinationBucketName": "restored", "NewBucket": "true"},
        IamRoleArn=site.role(other),
    )
    site.settle()
    job = client.describe_restore_job(RestoreJobId=started["RestoreJobId"])
    assert (job["Status"], job["AccountId"]) == ("COMPLETED", other), job
    body = site.client("s3", other).get_object(Bucket="restored", Key="one")["Body"].read()
    assert body == b"1"
    assert site.backup.list_restore_jobs()["RestoreJobs"] == []


def test_a_guest_only_reads_and_restores(site: Any, refusal: Any) -> None:
    """A shared vault cannot be copied from, written to or changed by its guests."""
    other = site.member()
    shared = Shared(site)
    shared.share(other)
    client = site.client("backup", other)
    target = site.vault("mine", other)
    for act in (
        lambda: client.start_copy_job(
            RecoveryPointArn=shared.point,
            SourceBackupVaultName="lag",
            DestinationBackupVaultArn=target,
            IamRoleArn=site.role(other),
        ),
        lambda: client.delete_recovery_point(BackupVaultName="lag", RecoveryPointArn=shared.point),
        lambda: client.delete_backup_vault(BackupVaultName="lag"),
    ):
        assert refusal(act)[0] == "ResourceNotFoundException"


def test_outside_the_organization_by_invitation(shared: Shared, refusal: Any) -> None:
    """A stranger has access once the invitation is accepted, and until the share is gone."""
    arn = shared.share(STRANGER)
    assert refusal(lambda: shared.seen(STRANGER)) == DENIED
    invitation = shared.invitation()
    assert (invitation["status"], invitation["senderAccountId"]) == ("PENDING", shared.site.account)
    accept = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    code, _ = refusal(lambda: shared.ram("888888888888").accept_resource_share_invitation(**accept))
    assert code == "ResourceShareInvitationArnNotFoundException"
    answer = shared.ram(STRANGER).accept_resource_share_invitation(**accept)["resourceShareInvitation"]
    assert answer["status"] == "ACCEPTED"
    assert shared.seen(STRANGER)["BackupVaultArn"] == shared.vault
    code, _ = refusal(lambda: shared.ram(STRANGER).accept_resource_share_invitation(**accept))
    assert code == "ResourceShareInvitationAlreadyAcceptedException"
    shared.ram().delete_resource_share(resourceShareArn=arn)
    assert refusal(lambda: shared.seen(STRANGER)) == DENIED


def test_an_invitation_can_be_turned_down_or_run_out(shared: Shared, refusal: Any) -> None:
    """Rejected, or unanswered for twelve hours, it opens nothing, and cannot be accepted any more."""
    shared.share(STRANGER)
    first = {"resourceShareInvitationArn": shared.invitation()["resourceShareInvitationArn"]}
    shared.ram(STRANGER).reject_resource_share_invitation(**first)
    assert refusal(lambda: shared.ram(STRANGER).accept_resource_share_invitation(**first))[0] == (
        "ResourceShareInvitationAlreadyRejectedException"
    )
    shared.share("888888888888")
    second = shared.invitation("888888888888")["resourceShareInvitationArn"]
    shared.site.advance(hours=12, seconds=1)
    assert shared.invitation("888888888888")["status"] == "EXPIRED"
    late = shared.ram("888888888888").accept_resource_share_invitation
    assert refusal(lambda: late(resourceShareInvitationArn=second))[0] == "ResourceShareInvitationExpiredException"
    assert refusal(lambda: shared.seen(STRANGER)) == DENIED


@pytest.mark.parametrize(
    ("principal", "code"),
    [
        ("arn:aws:organizations::123456789012:ou/o-aaaaaaaaaa/ou-aaaa-aaaaaaaa", "OperationNotPermittedException"),
        ("arn:aws:organizations::123456789012:organization/o-aaaaaaaaaa", "OperationNotPermittedException"),
        ("somebody", "InvalidParameterException"),
    ],
)
def test_accounts_only(shared: Shared, refusal: Any, principal: str, code: str) -> None:
    """Neither a unit nor an organization can be given a vault."""
    assert refusal(lambda: shared.share(principal))[0] == code


def test_what_can_be_shared(shared: Shared, refusal: Any) -> None:
    """Only one's own air-gapped vaults, and outsiders only if the share allows them."""
    create = shared.ram().create_resource_share
    plain = shared.vault.replace(":lag", ":v1")
    assert refusal(lambda: create(name="n", resourceArns=[plain]))[0] == "InvalidParameterException"
    assert refusal(lambda: create(name="n", resourceArns=[plain + "-not"]))[0] == "UnknownResourceException"
    assert refusal(lambda: shared.share(STRANGER, allowExternalPrincipals=False))[0] == (
        "OperationNotPermittedException"
    )


def test_principals_and_vaults_come_and_go(shared: Shared, refusal: Any) -> None:
    """A share can be changed; lists show what is in it, and moto's shares beside it."""
    ram = shared.ram()
    arn = shared.share()
    other = ram.create_resource_share(
        name="network", resourceArns=[f"arn:aws:ec2:us-east-1:{shared.site.account}:subnet/subnet-1"]
    )["resourceShare"]["resourceShareArn"]
    owned = ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]
    assert [one["resourceShareArn"] for one in owned] == [other, arn]
    ram.update_resource_share(resourceShareArn=arn, name="renamed")
    ram.associate_resource_share(resourceShareArn=arn, principals=[STRANGER])
    shared.ram(STRANGER).accept_resource_share_invitation(
        resourceShareInvitationArn=shared.invitation()["resourceShareInvitationArn"]
    )
    [theirs] = shared.ram(STRANGER).get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
    assert (theirs["name"], theirs["resourceShareArn"]) == ("renamed", arn)
    [resource] = shared.ram(STRANGER).list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"]
    assert resource["arn"] == shared.vault
    [principal] = ram.list_principals(resourceOwner="SELF")["principals"]
    assert (principal["id"], principal["external"]) == (STRANGER, True)
    found = ram.get_resource_share_associations(associationType="PRINCIPAL")["resourceShareAssociations"]
    assert [(one["associatedEntity"], one["status"]) for one in found] == [(STRANGER, "ASSOCIATED")]
    ram.disassociate_resource_share(resourceShareArn=arn, resourceArns=[shared.vault])
    assert refusal(lambda: shared.seen(STRANGER)) == DENIED
    ram.associate_resource_share(resourceShareArn=arn, resourceArns=[shared.vault])
    ram.disassociate_resource_share(resourceShareArn=arn, principals=[STRANGER])
    assert refusal(lambda: shared.seen(STRANGER)) == DENIED


def test_the_vault_policy_still_forbids(site: Any, refusal: Any) -> None:
    """What the policy of a vault denies, a guest, and the owner, cannot do."""
    other = site.member()
    shared = Shared(site)
    shared.share(other)
    statement = {"Effect": "Deny", "Principal": "*", "Action": "backup:StartRestoreJob", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    site.backup.put_backup_vault_access_policy(BackupVaultName="lag", Policy=policy)
    for account in (other, site.account):
        client, role = site.client("backup", account), site.role(account)
        restore = {"RecoveryPointArn": shared.point, "Metadata": {}, "IamRoleArn": role}
        assert refusal(lambda client=client, restore=restore: client.start_restore_job(**restore)) == DENIED
    assert shared.seen(other)["BackupVaultArn"] == shared.vault
