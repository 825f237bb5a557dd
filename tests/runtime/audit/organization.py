"""An organization of any size, made by rule: what a page or a format is measured with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from backstay_agent.controls.facts import (
    CopyTo,
    Facts,
    LockPromise,
    Member,
    Place,
    Plan,
    PlanPromise,
    Point,
    Resource,
    Rule,
    Vault,
)  # fmt: skip
from backstay_agent.observed import Unread

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION, AWAY, CENTRAL = "eu-central-1", "eu-west-1", "100000000002"
TYPES = ("RDS", "DynamoDB", "EBS", "S3", "EFS")
_TARGET = f"arn:aws:backup:{AWAY}:{CENTRAL}:backup-vault:central"
_RULE = Rule("daily", "primary", "cron(0 3 ? * * *)", 35, (CopyTo(_TARGET, CENTRAL, AWAY),))


def organization(accounts: int, resources: int = 10) -> Facts:
    """Accounts in units of a hundred; in each fifth something is bare, in each tenth a plan drifted, few are closed."""
    members = [Member(CENTRAL, "backup-central", "Infrastructure", governed=True)]
    places = [_central(accounts)]
    unread = []
    for number in range(accounts):
        identity = f"2{number:011d}"
        unit = f"Workloads/Division {number // 1000}/Team {number // 100}"
        members.append(Member(identity, f"team-{number // 100}-{number % 100}", unit, governed=True))
        if number % 500 == 499:
            unread.append(Unread(identity, None, "AccessDenied while assuming the agent's role"))
        else:
            places.append(_place(identity, number, resources))
    return Facts("o-acme0001", NOW, NOW + timedelta(minutes=9), (REGION,), tuple(members), tuple(places), tuple(unread))


def _place(account: str, number: int, resources: int) -> Place:
    plan = Plan("p", f"arn:aws:backup:{REGION}:{account}:backup-plan:p", "gold", (_RULE,))
    vault = f"arn:aws:backup:{REGION}:{account}:backup-vault:primary"
    found = tuple(_resources(account, number, resources))
    drift = ("rule `daily` keeps 14 days, not 35",) if number % 10 == 3 else ()
    return Place(
        account,
        REGION,
        found,
        (plan,),
        (Vault(vault, "primary", "BACKUP_VAULT", locked=number % 7 != 0, min_days=7, max_days=400),),
        tuple(_points(account, found)),
        (LockPromise("primary", vault, 7, 400, None, "acme/vaults.py:12"),),
        (PlanPromise("gold", drift, "acme/gold.py:24"),),
    )


def _resources(account: str, number: int, count: int) -> Iterator[Resource]:
    for one in range(count):
        type_ = TYPES[one % len(TYPES)]
        arn = f"arn:aws:{type_.lower()}:{REGION}:{account}:thing/{type_.lower()}-{number}-{one}"
        bare = number % 5 == 0 and one == 0
        yield Resource(arn, type_, {"owner": f"crew-{number % 40}"}, () if bare else ("p",))


def _points(account: str, resources: tuple[Resource, ...]) -> Iterator[Point]:
    made = NOW - timedelta(hours=9)
    for number, resource in enumerate(resources):
        if resource.plans:
            arn = f"arn:aws:backup:{REGION}:{account}:recovery-point:{number}"
            yield Point(
                arn, "primary", resource.arn, resource.type, made, "COMPLETED", 35, made + timedelta(35), True, None,
                "p", 10**9,
            )  # fmt: skip


def _central(accounts: int) -> Place:
    vault = Vault(_TARGET, "central", "BACKUP_VAULT", True, 7, 400, NOW + timedelta(days=5))
    points = tuple(
        Point(
            f"arn:aws:backup:{AWAY}:{CENTRAL}:recovery-point:{number}", "central",
            f"arn:aws:rds:{REGION}:2{number:011d}:thing/rds-{number}-5", "RDS", NOW - timedelta(hours=8), "COMPLETED",
            90, NOW + timedelta(days=90), True, f"arn:aws:backup:{REGION}:2{number:011d}:backup-vault:primary", None,
            10**9,
        )
        for number in range(0, accounts, 10)
    )  # fmt: skip
    return Place(CENTRAL, AWAY, vaults=(vault,), points=points)
