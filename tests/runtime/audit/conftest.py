"""Facts made by hand, as an audit would have collected them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.runtime.audit.sites import audit, site

from backstay_agent.audit.result import Result, judge
from backstay_agent.controls import parameters, registry
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

__all__ = ["audit", "site"]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROD, CENTRAL, REGION, AWAY = "100000000010", "100000000002", "eu-central-1", "eu-west-1"


def _vault(account: str, region: str, name: str, **members: Any) -> Vault:
    return Vault(f"arn:aws:backup:{region}:{account}:backup-vault:{name}", name, "BACKUP_VAULT", **members)


def _facts() -> Facts:
    table = f"arn:aws:dynamodb:{REGION}:{PROD}:table/orders"
    database = f"arn:aws:rds:{REGION}:{PROD}:db:ledger"
    central = f"arn:aws:backup:{AWAY}:{CENTRAL}:backup-vault:central"
    made = NOW - timedelta(hours=5)
    original = Point(
        "arn:aws:backup:eu-central-1:100000000010:recovery-point:1",
        "primary", table, "DynamoDB", made, "COMPLETED", 35, made + timedelta(35), True, None, "p-1", 2_500_000,
    )  # fmt: skip
    source = f"arn:aws:backup:{REGION}:{PROD}:backup-vault:primary"
    copied = replace(original, arn="arn:aws:backup:eu-west-1:100000000002:recovery-point:2", copied_from=source)
    prod = Place(
        PROD,
        REGION,
        resources=(
            Resource(table, "DynamoDB", {"backup": "gold", "owner": "payments"}, ("p-1",)),
            Resource(database, "RDS", {}),
        ),
        plans=(
            Plan(
                "p-1",
                f"arn:aws:backup:{REGION}:{PROD}:backup-plan:p-1",
                "gold",
                (Rule("daily", "primary", "cron(0 3 ? * * *)", 35, (CopyTo(central, CENTRAL, AWAY),)),),
            ),
        ),
        vaults=(_vault(PROD, REGION, "primary", locked=True, min_days=7, max_days=400),),
        points=(original,),
    )
    final = NOW + timedelta(days=3)
    hub = Place(
        CENTRAL,
        AWAY,
        vaults=(_vault(CENTRAL, AWAY, "central", locked=True, min_days=7, max_days=400, fixed_from=final),),
        points=(replace(copied, vault="central"),),
    )
    members = (
        Member(PROD, "payments-prod", "Workloads/Prod", governed=True),
        Member(CENTRAL, "backup-central", "Infrastructure", governed=True),
    )
    return Facts("o-acme0001", NOW, NOW + timedelta(minutes=2), (REGION, AWAY), members, (prod, hub))


@pytest.fixture
def facts() -> Facts:
    """Two accounts: one with a table that is backed up and copied, and a database that is not; one with the copy."""
    return _facts()


@pytest.fixture
def result(facts: Facts) -> Result:
    """All controls, put to those facts."""
    return judge(facts, registry.controls(), parameters.read([one.name for one in registry.controls()], ()))


@pytest.fixture
def troubled(facts: Facts) -> Result:
    """All controls, put to more: promises with a place in a policy, a plan that drifted, two doors that are closed."""
    prod, hub = facts.places
    prod = replace(
        prod,
        plans_promised=(PlanPromise("gold", ("rule `daily` keeps 35 days, not 14",), "acme/gold.py:24"),),
        locks_promised=(LockPromise("primary", prod.vaults[0].arn, 7, 400, None, "acme/vaults.py:12"),),
    )
    hub = replace(hub, unread={"policies": "AccessDeniedException from GetBackupVaultAccessPolicy: no"})
    closed = Member("100000000012", "risk-prod", "Workloads/Prod", governed=True)
    more = replace(
        facts,
        members=(*facts.members, closed),
        places=(prod, hub),
        unread=(Unread(closed.id, None, "AccessDenied while assuming the agent's role: no"),),
    )
    return judge(more, registry.controls(), parameters.read([one.name for one in registry.controls()], ()))
