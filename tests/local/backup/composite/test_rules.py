"""Plans that select stacks: what is nested is backed up with them, as the rule says for its type, and only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay_local.backup import Settings

from .conftest import BUCKET, DISK, TABLE

PARENT, CHILD, ALONE = "parent", "child", "alone"


def _run(ground: Any, plan: Callable[[], Any]) -> list[tuple[str, str]]:
    """The jobs that a run of a plan makes: type, and place."""
    plan()
    ground.site.advance(hours=5)
    jobs = ground.site.jobs()
    assert {one["State"] for one in jobs} == {"COMPLETED"}, jobs
    return sorted(
        (one["ResourceType"], PARENT if one["IsParent"] else CHILD if "ParentJobId" in one else ALONE) for one in jobs
    )


@pytest.mark.parametrize("once", [True, False])
def test_what_is_nested_is_backed_up_once(
    open_ground: Callable[..., Any], rule: Callable[..., Any], once: bool
) -> None:
    """A rule that takes a stack and its volume makes one job for the volume, unless it is set to make two."""
    ground = open_ground(settings=Settings(nested_once=once))
    ground.stack({"Disk": DISK})
    alone = [] if once else [("EBS", ALONE)]
    jobs = _run(ground, lambda: ground.site.plan(rule()))
    assert jobs == sorted([("CloudFormation", PARENT), ("CloudFormation", CHILD), ("EBS", CHILD), *alone])


def test_a_stack_is_selected_by_its_tag(ground: Any, rule: Callable[..., Any]) -> None:
    """Its resources come with it; they know the plan that took it."""
    ground.stack({"Orders": TABLE}, Tags=[{"Key": "tier", "Value": "gold"}])
    tagged = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "tier", "ConditionValue": "gold"}]
    jobs = _run(ground, lambda: ground.site.plan(rule(keep=7), select={"ListOfTags": tagged}))
    assert jobs == [("CloudFormation", CHILD), ("CloudFormation", PARENT), ("DynamoDB", CHILD)]
    table = ground.children()["DynamoDB"]
    assert (table["CreatedBy"]["BackupRuleName"], table["Lifecycle"]) == ("daily", {"DeleteAfterDays": 7})


def test_what_a_selection_bars_is_not_nested(ground: Any, rule: Callable[..., Any]) -> None:
    """`NotResources` takes it out of the stack's backup; another selection may still take it by itself."""
    arn = ground.stack({"Disk": DISK, "Orders": TABLE})
    barred = {"Resources": [arn], "NotResources": ["arn:aws:ec2:*:*:volume/*"]}

    def plan() -> None:
        plan_id = ground.site.plan(rule(), select=barred)
        volumes = {"SelectionName": "v", "IamRoleArn": ground.site.role(), "Resources": ["arn:aws:ec2:*:*:volume/*"]}
        ground.backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=volumes)

    jobs = _run(ground, plan)
    assert jobs == [("CloudFormation", CHILD), ("CloudFormation", PARENT), ("DynamoDB", CHILD), ("EBS", ALONE)]


def test_a_nested_bucket_has_snapshots_only(ground: Any, rule: Callable[..., Any]) -> None:
    """There is no continuous backup in a stack; the index of the rule is made all the same."""
    arn = ground.stack({"Files": BUCKET})
    continuous = rule(EnableContinuousBackup=True, IndexActions=[{"ResourceTypes": ["S3"]}])
    _run(ground, lambda: ground.site.plan(continuous, select={"Resources": [arn]}))
    bucket = ground.children()["S3"]
    assert (bucket["Status"], bucket["IndexStatus"]) == ("COMPLETED", "ACTIVE")
