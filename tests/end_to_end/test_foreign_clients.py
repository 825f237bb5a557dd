"""Clients of other people against our server: Cloud Custodian and Prowler read what a plan has done, as on AWS."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from backstay_local.app import LocalAws
from backstay_local.running import environment

PEERS = Path(__file__).parents[2] / ".venv-peers"
REGION = "us-east-1"
CUSTODIAN = """
policies:
  - name: plans
    resource: aws.backup-plan
    filters: [{"tag:owner": us}]
  - name: vaults
    resource: aws.backup-vault
    filters: [{type: value, key: NumberOfRecoveryPoints, op: gt, value: 0}]
  - name: tables
    resource: aws.dynamodb-table
    filters: [{type: consecutive-aws-backups, count: 2, period: days, status: COMPLETED}]
  - name: bare-tables
    resource: aws.dynamodb-table
    filters: [{not: [{type: consecutive-aws-backups, count: 2, period: days, status: COMPLETED}]}]
  - name: databases
    resource: aws.rds
    filters: [{type: consecutive-aws-backups, count: 2, period: days, status: COMPLETED}]
"""

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Site:
    """A served embedded AWS in which a plan has run for three days, and a client's environment for it."""

    aws: LocalAws
    environment: dict[str, str]

    def run(self, peer: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a peer's command in its own environment."""
        assert (PEERS / peer / ".ready").exists(), f"{peer} is missing; `make test-long` installs it"
        command = [str(PEERS / peer / "bin" / words[0]), *words[1:]]
        return subprocess.run(
            command, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Its clock is at our own time, which the clients compare with: the plan began three days ago."""
    now = datetime.now(UTC)
    start = datetime.combine(now.date() - timedelta(days=3), time(), UTC)
    with LocalAws(start=start) as aws, aws.serve() as url:
        protect(aws)
        aws.advance(now - start)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        reach = environment(url, aws.access_key, aws.secret_key, REGION)
        quiet = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path_factory.mktemp("home"))}
        yield Site(aws, {**kept, **reach, **quiet})


def protect(aws: LocalAws) -> None:
    """Two tables and a tagged database, and a plan that takes one table by its ARN and whatever is tagged."""
    backup, dynamodb = aws.client("backup"), aws.client("dynamodb")
    statement = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = aws.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    tags = [{"Key": "backup", "Value": "daily"}]
    for name in ("kept", "bare"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    database = {"DBInstanceIdentifier": "ledger", "DBInstanceClass": "db.t3.micro", "Engine": "postgres"}
    secret = {"MasterUsername": "root", "MasterUserPassword": "secret-99", "AllocatedStorage": 20}
    aws.client("rds").create_db_instance(**database, **secret, Tags=tags)
    for name in ("safe", "empty"):
        backup.create_backup_vault(BackupVaultName=name)
    rule = {"RuleName": "daily", "TargetBackupVaultName": "safe", "ScheduleExpression": "cron(0 0/6 ? * * *)"}
    plan = {"BackupPlanName": "daily", "Rules": [rule]}
    plan_id = backup.create_backup_plan(BackupPlan=plan, BackupPlanTags={"owner": "us"})["BackupPlanId"]
    tagged = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}
    table = f"arn:aws:dynamodb:{REGION}:{aws.management_account}:table/kept"
    for name, taken in (("tagged", {"ListOfTags": [tagged]}), ("named", {"Resources": [table]})):
        selection = {"SelectionName": name, "IamRoleArn": role, **taken}
        backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection)


def test_cloud_custodian_finds_what_is_backed_up(site: Site, tmp_path: Path) -> None:
    """Plans by their tags, vaults by what they hold, and resources with and without backups on consecutive days."""
    (tmp_path / "policies.yml").write_text(CUSTODIAN, encoding="utf-8")
    words = ("custodian", "run", "--region", REGION, "--cache-period", "0", "-s", "out", "policies.yml")
    done = site.run("custodian", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    def found(policy: str, key: str) -> set[str]:
        return {row[key] for row in json.loads((tmp_path / "out" / policy / "resources.json").read_text("utf-8"))}

    assert found("plans", "BackupPlanName") == {"daily"}
    assert found("vaults", "BackupVaultName") == {"safe"}
    assert found("tables", "TableName") == {"kept"}
    assert found("bare-tables", "TableName") == {"bare"}
    assert found("databases", "DBInstanceIdentifier") == {"ledger"}


def test_prowler_judges_backups(site: Site, tmp_path: Path) -> None:
    """Its checks see vaults, plans and recovery points as they are, and tell protected resources from others."""
    checks = (
        "backup_plans_exist",
        "backup_recovery_point_encrypted",
        "backup_vaults_encrypted",
        "backup_vaults_exist",
        "dynamodb_table_protected_by_backup_plan",
    )
    words = ("prowler", "aws", "--region", REGION, "--no-banner", "--ignore-exit-code-3", "-M", "json-ocsf")
    done = site.run("prowler", *words, "-o", str(tmp_path / "out"), "-F", "found", "-c", *checks, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    findings = json.loads((tmp_path / "out" / "found.ocsf.json").read_text("utf-8"))
    told: dict[str, set[tuple[str, str]]] = {}
    for finding in findings:
        name = finding["resources"][0]["name"]
        told.setdefault(finding["metadata"]["event_code"], set()).add((name, finding["status_code"]))
    assert told.keys() == set(checks), told
    assert {status for check in ("backup_plans_exist", "backup_vaults_exist") for _, status in told[check]} == {"PASS"}
    points = site.aws.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="safe")["RecoveryPoints"]
    judged = sorted(status for _, status in told["backup_recovery_point_encrypted"])
    assert judged == sorted("PASS" if point["IsEncrypted"] else "FAIL" for point in points)
    assert set(judged) == {"PASS", "FAIL"}  # the tables' are, the database's are as their source
    assert told["backup_vaults_encrypted"] == {("safe", "PASS"), ("empty", "PASS")}
    assert told["dynamodb_table_protected_by_backup_plan"] == {("kept", "PASS"), ("bare", "FAIL")}
