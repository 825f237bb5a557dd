"""The table of operations, held equal to what the commands call, and the policies that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from backstay_agent.cli.org import org
from backstay_agent.cli.plan import plan
from backstay_agent.cli.restore import restore
from backstay_agent.cli.restore_test import restore_test
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
OPT_INS = {"S3": False, "DynamoDB": True}
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
        "IamRoleArn": f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole",
        "ProtectedResourceArns": ["*"],
        "ProtectedResourceConditions": {
            "StringNotEquals": [{"Key": "aws:ResourceTag/tested", "Value": "never"}],
        },
        "ValidationWindowHours": 48,
    }
    for name, type_ in (("buckets", "S3"), ("tables", "DynamoDB"), ("volumes", "EBS"))
]


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


def test_commands_call_what_the_table_says_and_no_policy_stops_them(
    members: Any, builds: Any, recorded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is called, every call has a row, and the policy of the role in accounts is enough for all of them."""
    monkeypatch.chdir(tmp_path)
    recording = Recording(recorded)
    _apply(members, builds, recording, tmp_path)
    _jobs(members, builds, recording, tmp_path)
    _backup_policy(members)
    recording.run("org-pull", org, "pull", "--policies", "pulled")
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
    calls = {f"{name} calls {call}" for name, called in recording.calls.items() for call in called}
    rows = {f"{name} calls {call}" for name, listed in OPERATIONS.items() for call in listed}
    assert (sorted(calls - rows), sorted(rows - calls)) == ([], [])


def _apply(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Make everything, change everything, remove everything."""

    def more(body: dict[str, Any]) -> None:
        body["region_settings"] = OPT_INS
        body["vaults"].append({"BackupVaultName": "second", "BackupVaultTags": {}})

    settings = {"isCrossAccountBackupEnabled": "true"}
    stages = ((more, settings), (_lesser, {}), (_none, {}))
    for number, (change, wanted) in enumerate(stages):
        build = builds.write(folder / f"build-{number}", change, settings=wanted)
        recording.run("plan", plan, build)
        recording.run("apply", apply, build, "--yes")
    assert cloud.state(RISK) == {"vaults": [], "plans": []}


def _jobs(cloud: Any, builds: Any, recording: Recording, folder: Path) -> None:
    """Back up a bucket and a table, copy, restore, audit."""
    build = builds.write(folder / "build", _copying)
    recording.run("apply", apply, build, "--yes")
    _central_vault(cloud)
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
    backup = cloud.client("backup")
    backup.create_restore_testing_plan(RestoreTestingPlan=PLAN)
    for selection in SELECTIONS:
        backup.create_restore_testing_selection(RestoreTestingPlanName="often", RestoreTestingSelection=selection)
    with recording.of("restore-test"):
        assert CliRunner().invoke(restore_test, [str(build)]).exit_code == 0
    cloud.local.advance(timedelta(hours=27))
    done = CliRunner()
    with recording.of("restore-test"):
        assert "passed" in done.invoke(restore_test, [str(build), "--scheduled"]).output


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


def _backup_policy(cloud: Any) -> None:
    organizations = cloud.client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")
    organizations.create_policy(Name="base", Description="", Type="BACKUP_POLICY", Content='{"plans": {}}')
