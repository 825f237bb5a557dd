"""An organization of any size as tables: the same size gives the same files. `python -m … FOLDER RESOURCES POINTS`.

DuckDB makes the rows by arithmetic on their numbers, since a million dataclasses would take longer than what is
measured: `python -m tests.benchmarks.audit.made /tmp/audit 100000 3000000`. Every control finds something.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from backstay_agent.audit.tables import parquet
from backstay_agent.audit.tables.database import connect, literal
from backstay_agent.audit.tables.every import named
from backstay_agent.controls.facts import (
    AIR_GAPPED,
    CopyTo,
    Facts,
    LockPromise,
    Member,
    Place,
    Plan,
    PlanPromise,
    Rule,
    Vault,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHARDS = 100
REGION, AWAY = "eu-central-1", "eu-west-1"
PLANS = 12
_SLICE = 50_000
"""Resources that are made at once, which bounds the memory of their making."""
_DENY = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "backup:*", "Resource": "*"}]}


def account(number: int) -> str:
    """The id of an account."""
    return f"{200_000_000_000 + number}"


def facts(shards: int) -> Facts:
    """Plans, vaults and promises of every account, without resources and points; the copies' vaults in one account."""
    members = tuple(Member(account(n), f"account-{n}", "Workloads", governed=True) for n in range(shards))
    places = tuple(_place(n) for n in range(shards))
    hub = account(shards)
    vault = Vault(f"arn:aws:backup:{AWAY}:{hub}:backup-vault:central", "central", "BACKUP_VAULT", True, 7, 400, NOW)
    members += (Member(hub, "hub", "Infrastructure", governed=True),)
    return Facts("o-bench00001", NOW, NOW, (REGION, AWAY), members, (*places, Place(hub, AWAY, vaults=(vault,))))


def _place(number: int) -> Place:
    here, hub = account(number), account(SHARDS)
    copy = CopyTo(f"arn:aws:backup:{AWAY}:{hub}:backup-vault:central", hub, AWAY, 35)
    plans = tuple(
        Plan(
            f"p{n:02}",
            f"arn:aws:backup:{REGION}:{here}:backup-plan:p{n:02}",
            f"plan-{n}",
            (
                Rule("daily", "primary", "cron(0 3 ? * * *)", 35 - n, (copy,)),
                Rule("monthly", "primary", "cron(0 3 1 * ? *)", 365),
            ),
        )
        for n in range(PLANS)
    )
    vaults = tuple(
        Vault(
            f"arn:aws:backup:{REGION}:{here}:backup-vault:{name}", name, "BACKUP_VAULT", locked, 7 if locked else None
        )
        for name, locked in (("primary", number % 30 > 0), ("other", False))
    )
    gapped = Vault(
        f"arn:aws:backup:{REGION}:{here}:backup-vault:gapped", "gapped", AIR_GAPPED, True, 7, 400, NOW, policy=_DENY
    )
    promised = tuple(
        PlanPromise(plan.name, ("it does not exist",) if number % 7 == n else ()) for n, plan in enumerate(plans)
    )
    return Place(
        here, REGION, plans=plans, vaults=(*vaults, gapped), plans_promised=promised,
        locks_promised=(LockPromise("primary", vaults[0].arn, 7, None, None),),
    )  # fmt: skip


def make(folder: Path, resources: int, points: int, shards: int = SHARDS) -> None:
    """Write the tables of an organization: `shards` accounts with as many of its resources and points each."""
    day = parquet.day_of(NOW)
    small = facts(shards)
    parquet.write(small, folder)
    each, per = resources // shards, points // resources
    moment = f"TIMESTAMP '{NOW:%Y-%m-%d %H:%M:%S}'"
    own = f"({200_000_000_000} + n // {each})::VARCHAR"
    arn = f"'arn:aws:rds:{REGION}:' || {own} || ':db:database-' || lpad(n::VARCHAR, 8, '0')"
    numbers = f"SELECT range AS n FROM range({each * shards})"
    written = {
        "resources": f"""SELECT {arn} AS arn, ['RDS', 'EBS', 'EFS', 'DynamoDB'][n % 4 + 1] AS type,
            MAP {{'owner': 'team-' || n % 50, 'env': 'prod'}} AS tags,
            CASE WHEN n % 20 = 0 THEN [] WHEN n % 3 = 0 THEN ['p' || lpad((n % {PLANS})::VARCHAR, 2, '0'), 'p00']
                ELSE ['p' || lpad((n % {PLANS})::VARCHAR, 2, '0')] END AS plans,
            CASE WHEN n % 50 = 0 THEN ['p01'] ELSE [] END AS perhaps, {own} AS account, '{REGION}' AS region
            FROM ({numbers})""",
        "duties": f"""SELECT 'critical data' AS require, {arn} AS resource, TRUE AS sure,
            'keep_days=30 rpo_seconds=129600 other_account=True continuous=yes' AS terms, 30 AS keep_days,
            129600 AS rpo_seconds, FALSE AS other_region, TRUE AS other_account, FALSE AS air_gapped, FALSE AS locked,
            FALSE AS immutable, NULL AS tested_days, 'yes' AS continuous, [] AS cannot, [] AS unsaid,
            'policy.py:1' AS origin, {own} AS account, '{REGION}' AS region FROM ({numbers}) WHERE n % 10 = 0""",
        "jobs": f"""SELECT 'job-' || n AS id, 'backup' AS kind, CASE WHEN n % 200 = 0 THEN 'FAILED' ELSE 'COMPLETED' END
            AS state, {arn} AS resource, 'RDS' AS resource_type, {moment} - INTERVAL 9 HOUR AS created,
            {moment} - INTERVAL 8 HOUR AS completed, NULL AS message, {own} AS account, '{REGION}' AS region
            FROM ({numbers})""",
        "restores": f"""SELECT 'restore-' || n AS id, {arn} AS resource, 'RDS' AS resource_type, 'arn:point' AS point,
            'COMPLETED' AS status, {moment} - INTERVAL (n % 370) DAY AS created,
            {moment} - INTERVAL (n % 370) DAY + INTERVAL (n % 730) MINUTE AS completed, NULL AS plan,
            {own} AS account, '{REGION}' AS region FROM ({numbers}) WHERE n % 100 <> 0""",
        "recovery_points": f"""
            SELECT 'arn:aws:backup:{REGION}:' || account || ':recovery-point:' || md5(n || '-' || k) AS arn, vault,
            resource, ['RDS', 'EBS', 'EFS', 'DynamoDB'][n % 4 + 1] AS resource_type,
            CASE WHEN k = {per - 2} THEN {moment} - INTERVAL (n % 1460) MINUTE
                ELSE {moment} - INTERVAL (k) DAY - INTERVAL (n % 1440) MINUTE END AS created,
            CASE WHEN n % 997 = k THEN 'EXPIRED' WHEN n % 501 = k THEN 'PARTIAL' ELSE 'COMPLETED' END AS status,
            CASE WHEN n % 400 = 7 THEN NULL ELSE CASE WHEN n % 90 = 1 THEN 34 ELSE 35 END END AS keep_days,
            {moment} - INTERVAL (k - 35) DAY AS delete_at, n % 300 <> 5 AS encrypted,
            CASE WHEN copied THEN 'arn:aws:backup:{REGION}:' || own || ':backup-vault:primary' END AS copied_from,
            NOT copied AS original, vault = 'gapped' AS air_gapped, 'p00' AS plan_id,
            (n * 7919 + k) % 100000000000 AS size, account, region
            FROM (
                SELECT *, k = {per - 1} AS copied,
                    CASE WHEN k = {per - 1} THEN '{account(shards)}' ELSE own END AS account,
                    CASE k WHEN {per - 1} THEN 'central' WHEN {per - 2} THEN 'gapped' ELSE 'primary' END AS vault,
                    CASE WHEN k = {per - 1} THEN '{AWAY}' ELSE '{REGION}' END AS region
                FROM (SELECT n, {own} AS own, {arn} AS resource FROM ({numbers})), (SELECT range AS k FROM range({per}))
            )""",
    }
    with connect(threads=2, memory="2GB") as database:
        for name, select in written.items():
            table = named(name)
            columns = ", ".join(f'CAST("{one.name}" AS {one.type}) AS "{one.name}"' for one in table.columns)
            order = ", ".join(f'"{one}"' for one in ("account", "region", *table.order))
            for begin in range(0, each * shards, _SLICE):
                end = min(begin + _SLICE, each * shards)
                database.execute(
                    f"""COPY (SELECT {columns}, {literal(day)} AS day, account, region
                        FROM ({select.replace(numbers, f"SELECT range AS n FROM range({begin}, {end})")})
                        ORDER BY {order}) TO {literal(str(folder / name))}
                    ({parquet.FORMAT}, PARTITION_BY (day, account, region), APPEND)"""
                )


def main(names: Sequence[str]) -> int:
    """Make the tables in a folder."""
    make(Path(names[0]), int(names[1]), int(names[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
