"""Plans: identity, versions, validation, preview, templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backstay_local.backup import Settings


def create(site: Any, *rules: Any, **members: Any) -> dict[str, Any]:
    """Create a plan of these rules."""
    plan = {"BackupPlanName": "plan", "Rules": list(rules), **members.pop("plan", {})}
    return dict(site.backup.create_backup_plan(BackupPlan=plan, **members))


def test_defaults_are_spelt_out(site: Any) -> None:
    """A rule with nothing but a name and a vault comes back with AWS's defaults and an id."""
    made = create(site, {"RuleName": "r1", "TargetBackupVaultName": "v1"})
    found = site.backup.get_backup_plan(BackupPlanId=made["BackupPlanId"])
    [kept] = found["BackupPlan"]["Rules"]
    assert len(kept.pop("RuleId")) == 36
    assert kept == {
        "RuleName": "r1",
        "TargetBackupVaultName": "v1",
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowMinutes": 480,
        "CompletionWindowMinutes": 10080,
        "EnableContinuousBackup": False,
        "RecoveryPointTags": {},
        "CopyActions": [],
    }
    assert made["BackupPlanArn"] == f"arn:aws:backup:us-east-1:{site.account}:backup-plan:{made['BackupPlanId']}"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"ScheduleExpression": "rate(1 day)"}, "schedule"),
    ({"ScheduleExpression": "cron(0 5 * * *)"}, "schedule"),
    ({"ScheduleExpression": "cron(0 5 1 * 1 *)"}, "schedule"),
    ({"ScheduleExpression": "cron(0/30 * ? * * *)"}, "more than once an hour"),
    ({"ScheduleExpressionTimezone": "Europe/Atlantis"}, "Europe/Atlantis"),
    ({"StartWindowMinutes": 59}, "StartWindowMinutes"),
    ({"CompletionWindowMinutes": 52_560_001}, "CompletionWindowMinutes"),
    ({"TargetBackupVaultName": "no good"}, "Invalid vault name"),
    ({"Lifecycle": {"DeleteAfterDays": 0}}, "DeleteAfterDays cannot be less than 1 or more than 36500 days"),
    (
        {"Lifecycle": {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 99}},
        "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays",
    ),
    ({"EnableContinuousBackup": True}, "Lifecycle must be specified for backup rule enabled continuous backup"),
    ({"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 36}}, "35"),
    (
        {"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 35, "MoveToColdStorageAfterDays": 1}},
        "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable",
    ),
    ({"CopyActions": [{"DestinationBackupVaultArn": "v2"}]}, "DestinationBackupVaultArn"),
    (
        {"CopyActions": [{"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:123456789012:backup-vault:v2"}] * 6},
        "CopyActions",
    ),
    ({"RecoveryPointTags": {f"k{number}": "v" for number in range(11)}}, "RecoveryPointTags"),
    ({"RecoveryPointTags": {"aws:team": "a"}}, "reserved"),
]


@pytest.mark.parametrize(("members", "words"), REFUSED)
def test_rules_that_are_refused(site: Any, members: dict[str, Any], words: str) -> None:
    """A bad rule is refused with AWS's body: Code, Context with the rule's name, and the message."""
    with pytest.raises(site.backup.exceptions.InvalidParameterValueException) as caught:
        create(site, {"RuleName": "r1", "TargetBackupVaultName": "v1", **members})
    answer = caught.value.response
    message = answer["Error"]["Message"]
    if "Context" in answer:  # the wire refuses what breaks the model's own pattern before it knows of rules
        [name, reason] = json.loads(answer["Context"])
        assert (name, message) == ("r1", f"Error in rule r1 : {reason}")
        assert answer["Error"]["Code"] == "InvalidParameterValueException"
        assert words in reason
    else:
        assert "TargetBackupVaultName" in members


def test_plans_that_are_refused(site: Any, rule: Any, refusal: Any) -> None:
    """Bad names, no rule, more than ten rules, and unknown advanced options are refused."""
    wrong = "InvalidParameterValueException"
    assert refusal(lambda: create(site, rule(), plan={"BackupPlanName": "no good"}))[0] == wrong
    assert refusal(lambda: create(site, rule(), plan={"BackupPlanName": "x" * 201}))[0] == wrong
    assert refusal(lambda: create(site))[0] == wrong
    eleven = [rule(f"r{number}") for number in range(11)]
    assert refusal(lambda: create(site, *eleven))[0] == "LimitExceededException"
    for options in ({"WindowsVSS": "maybe"}, {"BackupACLs": "enabled"}):
        settings = {"AdvancedBackupSettings": [{"ResourceType": "EC2", "BackupOptions": options}]}
        assert refusal(lambda s=settings: create(site, rule(), plan=s))[0] == wrong


def test_same_token_same_plan(site: Any, rule: Any, refusal: Any) -> None:
    """The same token answers with the existing plan; the same plan with another token exists already."""
    first = create(site, rule(), CreatorRequestId="t-1")
    again = create(site, rule(), CreatorRequestId="t-1")
    assert (first["BackupPlanId"], first["VersionId"]) == (again["BackupPlanId"], again["VersionId"])
    assert refusal(lambda: create(site, rule(), CreatorRequestId="t-2"))[0] == "AlreadyExistsException"
    assert refusal(lambda: create(site, rule(keep=1), CreatorRequestId="t-1"))[0] == "AlreadyExistsException"
    create(site, rule(keep=1))
    assert len(site.backup.list_backup_plans()["BackupPlansList"]) == 2


def test_versions(site: Any, rule: Any, refusal: Any) -> None:
    """An update is a new version; the old ones stay readable, and a rule keeps its id with its name."""
    made = create(site, rule("a"), rule("b", keep=7))
    plan_id = made["BackupPlanId"]
    site.advance(hours=1)
    plan = {"BackupPlanName": "plan", "Rules": [rule("b", keep=8), rule("c")]}
    updated = site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan=plan)
    assert updated["VersionId"] != made["VersionId"]
    old = site.backup.get_backup_plan(BackupPlanId=plan_id, VersionId=made["VersionId"])["BackupPlan"]["Rules"]
    new = site.backup.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"]["Rules"]
    assert [one["RuleName"] for one in old] == ["a", "b"]
    assert [(one["RuleName"], one["RuleId"] == old[1]["RuleId"]) for one in new] == [("b", True), ("c", False)]
    versions = site.backup.list_backup_plan_versions(BackupPlanId=plan_id)["BackupPlanVersionsList"]
    assert [one["VersionId"] for one in versions] == [updated["VersionId"], made["VersionId"]]
    code, _ = refusal(lambda: site.backup.get_backup_plan(BackupPlanId=plan_id, VersionId="none"))
    assert code == "ResourceNotFoundException"


def test_an_old_version_is_as_it_was(site: Any, rule: Any) -> None:
    """Name and advanced settings of a version are its own, wherever it is shown."""
    settings = [{"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}]
    made = create(site, rule(), plan={"AdvancedBackupSettings": settings})
    plan_id = made["BackupPlanId"]
    site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan={"BackupPlanName": "later", "Rules": [rule()]})
    old = site.backup.get_backup_plan(BackupPlanId=plan_id, VersionId=made["VersionId"])
    assert (old["AdvancedBackupSettings"], old["BackupPlan"]["BackupPlanName"]) == (settings, "plan")
    versions = site.backup.list_backup_plan_versions(BackupPlanId=plan_id)["BackupPlanVersionsList"]
    shown = [(one["BackupPlanName"], one.get("AdvancedBackupSettings")) for one in versions]
    assert shown == [("later", None), ("plan", settings)]


def test_an_update_refuses_with_what_it_declares(open_site: Any, rule: Any, refusal: Any) -> None:
    """Too many rules are an InvalidParameterValueException to UpdateBackupPlan; so is another name, where set."""
    site = open_site(settings=Settings(plan_rename="refuse"))
    plan_id = create(site, rule())["BackupPlanId"]
    for plan in (
        {"BackupPlanName": "plan", "Rules": [rule(f"r{number}") for number in range(11)]},
        {"BackupPlanName": "renamed", "Rules": [rule()]},
    ):
        code, _ = refusal(lambda p=plan: site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan=p))
        assert code == "InvalidParameterValueException"


def test_rules_of_one_name_keep_ids_of_their_own(site: Any, rule: Any) -> None:
    """Two rules may have the same name (AWS does not say otherwise): an update keeps both apart, and both run."""
    site.vault()
    site.bucket("bucket-one")
    twins = [rule("twin", "cron(0 5 ? * * *)", 7, StartWindowMinutes=60), rule("twin", "cron(0 9 ? * * *)", 7)]
    plan_id = site.plan(*twins)

    def ids() -> list[str]:
        return [one["RuleId"] for one in site.backup.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"]["Rules"]]

    before = ids()
    site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan={"BackupPlanName": "new", "Rules": twins})
    assert ids() == before
    site.advance(days=1)
    assert {job["CreatedBy"]["BackupRuleId"] for job in site.jobs()} == set(before)


@pytest.mark.parametrize("mode", ["refuse", "return"])
def test_a_token_with_another_plan(open_site: Any, rule: Any, refusal: Any, mode: Any) -> None:
    """AWS returns "that plan", and does not say what of another body; the setting says it."""
    site = open_site(settings=Settings(plan_token=mode))
    first = create(site, rule(), CreatorRequestId="t")
    if mode == "refuse":
        assert refusal(lambda: create(site, rule(keep=1), CreatorRequestId="t"))[0] == "AlreadyExistsException"
    else:
        assert create(site, rule(keep=1), CreatorRequestId="t")["BackupPlanId"] == first["BackupPlanId"]


def test_advanced_settings_without_options_run(site: Any, rule: Any) -> None:
    """An advanced setting that sets no option changes nothing."""
    site.vault()
    site.volume()
    site.plan(rule(), AdvancedBackupSettings=[{"ResourceType": "EBS"}])
    site.advance(hours=6)
    assert [job["State"] for job in site.jobs()] == ["COMPLETED"]


def test_deletion(site: Any, rule: Any, refusal: Any) -> None:
    """A plan goes only without selections; afterwards it is listed with the deleted ones, and can be made anew."""
    plan_id = site.plan(rule())
    delete = site.backup.delete_backup_plan
    assert refusal(lambda: delete(BackupPlanId=plan_id))[0] == "InvalidRequestException"
    [selection] = site.backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    site.backup.delete_backup_selection(BackupPlanId=plan_id, SelectionId=selection["SelectionId"])
    assert delete(BackupPlanId=plan_id)["BackupPlanId"] == plan_id
    assert site.backup.list_backup_plans()["BackupPlansList"] == []
    [gone] = site.backup.list_backup_plans(IncludeDeleted=True)["BackupPlansList"]
    assert gone["DeletionDate"]
    assert refusal(lambda: delete(BackupPlanId=plan_id))[0] == "ResourceNotFoundException"
    create(site, rule())


def test_preview(site: Any, rule: Any) -> None:
    """The preview lists the next runs of all rules in order of time, in their time zones."""
    made = create(
        site,
        rule("berlin", "cron(0 3 ? * * *)", ScheduleExpressionTimezone="Europe/Berlin"),
        rule("stream", "cron(0 1 ? * * *)", EnableContinuousBackup=True),
    )
    found = site.backup.get_backup_plan(BackupPlanId=made["BackupPlanId"], MaxScheduledRunsPreview=3)
    names = {one["RuleId"]: one["RuleName"] for one in found["BackupPlan"]["Rules"]}
    runs = [
        (names[one["RuleId"]], one["ExecutionTime"].astimezone().timestamp(), one["RuleExecutionType"])
        for one in found["ScheduledRunsPreview"]
    ]
    assert [(name, int(at - runs[0][1]) // 3600, kind) for name, at, kind in runs] == [
        ("stream", 0, "CONTINUOUS_AND_SNAPSHOTS"),
        ("berlin", 1, "SNAPSHOTS"),
        ("stream", 24, "CONTINUOUS_AND_SNAPSHOTS"),
    ]
    assert "ScheduledRunsPreview" not in site.backup.get_backup_plan(BackupPlanId=made["BackupPlanId"])


def test_plan_as_json(site: Any, rule: Any, refusal: Any) -> None:
    """An exported plan reads back as the same plan; bad JSON and bad rules are refused."""
    made = create(site, rule(keep=35, CopyActions=[]))
    text = site.backup.export_backup_plan_template(BackupPlanId=made["BackupPlanId"])["BackupPlanTemplateJson"]
    read = site.backup.get_backup_plan_from_json(BackupPlanTemplateJson=text)["BackupPlan"]
    kept = site.backup.get_backup_plan(BackupPlanId=made["BackupPlanId"])["BackupPlan"]
    for one in kept["Rules"]:
        one.pop("RuleId")
    assert read == kept
    bad = json.dumps({"BackupPlanName": "p", "Rules": [rule(keep=0)]})
    for wrong in ("{", "[]", bad, json.dumps({"BackupPlanName": "p", "Rules": [rule()], "More": 1})):
        code, _ = refusal(lambda w=wrong: site.backup.get_backup_plan_from_json(BackupPlanTemplateJson=w))
        assert code == "InvalidParameterValueException"


@pytest.mark.parametrize(
    ("plan", "members", "code"),
    [
        ({"BackupPlanName": 5}, {}, "InvalidParameterValueException"),
        ({"BackupPlanName": None}, {}, "MissingParameterValueException"),
        ({"AdvancedBackupSettings": [3]}, {}, "InvalidParameterValueException"),
        ({}, {"RuleName": 3}, "InvalidParameterValueException"),
        ({}, {"StartWindowMinutes": "an hour"}, "InvalidParameterValueException"),
        ({}, {"Lifecycle": []}, "InvalidParameterValueException"),
        ({}, {"CopyActions": [1]}, "InvalidParameterValueException"),
        ({}, {"RecoveryPointTags": ["a"]}, "InvalidParameterValueException"),
        ({}, {"Retention": 7}, "InvalidParameterValueException"),
    ],
)
def test_json_that_is_no_plan(
    site: Any, rule: Any, refusal: Any, plan: dict[str, Any], members: dict[str, Any], code: str
) -> None:
    """Wrong types, missing and unknown members are told as such, wherever they stand."""
    text = json.dumps({"BackupPlanName": "p", "Rules": [rule(**members)], **plan})
    assert refusal(lambda: site.backup.get_backup_plan_from_json(BackupPlanTemplateJson=text))[0] == code


def test_templates(site: Any, refusal: Any) -> None:
    """Every template that is listed can be had, and is a plan that AWS Backup takes."""
    for one in site.backup.list_backup_plan_templates()["BackupPlanTemplatesList"]:
        wanted = {"BackupPlanTemplateId": one["BackupPlanTemplateId"]}
        document = site.backup.get_backup_plan_from_template(**wanted)["BackupPlanDocument"]
        assert document["BackupPlanName"] == one["BackupPlanTemplateName"]
        site.backup.create_backup_plan(BackupPlan=document)
    code, _ = refusal(lambda: site.backup.get_backup_plan_from_template(BackupPlanTemplateId="none"))
    assert code == "ResourceNotFoundException"
