"""What restore tests take, which recovery point they restore, and how long that may take."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.testing.choose import Candidate, at_most, point, takes
from backstay_agent.jobs.testing.target import targets, within
from backstay_agent.jobs.testing.wanted import Selection, selections

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLACE = ("100000000010", "eu-central-1")
SHAPE: dict[str, Any] = {
    "restore_testing_plans": [
        {
            "RestoreTestingPlan": {
                "RestoreTestingPlanName": "weekly",
                "RecoveryPointSelection": {
                    "Algorithm": "RANDOM_WITHIN_WINDOW",
                    "IncludeVaults": ["*"],
                    "RecoveryPointTypes": ["SNAPSHOT"],
                },
            }
        }
    ],
    "restore_testing_selections": [
        {
            "RestoreTestingPlanName": plan,
            "RestoreTestingSelection": {
                "RestoreTestingSelectionName": "gold",
                "ProtectedResourceType": "S3",
                "IamRoleArn": "role",
                "ProtectedResourceArns": ["*"],
                "ProtectedResourceConditions": {"StringEquals": [{"Key": "aws:ResourceTag/tier", "Value": "gold"}]},
            },
        }
        for plan in ("weekly", "gone")
    ],
}


def _test(**facts: Any) -> Selection:
    return Selection(
        **{"plan": "p", "name": "s", "type": "S3", "role": "r", "newest": True, "include": ("*",), **facts}
    )


def _candidate(number: int, days: float, vault: str = "primary", status: str = "COMPLETED") -> Candidate:
    return Candidate(f"point-{number}", vault, status, NOW - timedelta(days=days))


def test_of_a_shape() -> None:
    """A test is a selection with its plan; one whose plan is not there is none."""
    [found] = selections(SHAPE)
    assert (found.plan, found.name, found.newest, found.window_days) == ("weekly", "gold", False, 30)
    assert found.equals == (("tier", "gold"),)
    assert found.arns == frozenset()


@pytest.mark.parametrize(
    ("test", "resource", "tags", "taken"),
    [
        (_test(), "a", {}, True),
        (_test(arns=frozenset({"a"})), "a", {}, True),
        (_test(arns=frozenset({"a"})), "b", {}, False),
        (_test(equals=(("tier", "gold"),)), "a", {"tier": "gold"}, True),
        (_test(equals=(("tier", "gold"),)), "a", {"tier": "tin"}, False),
        (_test(equals=(("tier", "gold"),)), "a", {}, False),
        (_test(differs=(("tier", "gold"),)), "a", {"tier": "gold"}, False),
        (_test(differs=(("tier", "gold"),)), "a", {}, True),
    ],
)
def test_resources(test: Selection, resource: str, tags: dict[str, str], taken: bool) -> None:
    """Named resources are taken by name, others by the tags that hold for all conditions."""
    assert takes(test, resource, tags) is taken


@pytest.mark.parametrize(
    ("facts", "chosen"),
    [
        ({}, "point-4"),
        ({"kinds": frozenset({"SNAPSHOT"})}, "point-3"),
        ({"include": (f"arn:aws:backup:{PLACE[1]}:{PLACE[0]}:backup-vault:second",)}, "point-2"),
        ({"exclude": ("*:backup-vault:primary",)}, "point-2"),
        ({"window_days": 1, "kinds": frozenset({"SNAPSHOT"})}, None),
    ],
)
def test_points(facts: dict[str, Any], chosen: str | None) -> None:
    """The newest recovery point of the wanted kind, in the wanted vaults, within the window."""
    candidates = [
        _candidate(1, 40),
        _candidate(2, 10, "second"),
        _candidate(3, 5),
        _candidate(4, 2, status="AVAILABLE"),
        _candidate(5, 1, status="EXPIRED"),
    ]
    found = point(_test(**facts), PLACE, candidates, NOW, "luck")
    assert (found.arn if found else None) == chosen


@given(st.lists(st.floats(0, 60), max_size=12), st.text(max_size=5), st.integers(0, 2**32))
def test_random_points(ages: list[float], luck: str, seed: int) -> None:
    """A random recovery point is one of those that fit, and the same for the same luck in whatever order AWS lists."""
    candidates = [_candidate(number, age) for number, age in enumerate(ages)]
    test = _test(newest=False)
    found = point(test, PLACE, candidates, NOW, luck)
    random.Random(seed).shuffle(candidates)
    assert point(test, PLACE, candidates, NOW, luck) == found
    assert (found is None) == (not [age for age in ages if age <= 30])


@given(st.lists(st.text(max_size=4), unique=True, max_size=20), st.integers(1, 30), st.text(max_size=3))
def test_so_many(names: list[str], number: int, luck: str) -> None:
    """A sample has the size that was asked for, in order, and is the same for the same luck."""
    found = at_most(names, number, luck)
    assert len(found) == min(number, len(names))
    assert list(found) == sorted(found)
    assert found == at_most(list(reversed(names)), number, luck)


def _control(minutes: str, **scope: Any) -> dict[str, Any]:
    return {
        "ControlName": "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET",
        "ControlInputParameters": [{"ParameterName": "maxRestoreTime", "ParameterValue": minutes}],
        "ControlScope": scope or None,
    }


def test_targets() -> None:
    """The frameworks say how long a restore may take: the shortest time that holds for the resource."""
    other = {"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED", "ControlInputParameters": []}
    controls = [
        other,
        _control("240", Tags={"criticality": "critical"}),
        _control("60", ComplianceResourceTypes=["AWS::S3::Bucket"]),
        _control("5", ComplianceResourceIds=["ledger"], ComplianceResourceTypes=["S3"]),
    ]
    found = targets({"frameworks": [{"FrameworkControls": controls}]})
    assert within(found, "EBS", "arn:aws:ec2:r:1:volume/v", {"criticality": "critical"}) == 240 * 60
    assert within(found, "EBS", "arn:aws:ec2:r:1:volume/v", {}) is None
    assert within(found, "S3", "arn:aws:s3:::other", {"criticality": "critical"}) == 3600
    assert within(found, "S3", "arn:aws:s3:::ledger", {}) == 300
    assert targets({}) == ()
