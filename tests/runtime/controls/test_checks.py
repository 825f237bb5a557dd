"""Every control, put to small places made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import (
    CopyTo,
    LockPromise,
    Place,
    Plan,
    PlanPromise,
    Point,
    Resource,
    Rule,
    Vault,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT, OTHER, REGION, AWAY = "100000000010", "100000000002", "eu-central-1", "eu-west-1"
ARN = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:ledger"
DAILY = "cron(0 3 ? * * *)"


def vault_arn(account: str = ACCOUNT, region: str = REGION, name: str = "primary") -> str:
    """The ARN of a vault."""
    return f"arn:aws:backup:{region}:{account}:backup-vault:{name}"


def place(**changes: Any) -> Place:
    """A place with one resource in one plan with one rule into one vault."""
    plan = Plan("p-1", "arn:plan", "gold", (Rule("daily", "primary", DAILY, 35),))
    usual = Place(
        ACCOUNT,
        REGION,
        resources=(Resource(ARN, "RDS", {}, ("p-1",)),),
        plans=(plan,),
        vaults=(Vault(vault_arn(), "primary", "BACKUP_VAULT"),),
    )
    return replace(usual, **changes)


def point(age: timedelta = timedelta(hours=3), **changes: Any) -> Point:
    """A recovery point of the resource."""
    usual = Point(
        "arn:point", "primary", ARN, "RDS", NOW - age, "COMPLETED", 35, NOW + timedelta(35), True, None, "p-1", 1
    )
    return replace(usual, **changes)


def ask(name: str, subject: Any, there: Place, *settings: str) -> tuple[str, str]:
    """What a control says: status and reason."""
    known = [control.name for control in registry.controls()]
    control = next(control for control in registry.controls() if control.name == name)
    given = parameters.read(known, [f"{name}.{setting}" for setting in settings])[name]
    verdict = control.check(subject, there, given, NOW)
    return verdict.status, verdict.reason


IN_PLAN = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"


@pytest.mark.parametrize(
    ("plans", "perhaps", "status"),
    [(("p-1",), (), "COMPLIANT"), ((), (), "NON_COMPLIANT"), ((), ("p-1",), "UNKNOWN")],
)
def test_in_a_plan(plans: tuple[str, ...], perhaps: tuple[str, ...], status: str) -> None:
    """A resource that a plan takes only under one reading of AWS is neither protected nor unprotected."""
    resource = Resource(ARN, "RDS", {}, plans, perhaps)
    assert ask(IN_PLAN, resource, place(resources=(resource,)))[0] == status


LAST = "BACKUP_LAST_RECOVERY_POINT_CREATED"


@pytest.mark.parametrize(
    ("points", "settings", "status"),
    [
        ((point(),), (), "COMPLIANT"),
        ((point(timedelta(hours=24)),), (), "COMPLIANT"),
        ((point(timedelta(hours=24, seconds=1)),), (), "NON_COMPLIANT"),
        ((), (), "NON_COMPLIANT"),
        ((point(copied_from=vault_arn(OTHER)),), (), "NON_COMPLIANT"),
        ((point(status="CREATING"),), (), "NON_COMPLIANT"),
        ((point(timedelta(days=20), status="AVAILABLE"),), (), "COMPLIANT"),
        ((point(timedelta(days=20), status="STOPPED"),), (), "NON_COMPLIANT"),
        ((point(timedelta(hours=5)),), ("recoveryPointAgeUnit=hours", "recoveryPointAgeValue=4"), "NON_COMPLIANT"),
        ((point(timedelta(days=30)),), ("recoveryPointAgeValue=31",), "COMPLIANT"),
        ((point(timedelta(days=3)), point()), (), "COMPLIANT"),
    ],
)
def test_recent_recovery_point(points: tuple[Point, ...], settings: tuple[str, ...], status: str) -> None:
    """Only a whole recovery point made here counts, up to the very second; a running continuous backup always does."""
    there = place(points=points)
    assert ask(LAST, there.resources[0], there, *settings)[0] == status


EVERY_SIX_HOURS = ("requiredFrequencyUnit=hours", "requiredFrequencyValue=6")
FREQUENCY = "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"


@pytest.mark.parametrize(
    ("rules", "settings", "status"),
    [
        ([Rule("a", "v", DAILY, 35)], (), "COMPLIANT"),
        ([Rule("a", "v", DAILY, None)], (), "COMPLIANT"),
        ([Rule("a", "v", DAILY, 34)], (), "NON_COMPLIANT"),
        ([Rule("a", "v", "cron(0 3 ? * SUN *)", 35)], (), "NON_COMPLIANT"),
        ([Rule("a", "v", "cron(0 3 ? * SUN *)", 35)], ("requiredFrequencyValue=7",), "COMPLIANT"),
        ([Rule("a", "v", DAILY, 7), Rule("b", "v", "cron(0 3 1 * ? *)", 365)], (), "NON_COMPLIANT"),
        ([Rule("a", "v", "cron(0 0/6 * * ? *)", 35)], EVERY_SIX_HOURS, "COMPLIANT"),
        ([Rule("a", "v", "cron(0 0/12 * * ? *)", 35)], EVERY_SIX_HOURS, "NON_COMPLIANT"),
        ([Rule("a", "v", "cron(0 3 ? * MON-FRI *)", 35)], (), "NON_COMPLIANT"),
        ([Rule("a", "v", "rate(1 day)", 35)], (), "UNKNOWN"),
        ([], (), "NON_COMPLIANT"),
    ],
)
def test_plan_frequency(rules: list[Rule], settings: tuple[str, ...], status: str) -> None:
    """One and the same rule has to be frequent enough and to keep long enough, and weekends count."""
    plan = Plan("p-1", "arn:plan", "gold", tuple(rules))
    assert ask(FREQUENCY, plan, place(plans=(plan,)), *settings)[0] == status


@pytest.mark.parametrize(
    ("name", "copy", "settings", "status"),
    [
        ("CROSS_REGION", CopyTo("arn", ACCOUNT, AWAY), (), "COMPLIANT"),
        ("CROSS_REGION", CopyTo("arn", OTHER, REGION), (), "NON_COMPLIANT"),
        ("CROSS_REGION", None, (), "NON_COMPLIANT"),
        ("CROSS_REGION", CopyTo("arn", ACCOUNT, AWAY), ("crossRegionList=us-east-1",), "NON_COMPLIANT"),
        ("CROSS_REGION", CopyTo("arn", ACCOUNT, AWAY), (f"crossRegionList=us-east-1, {AWAY}",), "COMPLIANT"),
        ("CROSS_ACCOUNT", CopyTo("arn", OTHER, REGION), (), "COMPLIANT"),
        ("CROSS_ACCOUNT", CopyTo("arn", ACCOUNT, AWAY), (), "NON_COMPLIANT"),
        ("CROSS_ACCOUNT", CopyTo("arn", OTHER, REGION), ("crossAccountList=100000000099",), "NON_COMPLIANT"),
    ],
)
def test_copies(name: str, copy: CopyTo | None, settings: tuple[str, ...], status: str) -> None:
    """A copy counts if it goes to another Region (or account), and to a listed one where any is listed."""
    plan = Plan("p-1", "arn:plan", "gold", (Rule("daily", "primary", DAILY, 35, (copy,) if copy else ()),))
    there = place(plans=(plan,))
    assert ask(f"BACKUP_RESOURCES_PROTECTED_BY_{name}", there.resources[0], there, *settings)[0] == status


LOCKED = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"


@pytest.mark.parametrize(
    ("lock", "settings", "status"),
    [
        ((True, 7, 400), (), "COMPLIANT"),
        ((False, None, None), (), "NON_COMPLIANT"),
        ((True, 7, 400), ("minRetentionDays=7", "maxRetentionDays=400"), "COMPLIANT"),
        ((True, 6, 400), ("minRetentionDays=7",), "NON_COMPLIANT"),
        ((True, 7, None), ("maxRetentionDays=400",), "NON_COMPLIANT"),
        ((True, None, None), ("minRetentionDays=1",), "NON_COMPLIANT"),
    ],
)
def test_into_locked_vault(lock: tuple[bool, int | None, int | None], settings: tuple[str, ...], status: str) -> None:
    """The vault that the plan targets must be locked, and its lock must have the bounds that are asked for."""
    there = place(vaults=(Vault(vault_arn(), "primary", "BACKUP_VAULT", *lock),))
    assert ask(LOCKED, there.resources[0], there, *settings)[0] == status


@pytest.mark.parametrize(("encrypted", "status"), [(True, "COMPLIANT"), (False, "NON_COMPLIANT"), (None, "UNKNOWN")])
def test_encrypted(encrypted: bool | None, status: str) -> None:
    """Silence of AWS is not encryption."""
    assert ask("BACKUP_RECOVERY_POINT_ENCRYPTED", point(encrypted=encrypted), place())[0] == status


@pytest.mark.parametrize(
    ("keep", "status"), [(35, "COMPLIANT"), (36, "COMPLIANT"), (34, "NON_COMPLIANT"), (None, "COMPLIANT")]
)
def test_kept_long_enough(keep: int | None, status: str) -> None:
    """The boundary itself is long enough, and so is for ever."""
    assert ask("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", point(keep_days=keep), place())[0] == status


ACTIONS = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/emergency"
DENY: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": ACTIONS, "Resource": "*"}
EXCEPT = {"ArnNotEquals": {"aws:PrincipalArn": ROLE}}


@pytest.mark.parametrize(
    ("statements", "settings", "status"),
    [
        ([DENY], (), "COMPLIANT"),
        ([DENY | {"Principal": {"AWS": "*"}}], (), "COMPLIANT"),
        ([DENY | {"Action": [action]} for action in ACTIONS], (), "COMPLIANT"),
        ([DENY | {"Action": "BACKUP:*"}], (), "COMPLIANT"),
        ([DENY | {"Action": ACTIONS[:2]}], (), "NON_COMPLIANT"),
        ([DENY | {"Effect": "Allow"}], (), "NON_COMPLIANT"),
        ([DENY | {"Resource": "arn:aws:ec2:*:*:snapshot/*"}], (), "NON_COMPLIANT"),
        ([DENY | {"Principal": {"AWS": ROLE}}], (), "NON_COMPLIANT"),
        ([DENY | {"Condition": EXCEPT}], (), "NON_COMPLIANT"),
        ([DENY | {"Condition": EXCEPT}], (f"principalArnList={ROLE}",), "COMPLIANT"),
        ([DENY | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}], (), "NON_COMPLIANT"),
        ([], (), "NON_COMPLIANT"),
    ],
)
def test_deletion_denied(statements: list[dict[str, Any]], settings: tuple[str, ...], status: str) -> None:
    """Everybody must be denied all three actions on everything; only listed roles may be excepted."""
    vault = Vault(vault_arn(), "primary", "BACKUP_VAULT", policy={"Statement": statements})
    name = "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"
    assert ask(name, vault, place(vaults=(vault,)), *settings)[0] == status


def test_deletion_denied_names_who_is_excepted() -> None:
    """A denial that fails only for its exception says which role that is, so that it can be listed or dropped."""
    vault = Vault(vault_arn(), "primary", "BACKUP_VAULT", policy={"Statement": [DENY | {"Condition": EXCEPT}]})
    reason = ask("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", vault, place(vaults=(vault,)))[1]
    assert ROLE in reason
    assert "principalArnList" in reason


FIXED, SOON = NOW - timedelta(days=1), NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("vault", "grace", "status", "words"),
    [
        ((True, 7, 400, None), None, "COMPLIANT", "governance"),
        ((True, 7, 400, FIXED), 14, "COMPLIANT", "compliance"),
        ((True, 7, 400, SOON), 14, "COMPLIANT", "can be changed until 2026-11-25 12:00"),
        ((True, 7, 400, None), 14, "NON_COMPLIANT", "is in governance mode, the policy (vaults.py:12) says compliance"),
        ((True, 7, 400, SOON), None, "NON_COMPLIANT", "is in compliance mode"),
        ((True, 1, 400, None), None, "NON_COMPLIANT", "1 to 400 days, the policy (vaults.py:12) says 7 to 400 days"),
        ((False, None, None, None), None, "NON_COMPLIANT", "is not locked"),
        (None, None, "NON_COMPLIANT", "does not exist"),
    ],
)
def test_lock_as_promised(vault: tuple[Any, ...] | None, grace: int | None, status: str, words: str) -> None:
    """Mode and both bounds must be those of the build; both sides and the policy's line are told when they clash."""
    promise = LockPromise("primary", vault_arn(), 7, 400, grace, "vaults.py:12")
    there = place(vaults=(Vault(vault_arn(), "primary", "BACKUP_VAULT", *vault),) if vault else ())
    got, reason = ask("vault-lock-as-promised", promise, there)
    assert (got, words in reason) == (status, True), reason


def test_plan_as_promised() -> None:
    """A plan that somebody changed by hand is told with what differs and where the policy says otherwise."""
    changed = PlanPromise("gold", ("rule daily: keep 35 days → 14 days",), "gold.py:8")
    assert ask("plan-as-promised", PlanPromise("gold", ()), place())[0] == "COMPLIANT"
    status, reason = ask("plan-as-promised", changed, place())
    assert status == "NON_COMPLIANT"
    assert "gold.py:8" in reason
    assert "keep 35 days → 14 days" in reason
