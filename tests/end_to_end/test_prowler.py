"""Prowler's checks of backup and our controls, put to the same state; `docs/prowler.md` says what came out and why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.prowler_page import ENCRYPTED, IN_PLAN, ROWS, VERSION, page

from backstay_contract.build import Shape
from backstay_contract.canonical import digest, pretty
from backstay_local.app import LocalAws
from backstay_local.running import environment

ROOT = Path(__file__).parents[2]
PROWLER = ROOT / ".venv-peers" / "prowler"
PAGE = ROOT / "docs" / "prowler.md"
REGION = "us-east-1"
POINTS = "recovery points"
DAILY = [{"Key": "backup", "Value": "daily"}]
LOOSE = [{"Key": "env", "Value": "dev"}]

pytestmark = pytest.mark.long


def fill(aws: LocalAws) -> str:
    """Resources of five kinds, some of them taken by a plan in one way or another; gives the plan's id."""
    backup, dynamodb, account = aws.client("backup"), aws.client("dynamodb"), aws.management_account
    statement = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=trust)
    for name, tags in (("named", LOOSE), ("tagged", DAILY), ("loose", LOOSE), ("bare", [])):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **({"Tags": tags} if tags else {}),
        )
    rds, secret = aws.client("rds"), {"MasterUsername": "root", "MasterUserPassword": "secret-99"}
    database = {"DBInstanceIdentifier": "ledger", "DBInstanceClass": "db.t3.micro", "Engine": "postgres"}
    rds.create_db_instance(**database, **secret, AllocatedStorage=20, Tags=DAILY)
    rds.create_db_cluster(DBClusterIdentifier="warehouse", Engine="aurora-mysql", **secret, Tags=LOOSE)
    marked = [{"ResourceType": "volume", "Tags": [*LOOSE, {"Key": "Name", "Value": "disk"}]}]
    aws.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=8, TagSpecifications=marked)
    aws.client("efs").create_file_system(CreationToken="files", Tags=[*DAILY, {"Key": "Name", "Value": "files"}])
    backup.create_backup_vault(BackupVaultName="safe")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "safe", "ScheduleExpression": "cron(0 0 ? * * *)"}
    plan: str = backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})["BackupPlanId"]
    named = [f"arn:aws:dynamodb:{REGION}:{account}:table/named", "arn:aws:rds:*:*:cluster:*"]
    tagged = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}
    select(aws, plan, "named", Resources=named)
    select(aws, plan, "tagged", ListOfTags=[tagged])
    return plan


def select(aws: LocalAws, plan: str, name: str, **body: Any) -> None:
    """Add a selection to the plan."""
    role = f"arn:aws:iam::{aws.management_account}:role/backup"
    selection = {"SelectionName": name, "IamRoleArn": role, **body}
    aws.client("backup").create_backup_selection(BackupPlanId=plan, BackupSelection=selection)


@contextmanager
def served(home: Path) -> Iterator[tuple[LocalAws, str, dict[str, str]]]:
    """The account after a night, served, with its plan and the environment in which clients find it."""
    now = datetime.now(UTC)
    start = datetime.combine(now.date() - timedelta(days=1), time(), UTC)
    with LocalAws(start=start) as aws, aws.serve() as url:
        plan = fill(aws)
        aws.advance(now - start)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        reach = environment(url, aws.access_key, aws.secret_key, REGION)
        yield aws, plan, {**kept, **reach, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(home)}


def names(aws: LocalAws) -> dict[str, str]:
    """What resources are called here, by the ids that AWS made up."""
    volumes = aws.client("ec2").describe_volumes()["Volumes"]
    systems = aws.client("efs").describe_file_systems()["FileSystems"]
    return {it["VolumeId"]: "disk" for it in volumes} | {it["FileSystemId"]: "files" for it in systems}


def told_by_prowler(folder: Path, reach: Mapping[str, str], called: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The verdicts of its checks, by check and resource."""
    out = folder / f"prowler-{len(list(folder.glob('prowler-*')))}"
    words = ("aws", "--region", REGION, "--no-banner", "--ignore-exit-code-3", "-M", "json-ocsf")
    command = [PROWLER / "bin" / "prowler", *words, "-o", out, "-F", "found", "-c", *(row.check for row in ROWS)]
    done = subprocess.run(command, cwd=folder, env=reach, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, dict[str, str]] = {}
    for finding in json.loads((out / "found.ocsf.json").read_text("utf-8")):
        (resource,) = finding["resources"]
        check, status = finding["metadata"]["event_code"], finding["status_code"]
        name = POINTS if check == "backup_recovery_point_encrypted" else _short(resource["name"], called)
        verdicts = told.setdefault(check, {})
        verdicts[name] = min(status, verdicts.get(name, status))  # of several, the one that fails
    return told


def told_by_us(folder: Path, reach: Mapping[str, str], called: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The verdicts of our controls, by Prowler's check and resource."""
    command = [Path(sys.executable).with_name("backstay"), "audit", folder / "build", "--format", "json"]
    words = ("--control", IN_PLAN, "--control", ENCRYPTED)
    done = subprocess.run([*command, *words], cwd=folder, env=reach, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    told: dict[str, dict[str, str]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        status = {"COMPLIANT": "PASS", "NON_COMPLIANT": "FAIL"}.get(finding["status"], finding["status"])
        if finding["control"] == ENCRYPTED:
            verdicts = told.setdefault("backup_recovery_point_encrypted", {})
            verdicts[POINTS] = min(status, verdicts.get(POINTS, status))
        else:
            told.setdefault(CHECK_OF[finding["resource_type"]], {})[_short(finding["resource"], called)] = status
    return told


CHECK_OF = {
    "DynamoDB": "dynamodb_table_protected_by_backup_plan",
    "RDS": "rds_instance_protected_by_backup_plan",
    "Aurora": "rds_cluster_protected_by_backup_plan",
    "EBS": "ec2_ebs_volume_protected_by_backup_plan",
    "EFS": "efs_have_backup_enabled",
}


def _short(name: str, called: Mapping[str, str]) -> str:
    last = name.replace(":", "/").rpartition("/")[2]
    return called.get(last, last)


def write_build(folder: Path, account: str) -> None:
    """A build that says nothing of the account but that it is there."""
    shape = Shape.model_validate({"region": REGION}).document()
    name = digest(shape)
    (folder / "shapes").mkdir(parents=True)
    (folder / "shapes" / f"{name}.json").write_bytes(pretty(shape))
    accounts = {account: {"name": "only", "unit": "", "regions": {REGION: name}}}
    organization = {"id": "o-only0001", "management_account": account}
    index = {"format": 1, "organization": organization, "policies": [], "global_settings": {}, "accounts": accounts}
    (folder / "index.json").write_bytes(pretty(index))


def test_each_difference_is_on_the_page(tmp_path: Path) -> None:
    """Both are run against both states; the page says what they said. BACKSTAY_WRITE=1 writes it anew."""
    if not (PROWLER / ".ready").exists():
        pytest.skip("Prowler is missing; `make test-long` installs it")
    states = []
    with served(tmp_path) as (aws, plan, reach):
        write_build(tmp_path / "build", aws.management_account)
        called = names(aws)
        for name in ("Named and tagged", "And a selection of everything under a condition"):
            theirs, ours = told_by_prowler(tmp_path, reach, called), told_by_us(tmp_path, reach, called)
            states.append((name, theirs, ours))
            condition = {"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "gold"}
            if len(states) == 1:
                select(aws, plan, "all", Resources=["*"], Conditions={"StringEquals": [condition]})
    found = page(states).replace(aws.management_account, "(the account)")
    if os.environ.get("BACKSTAY_WRITE"):
        PAGE.write_text(found, encoding="utf-8")
    assert VERSION in (ROOT / "Makefile").read_text("utf-8")
    assert PAGE.read_text(encoding="utf-8") == found
