"""Multi-party approval: teams of air-gapped vaults, restore access, and what becomes of requests."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from backstay_local.backup import Settings
from backstay_local.backup.airgap.outcomes import DENIED, EXPIRED

RECOVERY = "777777777777"
TEAM = "arn:aws:mpa:us-east-1:222222222222:approval-team/first"
OTHER_TEAM = "arn:aws:mpa:us-east-1:222222222222:approval-team/second"


class Guarded:
    """An air-gapped vault with one point of a bucket, in an organization that uses multi-party approval."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.backup = site.backup
        site.member()
        self.backup.update_global_settings(GlobalSettings={"isMpaEnabled": "true"})
        site.vault()
        self.vault = site.air_gapped()

    def fill(self) -> str:
        site = self.site
        point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 30})
        return str(site.copy(point, self.vault)["DestinationRecoveryPointArn"])

    def associate(self, team: str = TEAM, **members: Any) -> Any:
        return self.backup.associate_backup_vault_mpa_approval_team(
            BackupVaultName="lag", MpaApprovalTeamArn=team, **members
        )

    def described(self) -> dict[str, Any]:
        return dict(self.backup.describe_backup_vault(BackupVaultName="lag"))

    def request(self, name: str = "way-in", **members: Any) -> dict[str, Any]:
        client = self.site.client("backup", RECOVERY)
        return dict(
            client.create_restore_access_backup_vault(SourceBackupVaultArn=self.vault, BackupVaultName=name, **members)
        )

    def way_in(self, name: str = "way-in") -> dict[str, Any]:
        return dict(self.site.client("backup", RECOVERY).describe_backup_vault(BackupVaultName=name))

    def pending(self) -> str:
        [session] = self.site.aws.approvals()
        return str(session["session"])

    def comment(self) -> str:
        [session] = self.site.aws.approvals()
        return str(session["comment"])

    def revoke(self, arn: str, **members: Any) -> None:
        named = {"BackupVaultName": "lag", "RestoreAccessBackupVaultArn": arn}
        self.backup.revoke_restore_access_backup_vault(**named, **members)


@pytest.fixture
def guarded(site: Any) -> Guarded:
    """A vault to guard."""
    return Guarded(site)


def test_the_first_team_needs_no_approval(guarded: Guarded) -> None:
    """It is there at once, and the answer is an empty 204."""
    assert guarded.associate()["ResponseMetadata"]["HTTPStatusCode"] == 204
    vault = guarded.described()
    assert vault["MpaApprovalTeamArn"] == TEAM
    assert vault["LatestMpaApprovalTeamUpdate"]["Status"] == "APPROVED"
    assert guarded.site.aws.approvals() == []


@pytest.mark.parametrize(("approved", "team", "status"), [(True, OTHER_TEAM, "APPROVED"), (False, TEAM, "FAILED")])
def test_a_change_waits_for_the_present_team(guarded: Guarded, approved: bool, team: str, status: str) -> None:
    """The vault keeps its team until that approves another; a denial leaves everything as it was."""
    guarded.associate()
    guarded.associate(OTHER_TEAM, RequesterComment="people left")
    update = guarded.described()["LatestMpaApprovalTeamUpdate"]
    assert (guarded.described()["MpaApprovalTeamArn"], update["Status"]) == (TEAM, "PENDING")
    assert (update["ExpiryDate"] - update["InitiationDate"]).total_seconds() == 24 * 3600
    [session] = guarded.site.aws.approvals()
    assert (session["session"], session["comment"]) == (update["MpaSessionArn"], "people left")
    (guarded.site.aws.approve if approved else guarded.site.aws.deny)(session["session"])
    after = guarded.described()
    assert (after["MpaApprovalTeamArn"], after["LatestMpaApprovalTeamUpdate"]["Status"]) == (team, status)
    assert after["LatestMpaApprovalTeamUpdate"].get("StatusMessage") == (None if approved else DENIED)


def test_a_team_can_be_taken_off(guarded: Guarded, refusal: Any) -> None:
    """With its approval; after that a new one is a first one again."""
    disassociate = guarded.backup.disassociate_backup_vault_mpa_approval_team
    assert refusal(lambda: disassociate(BackupVaultName="lag"))[0] == "InvalidRequestException"
    guarded.associate()
    gone = disassociate(BackupVaultName="lag", RequesterComment="nobody is left")
    assert (gone["ResponseMetadata"]["HTTPStatusCode"], guarded.comment()) == (204, "nobody is left")
    assert refusal(lambda: disassociate(BackupVaultName="lag"))[0] == "InvalidRequestException"
    assert refusal(lambda: guarded.associate(OTHER_TEAM))[0] == "InvalidRequestException"
    guarded.site.aws.approve(guarded.pending())
    assert "MpaApprovalTeamArn" not in guarded.described()
    guarded.associate(OTHER_TEAM)
    assert guarded.described()["MpaApprovalTeamArn"] == OTHER_TEAM


def test_unanswered_for_a_day_means_no(guarded: Guarded) -> None:
    """A session fails by itself after 24 hours, and cannot be approved any more."""
    guarded.associate()
    guarded.associate(OTHER_TEAM)
    session = guarded.pending()
    guarded.site.advance(hours=23, minutes=59)
    assert guarded.pending() == session
    guarded.site.advance(minutes=2)
    update = guarded.described()["LatestMpaApprovalTeamUpdate"]
    assert (update["Status"], update["StatusMessage"]) == ("FAILED", EXPIRED)
    with pytest.raises(LookupError):
        guarded.site.aws.approve(session)


def test_what_a_team_needs(site: Any, refusal: Any) -> None:
    """An organization that opted in, an air-gapped vault, and the ARN of a team in the Region of teams."""
    site.member()
    site.vault()
    site.air_gapped()
    associate = site.backup.associate_backup_vault_mpa_approval_team
    named = {"BackupVaultName": "lag", "MpaApprovalTeamArn": TEAM}
    assert refusal(lambda: associate(**named))[0] == "InvalidRequestException"
    site.backup.update_global_settings(GlobalSettings={"isMpaEnabled": "true"})
    assert refusal(lambda: associate(**named | {"BackupVaultName": "v1"}))[0] == "InvalidRequestException"
    assert refusal(lambda: associate(**named | {"BackupVaultName": "no"}))[0] == "ResourceNotFoundException"
    for team in ("arn:aws:iam::222222222222:role/x", TEAM.replace("us-east-1", "eu-west-1")):
        code, _ = refusal(lambda team=team: associate(**named | {"MpaApprovalTeamArn": team}))
        assert code == "InvalidParameterValueException"
    associate(**named)
    assert refusal(lambda: associate(**named))[0] == "InvalidRequestException"


def test_restore_access(guarded: Guarded, refusal: Any) -> None:
    """An approved restore access vault shows what the source holds, and lets it be restored and copied."""
    point = guarded.fill()
    assert refusal(guarded.request)[0] == "InvalidRequestException"
    guarded.associate()
    made = guarded.request(RequesterComment="the account is lost", CreatorRequestId="t")
    assert (
        guarded.request(RequesterComment="the account is lost", CreatorRequestId="t")["CreationDate"]
        == (made["CreationDate"])
    )
    site, client = guarded.site, guarded.site.client("backup", RECOVERY)
    waiting = guarded.way_in()
    assert (waiting["VaultState"], waiting["VaultType"]) == ("CREATING", "RESTORE_ACCESS_BACKUP_VAULT")
    assert (waiting["SourceBackupVaultArn"], waiting["NumberOfRecoveryPoints"]) == (guarded.vault, 0)
    listing = client.list_recovery_points_by_backup_vault
    assert refusal(lambda: listing(BackupVaultName="way-in"))[0] == "AccessDeniedException"
    site.aws.approve(waiting["MpaSessionArn"])
    opened = guarded.way_in()
    assert (opened["VaultState"], opened["NumberOfRecoveryPoints"]) == ("AVAILABLE", 1)
    [seen] = listing(BackupVaultName="way-in")["RecoveryPoints"]
    assert seen["RecoveryPointArn"] == point
    metadata = {"DestinationBucketName": "restored", "NewBucket": "true"}
    restore = client.start_restore_job(RecoveryPointArn=point, Metadata=metadata, IamRoleArn=site.role(RECOVERY))
    site.settle()
    job = client.describe_restore_job(RestoreJobId=restore["RestoreJobId"])
    assert job["Status"] == "COMPLETED", job
    keyed = site.vault("mine", RECOVERY, EncryptionKeyArn=site.key(RECOVERY))
    copy = site.copy(point, keyed, source="way-in", account=RECOVERY)
    assert (copy["State"], copy["AccountId"]) == ("COMPLETED", RECOVERY), copy
    assert len(site.points("mine", RECOVERY)) == 1


@pytest.mark.parametrize("how", ["denied", "expired"])
def test_no_restore_access_without_approval(guarded: Guarded, refusal: Any, how: str) -> None:
    """A denied or unanswered request leaves a FAILED vault that opens nothing, and can be deleted."""
    point = guarded.fill()
    guarded.associate()
    guarded.request()
    if how == "denied":
        guarded.site.aws.deny(guarded.pending())
    else:
        guarded.site.advance(hours=25)
    assert guarded.way_in()["VaultState"] == "FAILED"
    client, role = guarded.site.client("backup", RECOVERY), guarded.site.role(RECOVERY)
    restore = {"RecoveryPointArn": point, "Metadata": {}, "IamRoleArn": role}
    assert refusal(lambda: client.start_restore_job(**restore))[0] == "AccessDeniedException"
    client.delete_backup_vault(BackupVaultName="way-in")
    assert client.list_backup_vaults()["BackupVaultList"] == []


def test_revoking_needs_approval(guarded: Guarded, refusal: Any) -> None:
    """A denied revocation leaves the access and says so; an approved one deletes the restore access vault."""
    guarded.associate()
    arn = guarded.request(BackupVaultTags={"case": "7"})["RestoreAccessBackupVaultArn"]
    assert guarded.site.client("backup", RECOVERY).list_tags(ResourceArn=arn)["Tags"] == {"case": "7"}
    assert refusal(lambda: guarded.revoke(arn))[0] == "InvalidRequestException"
    guarded.site.aws.approve(guarded.pending())
    listing = guarded.backup.list_restore_access_backup_vaults
    [member] = listing(BackupVaultName="lag")["RestoreAccessBackupVaults"]
    assert (member["VaultState"], "ApprovalDate" in member) == ("AVAILABLE", True)
    guarded.revoke(arn, RequesterComment="the case is closed")
    assert guarded.comment() == "the case is closed"
    assert refusal(lambda: guarded.revoke(arn))[0] == "InvalidRequestException"
    [member] = listing(BackupVaultName="lag")["RestoreAccessBackupVaults"]
    assert member["LatestRevokeRequest"]["Status"] == "PENDING"
    guarded.site.aws.deny(guarded.pending())
    [member] = listing(BackupVaultName="lag")["RestoreAccessBackupVaults"]
    assert (member["LatestRevokeRequest"]["Status"], member["VaultState"]) == ("FAILED", "AVAILABLE")
    guarded.revoke(arn)
    guarded.site.aws.approve(guarded.pending())
    assert listing(BackupVaultName="lag")["RestoreAccessBackupVaults"] == []
    assert refusal(guarded.way_in)[0] == "AccessDeniedException"
    assert refusal(lambda: guarded.revoke(arn))[0] == "ResourceNotFoundException"


def test_requests_of_others_name_themselves(guarded: Guarded) -> None:
    """A restore access vault without a name gets one; its list has pages."""
    guarded.associate()
    client = guarded.site.client("backup", RECOVERY)
    names = {
        client.create_restore_access_backup_vault(SourceBackupVaultArn=guarded.vault)["RestoreAccessBackupVaultName"]
        for _ in range(3)
    }
    pages = guarded.backup.get_paginator("list_restore_access_backup_vaults").paginate(
        BackupVaultName="lag", PaginationConfig={"PageSize": 2}
    )
    found = [one["RestoreAccessBackupVaultArn"] for page in pages for one in page["RestoreAccessBackupVaults"]]
    assert {arn.rsplit(":", 1)[1] for arn in found} == names


def test_approvals_can_grant_themselves(open_site: Any) -> None:
    """With the setting, a request is approved a little later by itself."""
    guarded = Guarded(open_site(settings=Settings(approvals="grant")))
    guarded.associate()
    guarded.request()
    assert guarded.way_in()["VaultState"] == "CREATING"
    guarded.site.settle()
    assert guarded.way_in()["VaultState"] == "AVAILABLE"


def test_sessions_survive_a_restart(open_site: Any, tmp_path: Any) -> None:
    """A pending session can be decided after the process is gone."""
    guarded = Guarded(open_site(tmp_path))
    guarded.associate()
    guarded.associate(OTHER_TEAM)
    session = guarded.pending()
    guarded.site.aws.close()
    again = open_site(tmp_path, None)
    again.aws.approve(session)
    assert again.backup.describe_backup_vault(BackupVaultName="lag")["MpaApprovalTeamArn"] == OTHER_TEAM


def test_the_door(guarded: Guarded) -> None:
    """Over HTTP, the door lists what is pending, and approves or denies it; only with the management account's key."""
    guarded.associate()
    guarded.associate(OTHER_TEAM)
    aws, session = guarded.site.aws, guarded.pending()
    pair = base64.b64encode(f"{aws.access_key}:{aws.secret_key}".encode()).decode()

    def ask(url: str, body: Any = None, key: str = pair) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{url}/_local/approvals", data, {"Authorization": f"Basic {key}"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    with aws.serve() as url:
        assert ask(url, key="nobody")[0] == 403
        status, found = ask(url)
        assert (status, [one["session"] for one in found["pending"]]) == (200, [session])
        assert ask(url, {"session": session, "decision": "perhaps"})[0] == 400
        assert ask(url, {"session": session, "decision": "approve"}) == (200, {"pending": []})
        assert ask(url, {"session": session, "decision": "deny"})[0] == 400
    assert guarded.described()["MpaApprovalTeamArn"] == OTHER_TEAM
