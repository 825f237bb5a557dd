"""A year of a daily plan over 1,000 unchanged resources: 365,000 jobs, without and with a subscriber to all events."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from backstay_local.app import LocalAws

RESOURCES = int(os.environ.get("RESOURCES", "1000"))
DAYS = int(os.environ.get("DAYS", "365"))
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def main() -> None:
    """Both years; each in a fresh AWS."""
    for name, heard in (("year", False), ("year heard", True)):
        with LocalAws(start=datetime(2026, 1, 1, tzinfo=UTC)) as aws:
            furnish(aws, heard=heard)
            begun = time.perf_counter()
            aws.advance(timedelta(days=DAYS))
            seconds = time.perf_counter() - begun
            kept = aws.client("backup").describe_backup_vault(BackupVaultName="vault")["NumberOfRecoveryPoints"]
        jobs = RESOURCES * DAYS
        detail = f"{jobs} jobs, {seconds / jobs * 1e6:.0f} µs each; {kept} recovery points kept"
        print(json.dumps({"name": name, "value": seconds, "detail": detail}), flush=True)


def furnish(aws: LocalAws, *, heard: bool) -> None:
    """The tables, the plan, and a queue that hears everything if asked."""
    role = _role(aws)
    tables = aws.client("dynamodb")
    for number in range(RESOURCES):
        tables.create_table(
            TableName=f"table-{number:05d}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    if heard:
        queue = aws.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
        arn = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        events = aws.client("events")
        events.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.backup"]}))
        events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": arn["QueueArn"]}])
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    rule: Any = {
        "RuleName": "daily",
        "TargetBackupVaultName": "vault",
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule]})["BackupPlanId"]
    selection = {"SelectionName": "all", "IamRoleArn": role, "Resources": ["*"]}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)


def _role(aws: LocalAws) -> str:
    document = json.dumps(TRUST)
    made = aws.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


if __name__ == "__main__":
    sys.exit(main())
