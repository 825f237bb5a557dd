"""Restore testing plans: what they keep, what is refused, and how they change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_aws import catalog
from backstay_local.backup import Settings

POINTS = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
BODY = {"RestoreTestingPlanName": "p1", "ScheduleExpression": "cron(0 5 ? * * *)", "RecoveryPointSelection": POINTS}


def status(answer: dict[str, Any]) -> int:
    """The HTTP status of an answer."""
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])


def test_kept_with_defaults(site: Any) -> None:
    """A plan comes back as it was given, with 24 hours to start, 30 days to look back, and UTC."""
    made = site.backup.create_restore_testing_plan(RestoreTestingPlan=BODY, Tags={"a": "b"}, CreatorRequestId="t-1")
    assert status(made) == 201
    arn = made["RestoreTestingPlanArn"]
    assert arn.startswith(f"arn:aws:backup:us-east-1:{site.account}:restore-testing-plan:p1-")
    plan = site.backup.get_restore_testing_plan(RestoreTestingPlanName="p1")["RestoreTestingPlan"]
    assert plan == {
        **BODY,
        "RestoreTestingPlanArn": arn,
        "RecoveryPointSelection": POINTS | {"ExcludeVaults": [], "SelectionWindowDays": 30},
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 24,
        "CreationTime": made["CreationTime"],
        "CreatorRequestId": "t-1",
    }
    [listed] = site.backup.list_restore_testing_plans()["RestoreTestingPlans"]
    assert listed == {name: plan[name] for name in plan if name not in ("RecoveryPointSelection", "CreatorRequestId")}
    assert site.backup.list_tags(ResourceArn=arn)["Tags"] == {"a": "b"}
    site.backup.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    site.backup.untag_resource(ResourceArn=arn, TagKeyList=["a"])
    assert site.backup.list_tags(ResourceArn=arn)["Tags"] == {"c": "d"}


def test_listed_in_pages(tester: Any) -> None:
    """Plans and selections come in the order of their names, page by page."""
    for name in ("b", "c", "a"):
        tester.plan(name)
        tester.select(name=name, plan="b")
    pages = tester.backup.get_paginator("list_restore_testing_plans").paginate(PaginationConfig={"PageSize": 1})
    assert [page["RestoreTestingPlans"][0]["RestoreTestingPlanName"] for page in pages] == ["a", "b", "c"]
    pages = tester.backup.get_paginator("list_restore_testing_selections").paginate(
        RestoreTestingPlanName="b", PaginationConfig={"PageSize": 2}
    )
    found = [row["RestoreTestingSelectionName"] for page in pages for row in page["RestoreTestingSelections"]]
    assert found == ["a", "b", "c"]


def test_token(site: Any, refusal: Any) -> None:
    """The same token and body answer again; another body, or the same name without the token, exists already."""
    create = site.backup.create_restore_testing_plan
    first = create(RestoreTestingPlan=BODY, CreatorRequestId="t-1")
    site.advance(seconds=1)
    again = create(RestoreTestingPlan=BODY, CreatorRequestId="t-1")
    assert {**first, "ResponseMetadata": 0} == {**again, "ResponseMetadata": 0}
    other = BODY | {"RestoreTestingPlanName": "p2"}
    assert (
        refusal(lambda: create(RestoreTestingPlan=other, CreatorRequestId="t-1"))[0]
        == refusal(lambda: create(RestoreTestingPlan=BODY))[0]
        == "AlreadyExistsException"
    )
    site.backup.delete_restore_testing_plan(RestoreTestingPlanName="p1")
    later = create(RestoreTestingPlan=BODY, CreatorRequestId="t-1")
    assert later["RestoreTestingPlanArn"] != first["RestoreTestingPlanArn"]


@pytest.mark.parametrize(
    ("change", "points", "code"),
    [
        ({"RestoreTestingPlanName": "with-hyphen"}, {}, "InvalidParameterValueException"),
        ({"RestoreTestingPlanName": "x" * 51}, {}, "InvalidParameterValueException"),
        ({"ScheduleExpression": "rate(1 day)"}, {}, "InvalidParameterValueException"),
        ({"ScheduleExpression": "cron(0/30 * ? * * *)"}, {}, "InvalidParameterValueException"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, {}, "InvalidParameterValueException"),
        ({"StartWindowHours": 0}, {}, "InvalidParameterValueException"),
        ({"StartWindowHours": 169}, {}, "InvalidParameterValueException"),
        ({}, {"Algorithm": None}, "MissingParameterValueException"),
        ({}, {"IncludeVaults": None}, "MissingParameterValueException"),
        ({}, {"IncludeVaults": []}, "MissingParameterValueException"),
        ({}, {"RecoveryPointTypes": None}, "MissingParameterValueException"),
        ({}, {"RecoveryPointTypes": ["WEEKLY"]}, "InvalidParameterValueException"),
        ({}, {"Algorithm": "OLDEST"}, "InvalidParameterValueException"),
        ({}, {"IncludeVaults": ["v1"]}, "InvalidParameterValueException"),
        ({}, {"ExcludeVaults": ["arn:aws:s3:::bucket"]}, "InvalidParameterValueException"),
        ({}, {"IncludeVaults": ["arn:aws:backup:*:*:backup-vault:v*"] * 31}, "InvalidParameterValueException"),
        ({}, {"SelectionWindowDays": 0}, "InvalidParameterValueException"),
        ({}, {"SelectionWindowDays": 366}, "InvalidParameterValueException"),
    ],
)
def test_refused(site: Any, refusal: Any, change: dict[str, Any], points: dict[str, Any], code: str) -> None:
    """What is outside AWS's bounds is refused when a plan is made, and when it is changed."""
    own = {name: value for name, value in (POINTS | points).items() if value is not None}
    body = BODY | change | {"RecoveryPointSelection": own}
    assert refusal(lambda: site.backup.create_restore_testing_plan(RestoreTestingPlan=body))[0] == code
    if "RestoreTestingPlanName" not in change:
        site.backup.create_restore_testing_plan(RestoreTestingPlan=BODY)
        given = {name: value for name, value in body.items() if name != "RestoreTestingPlanName"}
        update = site.backup.update_restore_testing_plan
        assert refusal(lambda: update(RestoreTestingPlanName="p1", RestoreTestingPlan=given))[0] == code


def test_refused_tokens_and_tags(site: Any, refusal: Any) -> None:
    """A token has 1 to 50 plain characters; more than fifty tags, and tags of AWS, are refused."""
    create = site.backup.create_restore_testing_plan
    for members in (
        {"CreatorRequestId": "a b"},
        {"Tags": {f"k{number}": "" for number in range(51)}},
        {"Tags": {"aws:own": "x"}},
    ):
        found = refusal(lambda members=members: create(RestoreTestingPlan=BODY, **members))
        assert found[0] == "InvalidParameterValueException"


def test_more_than_hourly_is_a_setting(open_site: Any) -> None:
    """A plan may run twice an hour where the setting lets it."""
    site = open_site(settings=Settings(restore_test_hourly=False))
    body = BODY | {"ScheduleExpression": "cron(0/30 * ? * * *)"}
    assert status(site.backup.create_restore_testing_plan(RestoreTestingPlan=body)) == 201


def test_quotas(tester: Any, refusal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many plans in a Region and selections in a plan, and no more."""
    assert (catalog.limit("restore_plans"), catalog.limit("selections_per_restore_plan")) == (100, 30)
    known = catalog.limit
    few = {"restore_plans": 2, "selections_per_restore_plan": 1}
    monkeypatch.setattr(catalog, "limit", lambda name: few.get(name) or known(name))
    tester.plan("p1")
    tester.plan("p2")
    tester.select(name="s1")
    assert refusal(lambda: tester.plan("p3"))[0] == "LimitExceededException"
    assert refusal(lambda: tester.select(name="s2"))[0] == "LimitExceededException"


def test_update_in_part(tester: Any) -> None:
    """An update changes what it names; a RecoveryPointSelection takes the place of the old one, defaults and all."""
    arn = tester.plan(points={"SelectionWindowDays": 7}, StartWindowHours=3)
    tester.site.advance(hours=1)
    update = tester.backup.update_restore_testing_plan
    made = update(RestoreTestingPlanName="p1", RestoreTestingPlan={"ScheduleExpressionTimezone": "Asia/Tokyo"})
    assert made["RestoreTestingPlanArn"] == arn
    assert made["UpdateTime"] - made["CreationTime"] >= timedelta(hours=1)
    plan = tester.backup.get_restore_testing_plan(RestoreTestingPlanName="p1")["RestoreTestingPlan"]
    assert (plan["ScheduleExpressionTimezone"], plan["StartWindowHours"]) == ("Asia/Tokyo", 3)
    assert plan["RecoveryPointSelection"]["SelectionWindowDays"] == 7
    assert plan["LastUpdateTime"] == made["UpdateTime"]
    random = POINTS | {"Algorithm": "RANDOM_WITHIN_WINDOW"}
    update(RestoreTestingPlanName="p1", RestoreTestingPlan={"RecoveryPointSelection": random})
    plan = tester.backup.get_restore_testing_plan(RestoreTestingPlanName="p1")["RestoreTestingPlan"]
    assert plan["RecoveryPointSelection"] == random | {"ExcludeVaults": [], "SelectionWindowDays": 30}


def test_update_in_whole(tester: Any) -> None:
    """Every member can be changed, holds from the next run on, and the list tells of the change and of the run."""
    site = tester.site
    arn = site.vault("v2")
    site.bucket("bucket-one")
    kept, barred = site.take("arn:aws:s3:::bucket-one"), site.take("arn:aws:s3:::bucket-one", vault="v2")
    tester.plan()
    tester.select()
    points = POINTS | {"IncludeVaults": ["*"], "ExcludeVaults": [arn], "SelectionWindowDays": 2}
    body = {
        "ScheduleExpression": "cron(0 7 ? * * *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "StartWindowHours": 2,
        "RecoveryPointSelection": points,
    }
    changed = tester.backup.update_restore_testing_plan(RestoreTestingPlanName="p1", RestoreTestingPlan=body)
    plan = tester.backup.get_restore_testing_plan(RestoreTestingPlanName="p1")["RestoreTestingPlan"]
    assert {name: plan[name] for name in body} == body
    site.advance(hours=7)
    [listed] = tester.backup.list_restore_testing_plans()["RestoreTestingPlans"]
    assert listed["LastUpdateTime"] == changed["UpdateTime"]
    assert listed["LastExecutionTime"] - changed["UpdateTime"] > timedelta(hours=5)
    job = tester.job()
    assert (job["CreationDate"], job["RecoveryPointArn"]) == (listed["LastExecutionTime"], kept)
    assert barred != kept
    site.advance(days=3)
    assert {one["RecoveryPointArn"] for one in tester.jobs()} == {kept}
    assert len(tester.jobs()) == 2, "by then the point is older than the window"


def test_delete_after_selections(tester: Any, refusal: Any) -> None:
    """A plan goes only after its selections, and then for good."""
    arn = tester.plan()
    tester.select()
    delete = tester.backup.delete_restore_testing_plan
    assert refusal(lambda: delete(RestoreTestingPlanName="p1"))[0] == "InvalidRequestException"
    names = {"RestoreTestingPlanName": "p1", "RestoreTestingSelectionName": "s1"}
    assert status(tester.backup.delete_restore_testing_selection(**names)) == 204
    assert refusal(lambda: tester.backup.delete_restore_testing_selection(**names))[0] == "ResourceNotFoundException"
    assert status(delete(RestoreTestingPlanName="p1")) == 204
    for act in (
        lambda: tester.backup.get_restore_testing_plan(RestoreTestingPlanName="p1"),
        lambda: tester.backup.list_restore_testing_selections(RestoreTestingPlanName="p1"),
        lambda: tester.backup.update_restore_testing_plan(RestoreTestingPlanName="p1", RestoreTestingPlan={}),
        lambda: tester.backup.list_tags(ResourceArn=arn),
        lambda: tester.select(),
    ):
        assert refusal(act)[0] == "ResourceNotFoundException"
    assert tester.backup.list_restore_testing_plans()["RestoreTestingPlans"] == []


def test_delete_what_is_not_there(site: Any, open_site: Any, refusal: Any) -> None:
    """Deleting a plan that does not exist does nothing; a setting refuses it, with the one error that is declared."""
    assert status(site.backup.delete_restore_testing_plan(RestoreTestingPlanName="none")) == 204
    strict = open_site(settings=Settings(absent_test_plan="refuse"))
    found = refusal(lambda: strict.backup.delete_restore_testing_plan(RestoreTestingPlanName="none"))
    assert found[0] == "InvalidRequestException"
