"""The table of operations, held equal to what the commands call, and the policies that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay_agent.aws import AwsProblem
from backstay_agent.cli.apply import apply
from backstay_agent.cli.audit import audit
from backstay_agent.cli.backup import backup
from backstay_agent.cli.copy import copy
from backstay_agent.cli.destroy import destroy
from backstay_agent.cli.doctor import doctor
from backstay_agent.cli.dump import dump
from backstay_agent.cli.inventory import inventory
from backstay_agent.cli.org import org
from backstay_agent.cli.plan import plan
from backstay_agent.cli.restore import restore
from backstay_agent.cli.restore_test import restore_test
from backstay_agent.cli.run import run
from backstay_agent.describe import describe
from backstay_agent.jobs.look import Look
from backstay_agent.jobs.points import tags_of
from backstay_agent.jobs.route import Vault
from backstay_agent.jobs.testing.clean import delete
from backstay_agent.jobs.work import Copy
from backstay_agent.permissions import OPERATIONS, policy
from backstay_aws import arns

MANAGEMENT, CENTRAL, PAYMENTS, RISK, REGION = (
    "100000000001",
    "100000000002",
    "100000000010",
    "100000000011",
    "eu-central-1",
)
CENTRAL_VAULT = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"
BUCKET, TABLE = "arn:aws:s3:::acme-ledger", f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/orders"
OTHER = {"Key": "owner", "Value": "payments"}
SETTINGS = {"isCrossAccountBackupEnabled": "true"}
OPT_INS = {"S3": False, "DynamoDB": True}
SERVICE_ROLE = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
"""As a shape names it."""
# One resource of each kind that the agent looks up in its own service.
RESOURCES = (
    "arn:aws:s3:::gone",
    f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/gone",
    f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/vol-0123456789abcdef0",
    f"arn:aws:ec2:{REGION}:{PAYMENTS}:instance/i-0123456789abcdef0",
    f"arn:aws:rds:{REGION}:{PAYMENTS}:db:gone",
    f"arn:aws:rds:{REGION}:{PAYMENTS}:cluster:gone",
    f"arn:aws:elasticfilesystem:{REGION}:{PAYMENTS}:file-system/fs-0123456789abcdef0",
    f"arn:aws:fsx:{REGION}:{PAYMENTS}:file-system/fs-0123456789abcdef0",
    f"arn:aws:fsx:{REGION}:{PAYMENTS}:volume/fs-0123456789abcdef0/fsvol-0123456789abcdef0",
    f"arn:aws:redshift:{REGION}:{PAYMENTS}:cluster:gone",
    f"arn:aws:eks:{REGION}:{PAYMENTS}:cluster/gone",
    f"arn:aws:cloudformation:{REGION}:{PAYMENTS}:stack/gone/1",
)


PLAN = {
    "RestoreTestingPlanName": "often",
    "ScheduleExpression": "cron(0 6 * * ? *)",
    "StartWindowHours": 1,
    "RecoveryPointSelection": {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "RecoveryPointTypes": ["SNAPSHOT"],
    },
}
SELECTIONS = [
    {
        "RestoreTestingSelectionName": name,
        "ProtectedResourceType": type_,
        "IamRoleArn": "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole",
        "ProtectedResourceArns": ["*"],
        "ProtectedResourceConditions": {
            "StringNotEquals": [{"Key": "aws:ResourceTag/tested", "Value": "never"}],
        },
        "ValidationWindowHours": 48,
    }
    for name, type_ in (("buckets", "S3"), ("tables", "DynamoDB"), ("volumes", "EBS"))
]

CONTROL = {"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}
CHANNEL, SETTING = {"S3BucketName": "reports"}, {"ReportTemplate": "BACKUP_JOB_REPORT"}
TAKEN = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
TESTING = {
    "RestoreTestingPlanName": "t",
    "ScheduleExpression": "cron(0 1 ? * * *)",
    "RecoveryPointSelection": TAKEN,
}


class Recording:
    """Runs commands and notes what each of them called."""

    def __init__(self, recorded: Any) -> None:
        self.recorded = recorded
        self.calls: dict[str, set[str]] = {}

    @contextmanager
    def of(self, *commands: str) -> Iterator[None]:
        """Count what happens here for some commands."""
        with self.recorded() as calls:
            yield
        for command in commands:
            self.calls.setdefault(command, set()).update(calls)

    def run(self, name: str, command: Any, *arguments: str | Path) -> Result:
        """Run a command, which must do what it is asked."""
        with self.of(name):
            result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        assert result.exit_code == 0, f"{name}: {result.output}"
        return result


def _allow(cloud: Any, account: str, document: dict[str, Any], role: str = "backstay-agent") -> None:
    iam = cloud.client("iam", account)
    iam.put_role_policy(RoleName=role, PolicyName="backstay", PolicyDocument=json.dumps(document))


def _lesser(body: dict[str, Any]) -> None:
    """A build that wants less, and its rest otherwise: what stands has to be changed and removed."""
    plan, selection = body["plans"][0], body["selections"][0]["BackupSelection"]
    plan["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 40
    plan["BackupPlanTags"] = {"crew": "platform"}
    body["vaults"][0]["BackupVaultTags"] = {"crew": "platform"}  # so that it was not created for just this wish
    selection["NotResources"] = ["arn:aws:s3:::tmp-*"]
    body["vault_locks"], body["vault_access_policies"], body["vault_notifications"] = [], [], []
    body["vaults"] = [one for one in body["vaults"] if one["BackupVaultName"] != "second"]


def _none(body: dict[str, Any]) -> None:
    for part in ("plans", "selections", "vaults", "vault_locks", "vault_access_policies", "vault_notifications"):
        body[part] = []


@pytest.fixture
def members(strict_cloud: Any) -> Any:
    """A cloud in which the agent's roles have their policies and nothing else."""
    for account in (CENTRAL, PAYMENTS, RISK):
        _allow(strict_cloud, account, policy("member", "aws", account))
        copies = {"Effect": "Allow", "Action": ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"]}
        document = {"Version": "2012-10-17", "Statement": [copies | {"Resource": "*"}]}
        _allow(strict_cloud, account, document, "AWSBackupDefaultServiceRole")
    return strict_cloud


def test_plan_apply_and_pull_call_what_the_table_says(
    members: Any,
    builds: Any,
    every: Any,
    every_changed: Any,
    recorded: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every row is called, every call has a row, and the policy of the role in accounts is enough for all of them."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    _apply(members, builds, recording, tmp_path)
    _move(members, builds, recording, tmp_path)
    _enable_backup_policies(members)
    _backup_policy(members)
    recording.run("org-pull", org, "pull", "--policies", "pulled")
    _parts(builds, recording, tmp_path / "plain", (_unmanaged(every), _unmanaged(every_changed), _none), "apply")
    _manages(members)
    _parts(builds, recording, tmp_path / "managed", (every, every_changed, _none), "apply-managed")
    _same(recording, "plan", "plan-who", "apply", "apply-managed", "org-pull")


@pytest.mark.long
def test_jobs_and_audit_call_what_the_table_says(
    members: Any, builds: Any, every: Any, recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of the commands that start jobs, and of audits."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    _jobs(members, builds, recording, tmp_path)
    with recording.of("backup", "restore"):
        for arn in RESOURCES:
            with suppress(AwsProblem):
                describe(members.aws(), PAYMENTS, REGION, arn)
    with recording.of("restore-test"):
        for arn in RESOURCES:
            with suppress(AwsProblem, ValueError):
                describe(members.aws(), PAYMENTS, REGION, arn)
            named = arns.parse(arn)
            with suppress(AwsProblem, ValueError):
                delete(members.aws(), (PAYMENTS, REGION), named)
    _looks(members, builds, recording, tmp_path)
    _destroy(members, builds, recording, tmp_path)
    _destroy_parts(members, builds, recording, tmp_path, every)
    looking = ("doctor", "dump", "inventory-pull")
    _same(
        recording,
        *looking,
        "backup",
        "copy",
        "restore",
        "restore-test",
        "audit",
        "audit-submit",
        "destroy",
        "destroy-points",
    )


@pytest.mark.long
def test_a_run_calls_what_the_table_says(
    members: Any,
    builds: Any,
    every: Any,
    every_changed: Any,
    recorded: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same of the long-running agent, when it reports, and when it puts right what can be taken back."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    _run(members, builds, recording, tmp_path)
    _data(members)
    _run_audit(recording, tmp_path)
    _run_parts(members, builds, recording, tmp_path, (every, every_changed))
    _same(recording, "run", "run-apply")


def test_every_row_is_held_by_a_test() -> None:
    """A command that comes is recorded, too."""
    assert set(OPERATIONS) == {
        "plan",
        "plan-who",
        "apply",
        "apply-managed",
        "org-pull",
        "org-bootstrap",
        "backup",
        "copy",
        "restore",
        "restore-test",
        "audit",
        "audit-submit",
        "destroy",
        "destroy-points",
        "doctor",
        "dump",
        "inventory-pull",
        "run",
        "run-apply",
    }


@pytest.mark.long
def test_bootstrap_calls_what_the_table_says(
    cloud: Any, recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both ways, with everything to make, to change and to take back."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    cloud.client("iam", RISK).create_policy(PolicyName="limit", PolicyDocument=json.dumps(policy("runner")))
    _billing_only(cloud)
    options = ("org-bootstrap", org, "bootstrap", "--yes")
    with recording.of("org-bootstrap"):
        CliRunner().invoke(org, ["bootstrap", "--account", RISK, "--yes"])
        told = CliRunner().invoke(org, ["bootstrap", "--account", RISK, "--plan", "--format", "json"])
        [step] = [one for one in json.loads(told.stdout)["steps"] if one["effect"] == "irreversible"]
        CliRunner().invoke(org, ["bootstrap", "--account", RISK, "--yes", "--approve", step["id"]])
    recording.run(*options, "--account", RISK, "--backup-account", CENTRAL, "--permissions-boundary", "limit")
    recording.run(*options, "--account", RISK, "--external-id", "s3cret")
    stack_sets = (*options, "--via", "stackset", "--stack-set-prefix", "acme", "--role-name", "acme-agent")
    recording.run(*stack_sets, "--ou", "Workloads", "--no-service-role")
    recording.run(*stack_sets, "--ou", "Workloads", "--no-service-role", "--external-id", "s3cret")
    _same(recording, "org-bootstrap")


def _billing_only(cloud: Any) -> None:
    """An organization as it was before it had all features, and before anybody administered backup."""
    organizations = cloud.client("organizations", MANAGEMENT)
    organizations.deregister_delegated_administrator(AccountId=CENTRAL, ServicePrincipal="backup.amazonaws.com")
    organizations.disable_aws_service_access(ServicePrincipal="backup.amazonaws.com")
    with cloud.local.world.substrate.inside():
        from moto.organizations.models import organizations_backends

        organizations_backends[MANAGEMENT]["aws"].org.feature_set = "CONSOLIDATED_BILLING"
    assert organizations.describe_organization()["Organization"]["FeatureSet"] == "CONSOLIDATED_BILLING"


def _same(recording: Recording, *commands: str) -> None:
    """No command called what its rows do not say, and every row's call was made by one of the commands."""
    calls = {f"{name} calls {call}" for name, called in recording.calls.items() for call in called}
    rows = {f"{name} calls {call}" for name in commands for call in OPERATIONS[name]}
    assert sorted(calls - rows) == []
    called = {call for name in commands for call in recording.calls[name]}
    assert sorted({call for name in commands for call in OPERATIONS[name]} - called) == []


def _run(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
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
    copying = builds.write(folder / "run-copying", _copying, settings=settings)
    with recording.of("run", "run-apply"):
        CliRunner().invoke(run, [str(copying), "--once", "--task", "drift"])


def _run_audit(recording: Recording, folder: Path) -> None:
    """An audit of what the jobs left: a run reads as much for it as `audit` does."""
    with recording.of("run", "run-apply"):
        CliRunner().invoke(run, [str(folder / "run-0"), "--once", "--task", "audit"])


def _apply(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Make everything, change everything, remove everything."""

    def more(body: dict[str, Any]) -> None:
        body["region_settings"] = OPT_INS
        body["vaults"].append({"BackupVaultName": "second", "BackupVaultTags": {}})

    stages = ((more, SETTINGS), (_lesser, {}), (_none, {}))
    for number, (change, wanted) in enumerate(stages):
        build = builds.write(folder / f"build-{number}", change, settings=wanted)
        recording.run("plan", plan, build)
        if number != 2:
            recording.run("plan-who", plan, build, "--who")
        recording.run("apply", apply, build, "--yes")
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    _central_vault(cloud)
    copying = builds.write(folder / "build-copying", _copying, settings=SETTINGS)
    recording.run("plan", plan, copying)
    recording.run("plan-who", plan, copying, "--who")
    recording.run("apply", apply, copying, "--yes")


def _unmanaged(change: Any) -> Any:
    """The same without roles and keys of its own."""

    def plain(body: dict[str, Any]) -> None:
        change(body)
        body["keys"], body["roles"] = [], []
        body["vaults"] = [one for one in body["vaults"] if one["BackupVaultName"] != "keyed"]
        del body["air_gapped_vaults"][0]["EncryptionKeyArn"]
        body["selections"][0]["BackupSelection"]["IamRoleArn"] = SERVICE_ROLE
        body["restore_testing_selections"][0]["RestoreTestingSelection"]["IamRoleArn"] = SERVICE_ROLE

    return plain


def _manages(cloud: Any) -> None:
    """The agent may make the role of these tests, and keys."""
    passes = ("backup/Own", "service-role/AWSBackupDefaultServiceRole")
    _allow(cloud, PAYMENTS, policy("member", "aws", PAYMENTS, manages=True, passes=passes))


def _parts(builds: Any, recording: Recording, folder: Path, stages: Sequence[Any], name: str) -> None:
    """Make, change and remove one thing of every other kind, backup policies of the organization among them."""
    for number, (change, policies) in enumerate(zip(stages, _policies(), strict=True)):
        build = builds.beside(builds.write(folder / f"parts-{number}", change, (PAYMENTS,)), *policies)
        told = json.loads(recording.run("plan", plan, build, "--format", "json").stdout)
        recording.run(name, apply, build, "--yes", *_approved(told))


def _approved(told: dict[str, Any]) -> list[str]:
    """The options that approve everything in a plan that cannot be undone."""
    final = [action["id"] for action in told["actions"] if action["effect"] == "irreversible"]
    return [word for one in final for word in ("--approve", one)]


def _policies() -> tuple[list[dict[str, Any]], ...]:
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


def _destroy_parts(cloud: Any, builds: Any, recording: Recording, folder: Path, every: Any) -> None:
    """One of each kind, and backup policies: all goes but keys and roles, and what others made."""
    strangers = cloud.parts()
    _enable_backup_policies(cloud)
    _manages(cloud)
    first, _, _ = _policies()
    build = builds.beside(builds.write(folder / "parts", every, (PAYMENTS,)), *first)
    saved = folder / "destroy.json"
    with recording.of("destroy"):
        CliRunner().invoke(destroy, [str(build), "-o", str(saved)])  # also of what has yet to be made
    told = json.loads(CliRunner().invoke(plan, [str(build), "--format", "json"]).stdout)
    assert CliRunner().invoke(apply, [str(build), "--yes", *_approved(told)]).exit_code == 0
    with recording.of("destroy", "destroy-points"):
        CliRunner().invoke(destroy, [str(build), "-o", str(saved)])
        gone = CliRunner().invoke(destroy, [str(build), "--yes", *_approved(json.loads(saved.read_bytes()))])
    assert "AccessDenied" not in gone.stdout, gone.output
    left = cloud.parts()
    for name in ("frameworks", "reports", "tests", "tiering"):
        assert left[name] == strangers[name]
    assert "alias/own" in {one["AliasName"] for one in cloud.client("kms").list_aliases()["Aliases"]}


def _run_parts(cloud: Any, builds: Any, recording: Recording, folder: Path, stages: tuple[Any, Any]) -> None:
    """What is there of each kind is reported, changed, removed and made again, as far as that can be taken back."""
    every, every_changed = stages
    _enable_backup_policies(cloud)
    _manages(cloud)
    first, second, _ = _policies()
    build = builds.beside(builds.write(folder / "parts", every, (PAYMENTS,)), *first)
    told = json.loads(CliRunner().invoke(plan, [str(build), "--format", "json"]).stdout)
    assert CliRunner().invoke(apply, [str(build), "--yes", *_approved(told)]).exit_code == 0
    _allow(cloud, PAYMENTS, policy("member", "aws", PAYMENTS))
    wishes = ((_unmanaged(every_changed), second), (_none, second), (every, second))
    for number, (change, policies) in enumerate(wishes):
        again = builds.beside(builds.write(folder / f"run-parts-{number}", change, (PAYMENTS,)), *policies)
        for name, mode in (("run", "report"), ("run-apply", "reversible")):
            with recording.of(name):
                result = CliRunner().invoke(run, [str(again), "--once", "--apply", mode, "--state", f"parts-{mode}"])
            assert "AccessDenied" not in result.stderr, result.stderr


def _move(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
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


def _jobs(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Back up a bucket and a table, copy, restore, audit."""
    build = builds.write(folder / "build", _copying, settings=SETTINGS)
    _central_vault(cloud)
    assert CliRunner().invoke(apply, [str(build), "--yes"]).exit_code == 0
    _data(cloud)
    with recording.of("backup"):
        assert CliRunner().invoke(backup, [str(build), "--resource", BUCKET]).exit_code == 1
    recording.run("backup", backup, build, "--no-copies")
    with recording.of("copy"):
        assert CliRunner().invoke(copy, [str(build)]).exit_code == 1
    _let_in(cloud)
    recording.run("backup", backup, build, "--resource", BUCKET)
    recording.run("copy", copy, build)
    _over_a_stop(cloud, builds, recording, folder)
    with recording.of("copy"):
        volume = ("arn:aws:ec2:eu-central-1:100000000010:volume/vol-1", "arn:aws:ec2:eu-central-1::snapshot/snap-1")
        work = Copy(PAYMENTS, REGION, *volume, "primary", "gold", "daily", CENTRAL_VAULT, {}, "role", "EBS")
        Look(cloud.aws()).load(work, Vault(PAYMENTS, REGION, "primary"))
        tags_of(cloud.aws(), PAYMENTS, REGION, [f"arn:aws:rds:{REGION}:{PAYMENTS}:snapshot:awsbackup:job-1"])
    backed_up = cloud.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="primary")
    for point in backed_up["RecoveryPoints"]:
        if point["ResourceType"] != "EBS":
            recording.run("restore", restore, point["RecoveryPointArn"])
    _tests(cloud, recording, build)
    with recording.of("audit"):
        CliRunner().invoke(audit, [str(build)])
    with recording.of("audit-submit"):
        CliRunner().invoke(audit, [str(build), "--submit-security-hub"])


def _over_a_stop(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """A volume under AWS's key, whose copy goes to the central account over a vault with a customer's key; twice."""

    def stopping(body: dict[str, Any]) -> None:
        _copying(body)
        body["vaults"].append({"BackupVaultName": "stop", "BackupVaultTags": {}})

    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    key = cloud.client("kms").create_key(Policy=document)["KeyMetadata"]["Arn"]
    cloud.client("backup").create_backup_vault(BackupVaultName="stop", EncryptionKeyArn=key)
    build = builds.write(folder / "stopping", stopping)
    [volume] = cloud.client("ec2").describe_volumes(Filters=[{"Name": "encrypted", "Values": ["true"]}])["Volumes"]
    arn = f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/{volume['VolumeId']}"
    for _ in range(2):
        recording.run("backup", backup, build, "--resource", arn, "--account", PAYMENTS, "--token", "stop")


def _tests(cloud: Any, recording: Recording, build: Path) -> None:
    """Restore tests of ours, and one of AWS's that waits for a verdict."""
    with recording.of("restore-test"):
        assert CliRunner().invoke(restore_test, [str(build)]).exit_code == 0
    cloud.local.advance(timedelta(hours=27))
    done = CliRunner()
    with recording.of("restore-test"):
        assert "passed" in done.invoke(restore_test, [str(build), "--scheduled"]).output


def _looks(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Read what there is, of every kind, and look for what would stop an apply."""
    _furnish(cloud)
    chosen = ("--account", PAYMENTS)
    recording.run("dump", dump, "-o", folder / "live.json", *chosen)
    recording.run("dump", dump, "-o", folder / "live.json", "--regions", REGION, "--account", MANAGEMENT)
    recording.run("inventory-pull", inventory, "pull", "-o", folder / "inventory.jsonl", *chosen)
    elsewhere = f"arn:aws:backup:{REGION}:{RISK}:backup-vault:nowhere"

    def every(body: dict[str, Any]) -> None:
        key = f"arn:aws:kms:{REGION}:$account:alias/named"
        body["vaults"][0]["EncryptionKeyArn"] = key
        body["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [{"DestinationBackupVaultArn": elsewhere}]
        body["frameworks"] = [{"FrameworkName": "f", "FrameworkControls": [CONTROL]}]
        body["report_plans"] = [{"ReportPlanName": "r", "ReportDeliveryChannel": CHANNEL, "ReportSetting": SETTING}]
        body["restore_testing_plans"] = [{"RestoreTestingPlan": TESTING}]

    build = builds.write(folder / "build-looks", every)
    with recording.of("doctor"):
        assert CliRunner().invoke(doctor, [str(build)]).exit_code in (1, 3)
        assert CliRunner().invoke(doctor, ["--regions", "af-south-1"]).exit_code in (1, 3)


def _furnish(cloud: Any) -> None:
    """One of each kind of thing that AWS Backup has in an account."""
    backup, kms = cloud.client("backup"), cloud.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/named", TargetKeyId=key)
    backup.create_backup_vault(BackupVaultName="named", EncryptionKeyArn=key)
    backup.create_framework(FrameworkName="f", FrameworkControls=[CONTROL])
    backup.create_report_plan(ReportPlanName="r", ReportDeliveryChannel=CHANNEL, ReportSetting=SETTING)
    backup.create_restore_testing_plan(RestoreTestingPlan=TESTING)
    role = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
    chosen = {
        "RestoreTestingSelectionName": "s",
        "ProtectedResourceType": "S3",
        "IamRoleArn": role,
        "ProtectedResourceArns": ["*"],
    }
    backup.create_restore_testing_selection(RestoreTestingPlanName="t", RestoreTestingSelection=chosen)
    backup.create_legal_hold(Title="h", Description="held")
    rows = [{"Resources": ["*"], "ResourceType": "S3", "TieringDownSettingsInDays": 60}]
    tier = {"TieringConfigurationName": "tiers", "BackupVaultName": "*", "ResourceSelection": rows}
    backup.create_tiering_configuration(TieringConfiguration=tier)


def _destroy(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """A legal hold keeps the points; once it is released everything goes."""
    backup, build = cloud.client("backup"), builds.write(folder / "build", _guarded, settings=SETTINGS)
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
    _allow(cloud, PAYMENTS, policy("member", "aws", PAYMENTS, commands=("destroy-points",)))
    recording.run("destroy-points", destroy, build, "--yes", "--delete-recovery-points")
    assert [vault["name"] for vault in cloud.state()["vaults"]] == strangers
    assert cloud.state(RISK) == {"vaults": [], "plans": []}


def _guarded(body: dict[str, Any]) -> None:
    _copying(body)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    body["vault_access_policies"] = [
        {"BackupVaultName": "primary", "Policy": {"Version": "2012-10-17", "Statement": [deny]}}
    ]


def _copying(body: dict[str, Any]) -> None:
    body["vault_access_policies"] = []
    body["region_settings"] = {"S3": True, "DynamoDB": True}
    body["restore_testing_plans"] = [{"RestoreTestingPlan": PLAN}]
    body["restore_testing_selections"] = [
        {"RestoreTestingPlanName": "often", "RestoreTestingSelection": selection} for selection in SELECTIONS
    ]
    body["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [{"DestinationBackupVaultArn": CENTRAL_VAULT}]


def _central_vault(cloud: Any) -> None:
    """A vault that takes no copies yet."""
    key = cloud.client("kms", CENTRAL).create_key()["KeyMetadata"]["Arn"]
    cloud.client("backup", CENTRAL).create_backup_vault(BackupVaultName="central", EncryptionKeyArn=key)


def _let_in(cloud: Any) -> None:
    into = {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [into]})
    cloud.client("backup", CENTRAL).put_backup_vault_access_policy(BackupVaultName="central", Policy=document)


def _data(cloud: Any) -> None:
    """A bucket with an object whose ETag says nothing of its content, a table and a volume."""
    tag = {"Key": "backup", "Value": "gold"}
    tagged = [{"ResourceType": "volume", "Tags": [tag]}]
    cloud.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1, Encrypted=True, TagSpecifications=tagged)
    rds, admin = cloud.client("rds"), {"MasterUsername": "root", "MasterUserPassword": "not-told-here", "Tags": [OTHER]}
    rds.create_db_instance(
        DBInstanceIdentifier="ledger", Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20, **admin
    )
    rds.create_db_cluster(DBClusterIdentifier="books", Engine="aurora-mysql", **admin)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="acme-ledger", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="acme-ledger", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="acme-ledger", Tagging={"TagSet": [tag]})
    s3.upload_fileobj(BytesIO(bytes(9 << 20)), "acme-ledger", "a")
    made = cloud.client("dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[tag],
    )
    assert made["TableDescription"]["TableStatus"]


def _enable_backup_policies(cloud: Any) -> None:
    organizations = cloud.client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")


def _backup_policy(cloud: Any) -> None:
    organizations = cloud.client("organizations", MANAGEMENT)
    organizations.create_policy(Name="base", Description="", Type="BACKUP_POLICY", Content='{"plans": {}}')


@pytest.mark.long
def test_an_agent_that_may_never_lock(
    members: Any, builds: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the statement LockVaults an apply does everything but the locks, and names each with AWS's reason."""
    monkeypatch.chdir(tmp_path)
    for account in (PAYMENTS, RISK):
        _allow(members, account, policy("member", "aws", account, locks=False))
    applied = CliRunner().invoke(apply, [str(builds.write(tmp_path / "build")), "--yes"])
    assert applied.exit_code == 3, applied.output
    assert "backup:PutBackupVaultLockConfiguration" in applied.output
    [vault] = members.state(RISK)["vaults"]
    assert not vault["Locked"]
    assert vault["policy"]
