"""The exercise: hospital and bank apply their policies, run for some weeks, lose a Region and an account, and restore.

Everything that is done is done by the command line, as a person would; what is looked at is looked at by plain boto3,
and whoever attacks is the root of the account, whom no policy of ours binds.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner
from tests.end_to_end.exercise_data import BLOCKS, DISKS, ITEMS, OBJECTS, Data

from backstay.cli.main import cli
from backstay_local import LocalAws, Settings
from backstay_local.transport import everywhere

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2027, 3, 1, 10, tzinfo=UTC)
ANYBODY = '{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "kms:*", Resource: "*"}]}'


@dataclass(frozen=True)
class Place:
    """An organization of `policies/reference`, and which of its parts the exercise is about."""

    name: str
    management: str
    central: str
    central_region: str
    central_vault: str
    member: str
    clean: str
    home: str
    away: str
    regions: tuple[str, ...]
    tags: dict[str, str]
    grace: int
    isolated: str
    glass: str
    glass_region: str = "eu-west-1"
    files: dict[str, str] = field(default_factory=dict)
    team: str | None = None

    def setup(self) -> str:
        """What a landing zone has put into every account."""
        regions = f"[{', '.join(self.regions)}]"
        return f"""
roles:
  - {{name: backstay-agent, accounts: all, trust: "{self.management}"}}
  - {{name: AWSBackupDefaultServiceRole, path: /service-role/, accounts: all, trust: backup.amazonaws.com}}
  - {{name: BankBackups, path: /backup/, accounts: all, trust: backup.amazonaws.com}}
  - {{name: backup-emergency, accounts: all, trust: "{self.management}"}}
keys:
  - {{alias: alias/{self.name}-backup, accounts: all, regions: {regions}, policy: {ANYBODY}}}
topics:
  - {{name: {self.name}-backup-alarms, accounts: all, regions: {regions}}}
buckets:
  - {{name: {self.name}-backup-reports, accounts: ["{self.central}"], regions: [eu-central-1]}}
"""


HOSPITAL = Place(
    "hospital",
    management="300000000001",
    central="300000000002",
    central_region="eu-west-1",
    central_vault="hospital-central",
    member="300000000104",
    clean="300000000005",
    home="eu-central-1",
    away="eu-west-1",
    regions=("eu-central-1", "eu-west-1"),
    tags={"data-class": "patient"},
    grace=14,
    isolated="300000000002",
    glass="hospital-isolated",
)
BANK = Place(
    "bank",
    management="400000000001",
    central="400000000002",
    central_region="eu-north-1",
    central_vault="bank-third",
    member="400000000100",
    clean="400000000007",
    home="eu-central-1",
    away="eu-north-1",
    regions=("eu-central-1", "eu-north-1", "eu-west-1"),
    tags={"criticality": "critical"},
    grace=30,
    isolated="400000000003",
    glass="bank-isolated",
    files={"store": "files"},
    team="arn:aws:mpa:us-east-1:400000000001:approval-team/board",
)


class Exercise:
    """One organization on the embedded AWS, and the command line beside it."""

    def __init__(self, place: Place, local: LocalAws, folder: Path) -> None:
        self.place = place
        self.local = local
        self.folder = folder

    def __call__(self, *words: str) -> Any:
        """`backstay WORDS…`; never a traceback."""
        done = CliRunner().invoke(cli, list(words))
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def backup(self, account: str, region: str) -> Any:
        """AWS Backup as the root of an account."""
        return self.local.client("backup", account, region)

    def apply(self) -> Any:
        """Apply; whatever waits for an approval is read by a person, who approves it by its id."""
        self("plan", "build", "-o", "plan.json")
        actions = json.loads((self.folder / "plan.json").read_text())["actions"]
        final = [action["id"] for action in actions if action["effect"] == "irreversible"]
        return self("apply", "build", "--yes", *(word for one in final for word in ("--approve", one)))

    def points(self, account: str, region: str, vault: str) -> list[dict[str, Any]]:
        """The recovery points of a vault, the newest first."""
        pages = self.backup(account, region).get_paginator("list_recovery_points_by_backup_vault")
        found = [it for page in pages.paginate(BackupVaultName=vault) for it in page["RecoveryPoints"]]
        return sorted(found, key=lambda point: point["CreationDate"], reverse=True)


@contextmanager
def exercise(place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exercise]:
    """The organization with its policies compiled, and every session reaching the embedded AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    shutil.copytree(ROOT / "policies" / "reference" / place.name, folder / "policies")
    monkeypatch.chdir(folder)
    with LocalAws(start=BEGIN, settings=Settings(trail=False)) as local, everywhere(local):
        texts = [("org.yaml", (folder / "policies" / "org.yaml").read_text()), ("setup.yaml", place.setup())]
        local.seed_texts(texts)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", local.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
        monkeypatch.setenv("AWS_DEFAULT_REGION", place.away)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        at = Exercise(place, local, folder)
        done = at("compile", "-o", "build")
        assert done.exit_code == 0, done.output
        yield at


def put_data(at: Exercise) -> None:
    """Data in the member account, and every type of it opted in where it goes through."""
    place = at.place
    Data(at.local, place.member, place.home).put(place.tags, place.files)
    opted = {"S3": True, "DynamoDB": True, "EBS": True, "VirtualMachine": True}
    for region in place.regions:
        for account in {place.member, place.central, place.clean, place.isolated}:
            at.backup(account, region).update_region_settings(ResourceTypeOptInPreference=opted)


def attack(at: Exercise) -> Iterator[str]:
    """The root of the central account, too, has fallen: what it could do all the same."""
    place = at.place
    backup, name = at.backup(place.central, place.central_region), place.central_vault
    (point, *_) = at.points(place.central, place.central_region, name)
    arn = point["RecoveryPointArn"]
    tries: dict[str, Callable[[], Any]] = {
        "remove the lock": lambda: backup.delete_backup_vault_lock_configuration(BackupVaultName=name),
        "shorten the lock": lambda: backup.put_backup_vault_lock_configuration(
            BackupVaultName=name, MinRetentionDays=1
        ),
        "delete a recovery point": lambda: backup.delete_recovery_point(BackupVaultName=name, RecoveryPointArn=arn),
        "shorten a recovery point's life": lambda: backup.update_recovery_point_lifecycle(
            BackupVaultName=name, RecoveryPointArn=arn, Lifecycle={"DeleteAfterDays": 1}
        ),
        "delete the vault": lambda: backup.delete_backup_vault(BackupVaultName=name),
        "delete it from the member account": lambda: at.backup(
            place.member, place.central_region
        ).delete_recovery_point(BackupVaultName=name, RecoveryPointArn=arn),
    }
    behind, glass = at.backup(place.isolated, place.glass_region), place.glass
    (kept, *_) = at.points(place.isolated, place.glass_region, glass)
    tries |= {
        "delete a recovery point behind glass": lambda: behind.delete_recovery_point(
            BackupVaultName=glass, RecoveryPointArn=kept["RecoveryPointArn"]
        ),
        "delete the air-gapped vault": lambda: behind.delete_backup_vault(BackupVaultName=glass),
    }
    before = [it["RecoveryPointArn"] for it in at.points(place.central, place.central_region, name)]
    for deed, act in tries.items():
        try:
            act()
        except ClientError:
            continue
        yield f"{deed} was possible"
    if [it["RecoveryPointArn"] for it in at.points(place.central, place.central_region, name)] != before:
        yield "recovery points are gone"


def bring_back(at: Exercise, kind: str) -> str:
    """Copy the newest recovery point of a type from the central vault into a clean account; its ARN there."""
    place = at.place
    role = f"arn:aws:iam::{place.central}:role/service-role/AWSBackupDefaultServiceRole"
    clean = at.backup(place.clean, place.central_region)
    names = [vault["BackupVaultName"] for vault in clean.list_backup_vaults()["BackupVaultList"]]
    if "clean" not in names:
        key = at.local.client("kms", place.clean, place.central_region).describe_key(KeyId=f"alias/{place.name}-backup")
        clean.create_backup_vault(BackupVaultName="clean", EncryptionKeyArn=key["KeyMetadata"]["Arn"])
        clean.put_backup_vault_access_policy(
            BackupVaultName="clean",
            Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",'
            ' "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]}',
        )
    points = at.points(place.central, place.central_region, place.central_vault)
    newest = next(point for point in points if point["ResourceType"] == kind)
    central = at.backup(place.central, place.central_region)
    job = central.start_copy_job(
        RecoveryPointArn=newest["RecoveryPointArn"],
        SourceBackupVaultName=place.central_vault,
        DestinationBackupVaultArn=f"arn:aws:backup:{place.central_region}:{place.clean}:backup-vault:clean",
        IamRoleArn=role,
        Lifecycle={"DeleteAfterDays": 90},
    )["CopyJobId"]
    at.local.advance(timedelta(hours=1))
    done = central.describe_copy_job(CopyJobId=job)["CopyJob"]
    assert done["State"] == "COMPLETED", done
    return str(done["DestinationRecoveryPointArn"])


def play(at: Exercise) -> None:
    """The whole of it."""
    place = at.place
    put_data(at)
    done = at.apply()
    assert done.exit_code in (0, 3), done.output
    vault = at.backup(place.central, place.central_region).describe_backup_vault(BackupVaultName=place.central_vault)
    assert vault["LockDate"] > BEGIN
    if place.team is not None:
        guard(at)
    at.local.advance(timedelta(days=7))
    copies = at.points(place.central, place.central_region, place.central_vault)
    kinds = {point["ResourceType"] for point in copies}
    assert {"S3", "DynamoDB", "EBS", "VirtualMachine"} <= kinds, kinds
    assert len(copies) >= 7 * 4
    assert {point["ResourceType"] for point in at.points(place.isolated, place.glass_region, place.glass)} == {"S3"}
    at.local.advance(timedelta(days=place.grace - 6))
    lost = at.local.faults.add("unreachable", "*", region=place.home)
    with pytest.raises(Exception, match=r"onnect"):
        at.local.client("s3", place.member, place.home).list_objects_v2(Bucket="records")
    at.local.client("iam", place.member).delete_role(RoleName="backstay-agent")
    shown = at("plan", "build")
    assert place.home in shown.output
    assert list(attack(at)) == []
    _restore(at)
    _restore_from_behind_glass(at)
    at.local.faults.clear(lost)


def _restore(at: Exercise) -> None:
    place = at.place
    new = {
        "S3": ("DestinationBucketName", "records-again"),
        "DynamoDB": ("targetTableName", "patients-again"),
        "EBS": ("availabilityZone", f"{place.central_region}a"),
        "VirtualMachine": ("VMName", "archive-again"),
    }
    for kind, (key, name) in new.items():
        _back(at, bring_back(at, kind), f"{key}={name}")
    found = Data(at.local, place.clean, place.central_region)
    assert found.objects("records-again") == OBJECTS
    assert found.items("patients-again") == ITEMS
    assert found.blocks() == BLOCKS
    assert found.machines() == [DISKS | {"VMName": "archive-again"}]


def guard(at: Exercise) -> None:
    """People who can open the air-gapped vault together when its administrators cannot."""
    place = at.place
    at.backup(place.management, place.glass_region).update_global_settings(GlobalSettings={"isMpaEnabled": "true"})
    at.backup(place.isolated, place.glass_region).associate_backup_vault_mpa_approval_team(
        BackupVaultName=place.glass, MpaApprovalTeamArn=place.team
    )


def _open_the_glass(at: Exercise) -> None:
    """To the clean account: with the approval of the team, or, where there is none, shared by its owner."""
    place = at.place
    vault = f"arn:aws:backup:{place.glass_region}:{place.isolated}:backup-vault:{place.glass}"
    if place.team is None:
        ram = at.local.client("ram", place.isolated, place.glass_region)
        ram.create_resource_share(name="rescue", resourceArns=[vault], principals=[place.clean])
        return
    clean = at.backup(place.clean, place.glass_region)
    clean.create_restore_access_backup_vault(SourceBackupVaultArn=vault, BackupVaultName="way-in")
    at.local.approve(clean.describe_backup_vault(BackupVaultName="way-in")["MpaSessionArn"])


def _restore_from_behind_glass(at: Exercise) -> None:
    """The clean account restores from the air-gapped vault without a copy of its own."""
    place = at.place
    _open_the_glass(at)
    (point, *_) = at.points(place.isolated, place.glass_region, place.glass)
    _back(at, point["RecoveryPointArn"], "DestinationBucketName=records-from-glass", "--into")
    assert Data(at.local, place.clean, place.glass_region).objects("records-from-glass") == OBJECTS


def _back(at: Exercise, point: str, setting: str, account: str = "--account") -> None:
    role = f"arn:aws:iam::{at.place.clean}:role/service-role/AWSBackupDefaultServiceRole"
    done = at("restore", point, account, at.place.clean, "--role", role, "--set", setting)
    assert done.exit_code == 0, done.output


def test_the_hospital(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hospital loses Frankfurt and an account, and has its records again in Dublin."""
    with exercise(HOSPITAL, tmp_path, monkeypatch) as at:
        play(at)


@pytest.mark.long
def test_the_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bank likewise, with its third copy in Stockholm."""
    with exercise(BANK, tmp_path, monkeypatch) as at:
        play(at)
