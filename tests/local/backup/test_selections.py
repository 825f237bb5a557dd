"""Selections: what is refused, and what a plan then takes."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_local.backup import Settings

EMPTY = "Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty."
TAGGED = {"ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]}


def select(site: Any, plan_id: str, name: str = "s1", token: str | None = None, **members: Any) -> Any:
    """Add a selection to a plan."""
    body = {"SelectionName": name, "IamRoleArn": site.role(), **members}
    extra = {"CreatorRequestId": token} if token else {}
    return site.backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=body, **extra)


def bare(site: Any, rule: Any) -> str:
    """A plan without selections."""
    plan = {"BackupPlanName": "bare", "Rules": [rule()]}
    return str(site.backup.create_backup_plan(BackupPlan=plan)["BackupPlanId"])


def test_empty_selection(site: Any, open_site: Any, rule: Any, refusal: Any) -> None:
    """Without Resources and ListOfTags a selection is refused, conditions or not; a setting lets it mean everything."""
    plan_id = bare(site, rule)
    condition = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/a", "ConditionValue": "b"}]}
    for members in ({}, {"Conditions": condition}, {"NotResources": ["arn:aws:s3:::x"]}):
        found = refusal(lambda members=members: select(site, plan_id, **members))
        assert found == ("InvalidParameterValueException", EMPTY)
    lenient = open_site(settings=Settings(empty_selection="everything"))
    lenient.vault()
    lenient.bucket("bucket-one")
    select(lenient, bare(lenient, rule))
    lenient.advance(hours=6)
    assert len(lenient.points()) == 1


def test_role_must_be_assumable(site: Any, rule: Any, refusal: Any) -> None:
    """A role that does not exist is refused in AWS's words."""
    plan_id, role = bare(site, rule), f"arn:aws:iam::{site.account}:role/Nobody"
    found = refusal(lambda: select(site, plan_id, Resources=["*"], IamRoleArn=role))
    assert found == ("InvalidParameterValueException", f"IAM Role {role} cannot be assumed by AWS Backup")


def test_quotas(site: Any, rule: Any, refusal: Any) -> None:
    """500 plain ARNs pass, 501 do not; ten selections with tags pass, the eleventh does not."""
    plan_id = bare(site, rule)
    arns = [f"arn:aws:s3:::bucket-{number}" for number in range(501)]
    select(site, plan_id, "many", Resources=arns[:500])
    assert refusal(lambda: select(site, plan_id, "more", Resources=arns))[0] == "InvalidParameterValueException"
    for number in range(10):
        select(site, plan_id, f"tagged-{number}", **TAGGED)
    assert refusal(lambda: select(site, plan_id, "tagged-10", **TAGGED))[0] == "LimitExceededException"


def test_same_token_same_selection(site: Any, rule: Any) -> None:
    """The same token answers as the first time; the same selection again, or another with it, exists already."""
    plan_id = bare(site, rule)
    first = select(site, plan_id, token="t-1", Resources=["*"])
    assert select(site, plan_id, token="t-1", Resources=["*"])["SelectionId"] == first["SelectionId"]
    for token, resources in (("t-2", ["*"]), ("t-1", ["arn:aws:s3:::x"])):
        with pytest.raises(site.backup.exceptions.AlreadyExistsException) as caught:
            select(site, plan_id, token=token, Resources=resources)
        assert caught.value.response["CreatorRequestId"] == "t-1"  # with which the one that exists was made


def test_get_list_delete(site: Any, rule: Any, refusal: Any) -> None:
    """A selection comes back as it was sent, is listed, and is gone when deleted."""
    plan_id = bare(site, rule)
    body = {"Resources": ["*"], "NotResources": ["arn:aws:s3:::x"], **TAGGED}
    made = select(site, plan_id, **body)
    where = {"BackupPlanId": plan_id, "SelectionId": made["SelectionId"]}
    found = site.backup.get_backup_selection(**where)["BackupSelection"]
    assert {name: found[name] for name in body} == body
    [listed] = site.backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    assert (listed["SelectionId"], listed["SelectionName"]) == (made["SelectionId"], "s1")
    site.backup.delete_backup_selection(**where)
    assert refusal(lambda: site.backup.get_backup_selection(**where))[0] == "ResourceNotFoundException"
    assert site.backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"] == []


def taken(site: Any, rule: Any, **selection: Any) -> set[str]:
    """The resources that a daily plan with this selection backs up within a day."""
    site.plan(rule(), select=selection)
    site.advance(days=1)
    return {job["ResourceName"] for job in site.jobs()}


def test_tags_join_and_conditions_narrow(site: Any, rule: Any) -> None:
    """ListOfTags adds to Resources; Conditions and NotResources take away."""
    site.vault()
    for name, tags in (("named", {}), ("tagged", {"backup": "daily"}), ("barred", {"backup": "daily"}), ("other", {})):
        site.bucket(f"bucket-{name}", {**tags, "env": "dev" if name == "other" else "prod"})
    condition = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/env", "ConditionValue": "prod"}]}
    found = taken(
        site,
        rule,
        Resources=["arn:aws:s3:::bucket-named", "arn:aws:s3:::bucket-other"],
        NotResources=["arn:aws:s3:::bucket-barred"],
        Conditions=condition,
        **TAGGED,
    )
    assert found == {"bucket-named", "bucket-tagged"}


def test_every_condition_holds(site: Any, rule: Any) -> None:
    """Equal, unlike, and patterns with `*` for both: what a selection takes meets all of them, and it comes back."""
    site.vault()
    kinds = {
        "all": {"env": "prod", "team": "blue-1"},
        "env": {"env": "dev", "team": "blue-1"},
        "stage": {"env": "prod", "team": "blue-1", "stage": "old"},
        "team": {"env": "prod", "team": "red-1"},
        "tmp": {"env": "prod", "team": "blue-1", "name": "tmp-7"},
    }
    for name, tags in kinds.items():
        site.bucket(f"bucket-{name}", tags)

    def pair(key: str, value: str) -> list[dict[str, str]]:
        return [{"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value}]

    conditions = {
        "StringEquals": pair("env", "prod"),
        "StringNotEquals": pair("stage", "old"),
        "StringLike": pair("team", "blue-*"),
        "StringNotLike": pair("name", "tmp-*"),
    }
    assert taken(site, rule, Resources=["*"], Conditions=conditions) == {"bucket-all"}
    [plan] = site.backup.list_backup_plans()["BackupPlansList"]
    where = {"BackupPlanId": plan["BackupPlanId"]}
    [listed] = site.backup.list_backup_selections(**where)["BackupSelectionsList"]
    found = site.backup.get_backup_selection(**where, SelectionId=listed["SelectionId"])
    assert found["BackupSelection"]["Conditions"] == conditions


def test_opt_out(site: Any, rule: Any) -> None:
    """A type that is opted out is not taken by `*`, yet is by its own ARN."""
    site.vault()
    site.bucket("bucket-one")
    volume = site.volume()
    site.backup.update_region_settings(ResourceTypeOptInPreference={"S3": False})
    assert taken(site, rule, Resources=["*"]) == {volume.rsplit("/", 1)[1]}
    site.plan(rule(), name="explicit", select={"Resources": ["arn:aws:s3:::bucket-one"]})
    site.advance(days=1)
    assert "bucket-one" in {job["ResourceName"] for job in site.jobs()}


def test_matching_happens_at_each_run(site: Any, rule: Any) -> None:
    """A resource made, or tagged, after the plan joins at the next run; one untagged leaves."""
    site.vault()
    site.bucket("bucket-early", {"backup": "daily"})
    site.plan(rule(), select=TAGGED)
    site.advance(days=1)
    site.bucket("bucket-late", {"backup": "daily"})
    site.client("s3").delete_bucket_tagging(Bucket="bucket-early")
    site.advance(days=1)
    assert [job["ResourceName"] for job in site.jobs()] == ["bucket-late", "bucket-early"]
