"""Which resource is backed up by which rule now."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.discover import Found, Surroundings
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.select import backups, candidates, complaints
from backstay_agent.wanted import Wanted, read_shape

ACCOUNT, REGION = "100000000010", "eu-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"
OPT_INS = {"S3": True, "DynamoDB": True, "EBS": True, "RDS": False}
BUCKET, TABLE = "arn:aws:s3:::ledger", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
DATABASE, VOLUME = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:ledger", f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-1"
GOLD = {"backup": "gold"}
FOUND = (
    Found(BUCKET, ("S3",), GOLD),
    Found(TABLE, ("DynamoDB",), {}),
    Found(DATABASE, ("RDS",), GOLD),
)


def _selection(name: str, **body: Any) -> dict[str, Any]:
    return {"BackupPlanName": "gold", "BackupSelection": {"SelectionName": name, "IamRoleArn": ROLE, **body}}


def _rule(name: str) -> dict[str, Any]:
    return {"RuleName": name, "TargetBackupVaultName": "primary", "ScheduleExpression": "cron(0 3 ? * * *)"}


def _wanted(*selections: dict[str, Any], rules: tuple[str, ...] = ("daily",)) -> Wanted:
    plan = {"BackupPlan": {"BackupPlanName": "gold", "Rules": [_rule(name) for name in rules]}}
    return read_shape(ACCOUNT, REGION, {"plans": [copy.deepcopy(plan)], "selections": list(selections)})


def _around(*found: Found) -> Surroundings:
    return Surroundings(ACCOUNT, REGION, found or FOUND, OPT_INS)


TAGGED = _selection("tagged", ListOfTags=[{"ConditionKey": "backup", "ConditionValue": "gold"}])


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (TAGGED, [BUCKET]),
        (_selection("type", Resources=["arn:aws:dynamodb:*:*:table/*"]), [TABLE]),
        (_selection("opted-out-by-type", Resources=["arn:aws:rds:*:*:db:*"]), [DATABASE]),
        (_selection("all", Resources=["*"]), [BUCKET, TABLE]),
        (_selection("all-but", Resources=["*"], NotResources=[BUCKET]), [TABLE]),
        (_selection("untagged-and-unseen", Resources=[VOLUME]), [VOLUME]),
        (_selection("elsewhere", Resources=["arn:aws:ec2:eu-west-1:100000000010:volume/vol-2"]), []),
        (_selection("foreign", Resources=["arn:aws:ec2:eu-central-1:100000000099:volume/vol-3"]), []),
    ],
    ids=lambda value: value["BackupSelection"]["SelectionName"] if isinstance(value, dict) else "",
)
def test_selections(selection: dict[str, Any], taken: list[str]) -> None:
    """What is backed up is what AWS's own reading of the selection takes, opt-ins and full ARNs included."""
    assert [work.resource for work in backups(_wanted(selection), _around(), Narrow())] == taken


def test_every_rule_once() -> None:
    """A plan that takes a resource by two selections makes one backup for each of its rules, in the first's role."""
    other = _selection("another", Resources=["*"])
    works = backups(_wanted(TAGGED, other, rules=("daily", "monthly")), _around(FOUND[0]), Narrow())
    assert [(work.resource, work.rule_name) for work in works] == [(BUCKET, "daily"), (BUCKET, "monthly")]


def test_type_not_certain() -> None:
    """A cluster whose engine nobody could read is taken if any of the types that it can be is."""
    cluster = Found(f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:c", ("RDS", "Aurora"), GOLD)
    around = Surroundings(ACCOUNT, REGION, (cluster,), {"Aurora": True})
    assert [work.resource for work in backups(_wanted(TAGGED), around, Narrow())] == [cluster.arn]


def test_resource_that_is_not_there() -> None:
    """A resource that nobody knows is told with the nearest that is there."""
    narrow = Narrow(resources=frozenset({"arn:aws:s3:::ledgre"}))
    [complaint] = complaints(narrow, (), FOUND, whole=True)
    assert complaint.startswith(
        "no account in question has a resource arn:aws:s3:::ledgre; nearest: arn:aws:s3:::ledger"
    )


def test_resource_that_nothing_takes() -> None:
    """A resource that is there, but in no selection, is told apart from one that is not there."""
    narrow = Narrow(resources=frozenset({TABLE}))
    works = backups(_wanted(TAGGED), _around(), narrow)
    assert complaints(narrow, works, candidates(_wanted(TAGGED), _around()), whole=True) == (
        f"{TABLE} is there, but no selection in question takes it",
    )


@given(
    plans=st.sets(st.sampled_from(["gold", "silver"])),
    rules=st.sets(st.sampled_from(["daily", "monthly", "yearly"])),
    resources=st.sets(st.sampled_from([BUCKET, TABLE, DATABASE])),
)
def test_narrowing_only_takes_away(plans: set[str], rules: set[str], resources: set[str]) -> None:
    """Narrowed, exactly those backups are left that fit every wish; their order does not change."""
    wanted = _wanted(_selection("all", Resources=["*"]), TAGGED, rules=("daily", "monthly"))
    narrow = Narrow(frozenset(plans), frozenset(rules), frozenset(), frozenset(resources))
    fits: list[Callable[[Any], bool]] = [
        lambda work: not plans or work.plan in plans,
        lambda work: not rules or work.rule_name in rules,
        lambda work: not resources or work.resource in resources,
    ]
    every = backups(wanted, _around(), Narrow())
    assert backups(wanted, _around(), narrow) == tuple(work for work in every if all(fit(work) for fit in fits))
