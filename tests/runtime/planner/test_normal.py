"""Normal forms: equal things compare equal, and different ones do not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent import normal

RULE = {"RuleName": "daily", "TargetBackupVaultName": "primary"}


@pytest.mark.parametrize(
    "extra",
    [
        {"RuleId": "5f1c"},
        {"ScheduleExpression": "cron(0 5 ? * * *)", "ScheduleExpressionTimezone": "UTC"},
        {"StartWindowMinutes": 480, "CompletionWindowMinutes": 10080},
        {"EnableContinuousBackup": False, "CopyActions": [], "RecoveryPointTags": {}, "Lifecycle": {}},
        {"Lifecycle": {"OptInToArchiveForSupportedResources": False}, "IndexActions": []},
    ],
)
def test_what_the_service_adds_is_no_difference(extra: dict[str, Any]) -> None:
    """Defaults, ids and empty blocks that the service writes back change nothing."""
    assert normal.plan({"BackupPlanName": "gold", "Rules": [RULE | extra]}) == normal.plan(
        {"BackupPlanName": "gold", "Rules": [RULE]}
    )


def test_a_copy_without_retention_follows_its_source() -> None:
    """An absent retention, -1 and the rule's own number are three spellings of one thing."""
    arn = "arn:aws:backup:eu-west-1:1:backup-vault:dr"
    bodies = []
    for lifecycle in (None, {"DeleteAfterDays": -1}, {"DeleteAfterDays": 35}):
        copy = {"DestinationBackupVaultArn": arn} | ({"Lifecycle": lifecycle} if lifecycle else {})
        rule = RULE | {"Lifecycle": {"DeleteAfterDays": 35}, "CopyActions": [copy]}
        bodies.append(normal.plan({"BackupPlanName": "gold", "Rules": [rule]}))
    assert bodies[0] == bodies[1] == bodies[2]


@given(st.permutations(["a", "b", "c"]), st.permutations(["x", "y"]))
def test_lists_have_no_order(resources: list[str], values: list[str]) -> None:
    """A selection is the same whatever order its lists come back in."""
    equals = [{"ConditionKey": "aws:ResourceTag/k", "ConditionValue": value} for value in values]
    body = {"SelectionName": "s", "IamRoleArn": "r", "Resources": resources, "Conditions": {"StringEquals": equals}}
    same = {**body, "Resources": sorted(resources), "Conditions": {"StringEquals": sorted(equals, key=str)}}
    assert normal.selection(body) == normal.selection(same)


def test_empty_conditions_are_no_conditions() -> None:
    """The service gives back four empty lists where nothing was said."""
    body = {"SelectionName": "s", "IamRoleArn": "r", "Resources": ["*"]}
    empty = {"StringEquals": [], "StringNotEquals": [], "StringLike": [], "StringNotLike": []}
    noise = {"Conditions": empty, "ListOfTags": [], "NotResources": []}
    assert normal.selection(body | noise) == normal.selection(body)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": "backup:X"}, {"Action": ["backup:X"]}),
        ({"Action": ["b:X", "b:Y"]}, {"Action": ["b:Y", "b:X"]}),
        ({"Principal": "*"}, {"Principal": {"AWS": "*"}}),
        ({"Principal": {"AWS": "1"}}, {"Principal": {"AWS": ["1"]}}),
        ({"Condition": {"Bool": {"aws:x": True}}}, {"Condition": {"Bool": {"aws:x": "true"}}}),
    ],
)
def test_policies_are_compared_as_values(one: dict[str, Any], other: dict[str, Any]) -> None:
    """A policy document that says the same in another spelling is the same."""
    base = {"Effect": "Allow", "Resource": "*"}
    assert normal.policy({"Version": "2012-10-17", "Statement": base | one}) == normal.policy(
        {"Version": "2012-10-17", "Statement": [base | other]}
    )


def test_a_different_policy_is_different() -> None:
    """An Allow is not a Deny."""
    allow, deny = ({"Statement": [{"Effect": effect, "Action": "*"}]} for effect in ("Allow", "Deny"))
    assert normal.policy(allow) != normal.policy(deny)
