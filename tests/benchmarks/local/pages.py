"""A vault with a million recovery points: its first, middle and last page, also under filters, and its description."""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backstay_local.app import LocalAws
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.wire.pages import Question, token

POINTS = int(os.environ.get("POINTS", "1000000"))
RESOURCES, PAGE, TURNS = max(1, POINTS // 4000), 1000, 7
FOLDER, REGION, TABLE = Path("data"), "us-east-1", "arn:aws:dynamodb:us-east-1:123456789012:table/table-{:05d}"
START = datetime(2026, 1, 1, tzinfo=UTC)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def main() -> None:
    """Fill a vault, and take each page a few times, in turns."""
    begun = time.perf_counter()
    _one()
    sorts = _fill()
    filled = time.perf_counter() - begun
    with LocalAws(FOLDER) as aws:
        backup = aws.client("backup")
        newest = backup.list_recovery_points_by_backup_vault(BackupVaultName="vault", MaxResults=1)["RecoveryPoints"]
        older = {"ByCreatedBefore": newest[0]["CreationDate"] - timedelta(seconds=POINTS * 3 / 4)}
        asked = {
            "first": lambda: _page(aws, None),
            "middle": lambda: _page(aws, sorts[len(sorts) // 2]),
            "last": lambda: _page(aws, sorts[-PAGE - 1]),
            "of one table": lambda: _page(aws, None, ByResourceArn=TABLE.format(0)),
            "oldest quarter": lambda: _page(aws, None, **older),
            "its last": lambda: _page(aws, sorts[-PAGE - 1], **older),
        }
        best = {name: float("inf") for name in asked}
        for _ in range(TURNS):
            for name, ask in asked.items():
                best[name] = min(best[name], _seconds(ask))
        described = _described(aws)
    worst = max(best.values()) / best["first"]
    told = ", ".join(f"{name} {seconds * 1e3:.0f} ms" for name, seconds in best.items())
    detail = f"{told}; described {described * 1e3:.1f} ms ({POINTS} recovery points made in {filled:.0f} s)"
    print(json.dumps({"name": "pages", "value": worst, "detail": detail}))


def _one() -> None:
    """The vault and one recovery point, by the API."""
    with LocalAws(FOLDER, start=START) as aws:
        aws.client("dynamodb").create_table(
            TableName="table-00000",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        role = aws.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        backup = aws.client("backup")
        backup.create_backup_vault(BackupVaultName="vault")
        backup.start_backup_job(BackupVaultName="vault", ResourceArn=TABLE.format(0), IamRoleArn=role["Arn"])
        aws.advance(timedelta(minutes=1))


def _fill() -> list[str]:
    """All the others straight into the database, a second apart each; gives the places of all, in order."""
    own = {
        "arn": "arn || '-' || n",
        "sort": "printf('%020d-%s-%d', CAST(substr(sort, 1, 20) AS INTEGER) + n * 1000000, arn, n)",
        "created": "created - n * 1000000",
        "resource_arn": f"substr(resource_arn, 1, length(resource_arn) - 5) || printf('%05d', n % {RESOURCES})",
    }
    columns = [field.name for field in dataclasses.fields(RecoveryPoint)]
    values = ", ".join(own.get(column, column) for column in columns)
    with sqlite3.connect(FOLDER / "backup.sqlite3") as database:
        database.execute(
            f"WITH RECURSIVE run(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM run WHERE n < {POINTS - 1}) "
            f"INSERT INTO recovery_points ({', '.join(columns)}) SELECT {values} FROM recovery_points, run"
        )
    sorts = [str(sort) for (sort,) in database.execute("SELECT sort FROM recovery_points ORDER BY vault_arn, sort")]
    database.close()
    return sorts


def _page(aws: LocalAws, after: str | None, **filters: Any) -> None:
    """One full page after a place in the list."""
    params = {"BackupVaultName": "vault", **filters}
    asked = Question("ListRecoveryPointsByBackupVault", aws.management_account, REGION, params)
    place = {"NextToken": token(after, asked)} if after is not None else {}
    found = aws.client("backup").list_recovery_points_by_backup_vault(**params, **place, MaxResults=PAGE)
    if len(found["RecoveryPoints"]) != PAGE:
        raise SystemExit(f"{len(found['RecoveryPoints'])} recovery points instead of {PAGE}")


def _described(aws: LocalAws) -> float:
    """Seconds of DescribeBackupVault right after a recovery point of the vault went, beyond the first time."""
    backup = aws.client("backup")
    times = []
    for number in range(4):
        listed = backup.list_recovery_points_by_backup_vault(BackupVaultName="vault", MaxResults=1)["RecoveryPoints"]
        backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=listed[0]["RecoveryPointArn"])
        aws.advance(timedelta(seconds=1))
        kept = 0

        def describe() -> None:
            nonlocal kept
            kept = backup.describe_backup_vault(BackupVaultName="vault")["NumberOfRecoveryPoints"]

        times.append(_seconds(describe))
        if kept != POINTS - number - 1:
            raise SystemExit(f"{kept} recovery points are counted, {POINTS - number - 1} are there")
    return min(times[1:])


def _seconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
