"""Which recovery points are copied where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.copies import Point, Source, after_backup, is_copied, missing, newest, pairs, sources
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.work import Backup
from backstay_agent.wanted import read_shape

PLACE = ("100000000010", "eu-central-1")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEAR, FAR = "arn:aws:backup:eu-central-1:2:backup-vault:central", "arn:aws:backup:eu-west-1:2:backup-vault:far"
RULE = {
    "RuleName": "daily",
    "TargetBackupVaultName": "primary",
    "CopyActions": [
        {"DestinationBackupVaultArn": NEAR, "Lifecycle": {"DeleteAfterDays": 90}},
        {"DestinationBackupVaultArn": FAR},
    ],
}
SOURCE = Source("gold", RULE, "role")


def _point(number: int, days: int = 0, **facts: Any) -> Point:
    known: dict[str, Any] = {"vault": "primary", "resource": "bucket", "role": None, "plan": "gold", "rule": "daily"}
    known |= {"created": NOW - timedelta(days=days)} | facts
    return Point(f"point-{number}", **known)


def test_rules_that_copy() -> None:
    """Only rules with copies of plans with a selection are sources, and only those asked for."""
    body = {"SelectionName": "s", "IamRoleArn": "role", "Resources": ["*"]}
    schedule = {"ScheduleExpression": "cron(0 3 ? * * *)"}
    bare = {"RuleName": "bare", "TargetBackupVaultName": "primary"}
    plans = [
        {"BackupPlan": {"BackupPlanName": name, "Rules": [RULE | schedule, bare | schedule]}}
        for name in ("gold", "idle")
    ]
    shape = {"plans": plans, "selections": [{"BackupPlanName": "gold", "BackupSelection": body}]}
    wanted = read_shape(*PLACE, shape)
    assert [(source.plan, source.name) for source in sources(wanted, Narrow())] == [("gold", "daily")]
    assert sources(wanted, Narrow(rules=frozenset({"bare"}))) == ()


def test_newest_of_each_resource() -> None:
    """Of each resource the newest recovery point of the rule counts; those of others and of nobody do not."""
    points = [
        _point(1, days=2),
        _point(2, days=1),
        _point(3, rule="weekly"),
        _point(4, plan=None, rule=None),
        _point(5, vault="else"),
        _point(6, days=3, resource="table"),
    ]
    found = newest([SOURCE], points, Narrow())
    assert [point.arn for _, point in found] == ["point-2", "point-6"]
    assert [point.arn for _, point in newest([SOURCE], points, Narrow(resources=frozenset({"table"})))] == ["point-6"]


@given(st.sets(st.sampled_from([(f"point-{number}", there) for number in (1, 2) for there in (NEAR, FAR)])))
def test_nothing_twice_and_nothing_left_out(copied: set[tuple[str, str]]) -> None:
    """What is to be copied and what is copied make up all that rules ask for, without overlap."""
    wishes = newest([SOURCE], [_point(1), _point(2, resource="table")], Narrow())
    todo = {(copy.point, copy.destination) for copy in missing(PLACE, wishes, copied, NOW)}
    assert todo | copied == {(point.arn, there) for point, there in pairs(wishes)}
    assert not todo & copied


def test_no_copy_that_expires_at_once() -> None:
    """A copy's age counts from its source's creation, so an old point is not copied for fewer days than its age."""
    wishes = newest([SOURCE], [_point(1, days=90)], Narrow())
    assert [copy.destination for copy in missing(PLACE, wishes, set(), NOW)] == [FAR]


def test_role_and_lifecycle() -> None:
    """A copy is made in the role that made the point, or else the plan's, with the lifecycle of the copy action."""
    wishes = newest([SOURCE], [_point(1), _point(2, resource="table", role="own")], Narrow())
    found = {(copy.point, copy.destination): copy for copy in missing(PLACE, wishes, set(), NOW)}
    assert (found["point-1", NEAR].role, found["point-2", NEAR].role) == ("role", "own")
    assert (found["point-1", NEAR].lifecycle, found["point-1", FAR].lifecycle) == ({"DeleteAfterDays": 90}, {})


def test_after_a_backup() -> None:
    """After a backup its rule's copies are made of the very point that came of it."""
    work = Backup(*PLACE, "bucket", "S3", "gold", RULE, "role")
    assert [(copy.point, copy.vault, copy.destination) for copy in after_backup(work, "point")] == [
        ("point", "primary", NEAR),
        ("point", "primary", FAR),
    ]


def test_copy_seen_at_the_destination() -> None:
    """A recovery point at the destination counts if it came from the vault and is not older than the source."""
    point = _point(1, days=40)
    copied = {"SourceBackupVaultArn": "vault", "CreationDate": point.created}
    assert is_copied(point, "vault", [copied])
    assert is_copied(point, "vault", [copied | {"CreationDate": point.created + timedelta(hours=1)}])
    assert not is_copied(point, "vault", [copied | {"CreationDate": point.created - timedelta(hours=1)}])
    assert not is_copied(point, "vault", [copied | {"SourceBackupVaultArn": "other"}])
    assert not is_copied(point, "vault", [])
