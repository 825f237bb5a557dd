"""What the recorded runs do with builds: apply, change, move, destroy, run on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from tests.runtime.permissions.acts_on_data import (
    central_vault,
    with_copies,
)
from tests.runtime.permissions.recording import (
    BUCKET,
    MANAGEMENT,
    OPT_INS,
    PAYMENTS,
    REGION,
    RISK,
    SERVICE_ROLE,
    SETTINGS,
    Recording,
    allow,
    lesser,
    nothing,
)

from backstay_agent.cli.apply import apply
from backstay_agent.cli.destroy import destroy
from backstay_agent.cli.plan import plan
from backstay_agent.cli.run import run
from backstay_agent.permissions import policy


def run_once(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Report something, then put everything right that can be, with alerts; what is left is refused, with 4."""
    topic = cloud.client("sns", MANAGEMENT).create_topic(Name="alerts")["TopicArn"]
    settings = {"isCrossAccountBackupEnabled": "true"}
    cloud.client("backup", MANAGEMENT).update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "false"})

    for account in (PAYMENTS, RISK):
        cloud.client("backup", account).update_region_settings(ResourceTypeOptInPreference={"S3": False})

    def more(body: dict[str, Any]) -> None:
        body["region_settings"] = {"S3": True}

    def other(body: dict[str, Any]) -> None:
        body["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 90
        body["plans"][0]["BackupPlanTags"] = {"crew": "platform"}
        body["vault_notifications"] = []

    for number, change in enumerate((more, other)):
        build = builds.write(folder / f"run-{number}", change, settings=settings)
        for name, mode in (("run", "report"), ("run-apply", "reversible")):
            with recording.of(name):
                arguments = [str(build), "--once", "--apply", mode, "--sns-topic", topic, "--state", f"state-{mode}"]
                result = CliRunner().invoke(run, arguments)
            assert "AccessDenied" not in result.stderr
    copying = builds.write(folder / "run-copying", with_copies, settings=settings)
    with recording.of("run", "run-apply"):
        CliRunner().invoke(run, [str(copying), "--once", "--task", "drift"])


def run_audit(recording: Recording, folder: Path) -> None:
    """An audit of what the jobs left: a run reads as much for it as `audit` does."""
    with recording.of("run", "run-apply"):
        CliRunner().invoke(run, [str(folder / "run-0"), "--once", "--task", "audit"])


def apply_all(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Make everything, change everything, remove everything."""

    def more(body: dict[str, Any]) -> None:
        body["region_settings"] = OPT_INS
        body["vaults"].append({"BackupVaultName": "second", "BackupVaultTags": {}})

    stages = ((more, SETTINGS), (lesser, {}), (nothing, {}))
    for number, (change, wanted) in enumerate(stages):
        build = builds.write(folder / f"build-{number}", change, settings=wanted)
        recording.run("plan", plan, build)
        if number != 2:
            recording.run("plan-who", plan, build, "--who")
        recording.run("apply", apply, build, "--yes")
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    central_vault(cloud)
    copying = builds.write(folder / "build-copying", with_copies, settings=SETTINGS)
    recording.run("plan", plan, copying)
    recording.run("plan-who", plan, copying, "--who")
    recording.run("apply", apply, copying, "--yes")


def unmanaged(change: Any) -> Any:
    """The same without roles and keys of its own."""

    def plain(body: dict[str, Any]) -> None:
        change(body)
        body["keys"], body["roles"] = [], []
        body["vaults"] = [one for one in body["vaults"] if one["BackupVaultName"] != "keyed"]
        del body["air_gapped_vaults"][0]["EncryptionKeyArn"]
        body["selections"][0]["BackupSelection"]["IamRoleArn"] = SERVICE_ROLE
        body["restore_testing_selections"][0]["RestoreTestingSelection"]["IamRoleArn"] = SERVICE_ROLE

    return plain


def manages(cloud: Any) -> None:
    """The agent may make the role of these tests, and keys."""
    passes = ("backup/Own", "service-role/AWSBackupDefaultServiceRole")
    allow(cloud, PAYMENTS, policy("member", "aws", PAYMENTS, manages=True, passes=passes))


def make_parts(builds: Any, recording: Recording, folder: Path, stages: Sequence[Any], name: str) -> None:
    """Make, change and remove one thing of every other kind, backup policies of the organization among them."""
    for number, (change, policies) in enumerate(zip(stages, policies_of_stages(), strict=True)):
        build = builds.beside(builds.write(folder / f"parts-{number}", change, (PAYMENTS,)), *policies)
        told = json.loads(recording.run("plan", plan, build, "--format", "json").stdout)
        recording.run(name, apply, build, "--yes", *approved(told))
        if number == 0:  # with nothing left to do, all of it is read the same
            recording.run("plan-who", plan, build, "--who")
            recording.run("apply", apply, build, "--yes")


def approved(told: dict[str, Any]) -> list[str]:
    """The options that approve everything in a plan that cannot be undone."""
    final = [action["id"] for action in told["actions"] if action["effect"] == "irreversible"]
    return [word for one in final for word in ("--approve", one)]


def policies_of_stages() -> tuple[list[dict[str, Any]], ...]:
    """Backup policies: one, the same changed and another one, none."""
    first = {"name": "gold", "content": '{"plans":{}}', "targets": {"root": True, "units": ["Workloads/Prod"]}}
    rule = {
        "schedule_expression": {"@@assign": "cron(0 5 ? * * *)"},
        "target_backup_vault_name": {"@@assign": "primary"},
    }
    assigned = {"iam_role_arn": SERVICE_ROLE, "tag_key": "backup", "tag_value": ["gold"]}
    tags = {"gold": {name: {"@@assign": value} for name, value in assigned.items()}}
    body = {"regions": {"@@assign": [REGION]}, "rules": {"daily": rule}, "selections": {"tags": tags}}
    content = json.dumps({"plans": {"gold": body}})
    second: dict[str, Any] = {"name": "gold", "content": content, "targets": {"units": ["Workloads/Prod"]}}
    second["tags"] = {"backstay:owner": "o-acme0001", "more": "1"}
    silver = {"name": "silver", "content": '{"plans":{}}', "targets": {"units": ["Workloads/Prod"]}}
    return [first], [second, silver], []


def destroy_parts(cloud: Any, builds: Any, recording: Recording, folder: Path, every: Any) -> None:
    """One of each kind, and backup policies: all goes but keys and roles, and what others made."""
    strangers = cloud.parts()
    enable_backup_policies(cloud)
    manages(cloud)
    first, _, _ = policies_of_stages()
    build = builds.beside(builds.write(folder / "parts", every, (PAYMENTS,)), *first)
    saved = folder / "destroy.json"
    with recording.of("destroy"):
        CliRunner().invoke(destroy, [str(build), "-o", str(saved)])  # also of what has yet to be made
    told = json.loads(CliRunner().invoke(plan, [str(build), "--format", "json"]).stdout)
    assert CliRunner().invoke(apply, [str(build), "--yes", *approved(told)]).exit_code == 0
    with recording.of("destroy", "destroy-points"):
        CliRunner().invoke(destroy, [str(build), "-o", str(saved)])
        gone = CliRunner().invoke(destroy, [str(build), "--yes", *approved(json.loads(saved.read_bytes()))])
    assert "AccessDenied" not in gone.stdout, gone.output
    left = cloud.parts()
    for name in ("frameworks", "reports", "tests", "tiering"):
        assert left[name] == strangers[name]
    assert "alias/own" in {one["AliasName"] for one in cloud.client("kms").list_aliases()["Aliases"]}


def run_parts(cloud: Any, builds: Any, recording: Recording, folder: Path, stages: tuple[Any, Any]) -> None:
    """What is there of each kind is reported, changed, removed and made again, as far as that can be taken back."""
    every, every_changed = stages
    enable_backup_policies(cloud)
    manages(cloud)
    first, second, _ = policies_of_stages()
    build = builds.beside(builds.write(folder / "parts", every, (PAYMENTS,)), *first)
    told = json.loads(CliRunner().invoke(plan, [str(build), "--format", "json"]).stdout)
    assert CliRunner().invoke(apply, [str(build), "--yes", *approved(told)]).exit_code == 0
    allow(cloud, PAYMENTS, policy("member", "aws", PAYMENTS))
    wishes = ((unmanaged(every_changed), second), (nothing, second), (every, second))
    for number, (change, policies) in enumerate(wishes):
        again = builds.beside(builds.write(folder / f"run-parts-{number}", change, (PAYMENTS,)), *policies)
        for name, mode in (("run", "report"), ("run-apply", "reversible")):
            with recording.of(name):
                result = CliRunner().invoke(run, [str(again), "--once", "--apply", mode, "--state", f"parts-{mode}"])
            assert "AccessDenied" not in result.stderr, result.stderr


def move_vault(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Another vault takes the place of one that holds a recovery point."""
    cloud.client("s3").create_bucket(Bucket="acme-moved", CreateBucketConfiguration={"LocationConstraint": REGION})
    cloud.client("s3").put_bucket_versioning(Bucket="acme-moved", VersioningConfiguration={"Status": "Enabled"})
    cloud.client("backup").start_backup_job(
        BackupVaultName="primary",
        ResourceArn="arn:aws:s3:::acme-moved",
        IamRoleArn=f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole",
        Lifecycle={"DeleteAfterDays": 35},
    )
    cloud.local.advance(timedelta(hours=1))

    def moved(body: dict[str, Any]) -> None:
        body["plans"][0]["BackupPlan"]["Rules"][0]["TargetBackupVaultName"] = "main"
        for noun in ("vaults", "vault_locks", "vault_access_policies", "vault_notifications"):
            body[noun][0]["BackupVaultName"] = "main"
        body["moved"] = [{"kind": "vault", "name": "main", "before": "primary"}]

    build = builds.write(folder / "build-moved", moved, settings=SETTINGS)
    recording.run("plan", plan, build)
    recording.run("plan-who", plan, build, "--who")
    recording.run("apply", apply, build, "--yes")


def destroy_all(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """A legal hold keeps the points; once it is released everything goes."""
    backup, build = cloud.client("backup"), builds.write(folder / "build", guarded, settings=SETTINGS)
    assert CliRunner().invoke(apply, [str(build), "--yes"]).exit_code == 0
    selection = {"VaultNames": ["primary"], "ResourceIdentifiers": [BUCKET]}
    backup.create_legal_hold(Title="case", Description="case 7", RecoveryPointSelection=selection)
    with recording.of("destroy", "destroy-points"):
        kept = CliRunner().invoke(destroy, [str(build), "--yes", "--delete-recovery-points"])
    assert (kept.exit_code, "under a legal hold" in kept.stdout) == (3, True), kept.output
    strangers = [vault["name"] for vault in cloud.state()["vaults"] if vault["name"] != "primary"]
    assert "primary" in [vault["name"] for vault in cloud.state()["vaults"]]
    for hold in backup.list_legal_holds()["LegalHolds"]:  # one of them holds everything
        backup.cancel_legal_hold(LegalHoldId=hold["LegalHoldId"], CancelDescription="over")
    cloud.local.advance(timedelta(hours=1))
    with recording.of("destroy-points"):
        refused = CliRunner().invoke(destroy, [str(build), "--yes", "--delete-recovery-points"])
    assert (refused.exit_code, "AccessDeniedException" in refused.stdout) == (3, True), refused.output
    allow(cloud, PAYMENTS, policy("member", "aws", PAYMENTS, commands=("destroy-points",)))
    recording.run("destroy-points", destroy, build, "--yes", "--delete-recovery-points")
    assert [vault["name"] for vault in cloud.state()["vaults"]] == strangers
    assert cloud.state(RISK) == {"vaults": [], "plans": []}


def guarded(body: dict[str, Any]) -> None:
    """The same with a vault whose policy lets nobody delete recovery points."""
    with_copies(body)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    body["vault_access_policies"] = [
        {"BackupVaultName": "primary", "Policy": {"Version": "2012-10-17", "Statement": [deny]}}
    ]


def enable_backup_policies(cloud: Any) -> None:
    """The organization may have backup policies."""
    organizations = cloud.client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")


def backup_policy(cloud: Any) -> None:
    """One that somebody else made."""
    organizations = cloud.client("organizations", MANAGEMENT)
    organizations.create_policy(Name="base", Description="", Type="BACKUP_POLICY", Content='{"plans": {}}')
