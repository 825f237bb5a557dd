"""Plans and selections in AWS's JSON come back the same when the source that they became is compiled.

The same means: equal once AWS's defaults are written out, as `written_out` does below, field by field.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backstay.importer import dialects
from backstay.importer.gather import gather
from backstay.importer.write.source import write

ACCOUNT, REGION = "100000000010", "eu-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"

# What AWS takes where a member is absent → what the accounts target writes there.
RULE_DEFAULTS: Mapping[str, Any] = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "ScheduleExpressionTimezone": "UTC",
    "StartWindowMinutes": 480,
    "CompletionWindowMinutes": 10080,
    "CopyActions": [],
    "RecoveryPointTags": {},
    "EnableContinuousBackup": False,
}
PLAN_DEFAULTS: Mapping[str, Any] = {"BackupPlanTags": {}}
SELECTION_DEFAULTS: Mapping[str, Any] = {"Resources": [], "NotResources": [], "ListOfTags": []}
CONDITION_DEFAULTS: Mapping[str, Any] = {
    "StringEquals": [],
    "StringNotEquals": [],
    "StringLike": [],
    "StringNotLike": [],
}


def written_out(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A request of CreateBackupPlan with AWS's defaults written out."""
    rules = []
    for rule in plan["BackupPlan"]["Rules"]:
        lifecycle = _lifecycle(rule.get("Lifecycle", {}))
        copies = []
        for copy in rule.get("CopyActions", []):
            # A copy that does not say how long it is kept is kept as long as the rule says.
            kept = {
                **{k: v for k, v in lifecycle.items() if k == "DeleteAfterDays"},
                **_lifecycle(copy.get("Lifecycle", {})),
            }
            copies.append({**copy, **({"Lifecycle": kept} if kept else {})})
        whole = {**RULE_DEFAULTS, **rule, "CopyActions": copies}
        whole.pop("Lifecycle", None)
        rules.append({**whole, **({"Lifecycle": lifecycle} if lifecycle else {})})
    return {**PLAN_DEFAULTS, **plan, "BackupPlan": {**plan["BackupPlan"], "Rules": rules}}


def _lifecycle(lifecycle: Mapping[str, Any]) -> dict[str, Any]:
    """`OptInToArchiveForSupportedResources: false` is what AWS takes without it."""
    return {key: value for key, value in lifecycle.items() if value is not False}


def chosen(selection: Mapping[str, Any]) -> dict[str, Any]:
    """A request of CreateBackupSelection with empty lists written out; conditions alone take from everything."""
    inner = {**SELECTION_DEFAULTS, **selection["BackupSelection"]}
    if inner.get("Conditions"):
        inner["Conditions"] = {**CONDITION_DEFAULTS, **inner["Conditions"]}
    return {**selection, "BackupSelection": inner}


NAMES = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=20)
VAULTS = st.text(string.ascii_letters + string.digits + "-_", min_size=2, max_size=20)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
SCHEDULES = st.one_of(
    st.builds("cron({} {} ? * * *)".format, st.integers(0, 59), st.integers(0, 23)),
    st.builds(
        "cron({} {} ? * {} *)".format, st.integers(0, 59), st.integers(0, 23), st.sampled_from(["SUN", "1", "sun"])
    ),
    st.builds("cron({} {} {} * ? *)".format, st.integers(0, 59), st.integers(0, 23), st.sampled_from([1, 28, "L"])),
    st.builds(
        "cron({} {} {} {} ? *)".format, st.integers(0, 59), st.integers(0, 23), st.integers(1, 28), st.just("JAN")
    ),
    st.builds("cron({} {} ? * * *)".format, st.integers(0, 59), st.sampled_from(["*", "0/2", "0/5", "5/1", "0,12"])),
    st.sampled_from(["cron(0 5 * * ? *)", "cron(00 05 ? * * *)", "rate(1 day)", "cron(0 5 ? * MON-FRI 2027)"]),
)
DAYS = st.one_of(st.integers(1, 36_500), st.sampled_from([365, 366, 730, 731, 1096, 2557, 3653]))
# Opting in to the archive means nothing where nothing goes to cold storage, and is not written then.
LIFECYCLES = st.one_of(
    st.fixed_dictionaries({}, optional={"DeleteAfterDays": DAYS}),
    st.fixed_dictionaries(
        {"MoveToColdStorageAfterDays": DAYS},
        optional={"DeleteAfterDays": DAYS, "OptInToArchiveForSupportedResources": st.booleans()},
    ),
)
TAGS = st.dictionaries(TEXTS, TEXTS, max_size=3)
COPIES = st.builds(
    lambda region, account, name, lifecycle: {
        "DestinationBackupVaultArn": f"arn:aws:backup:{region}:{account}:backup-vault:{name}",
        **({"Lifecycle": lifecycle} if lifecycle else {}),
    },
    st.sampled_from(["us-east-1", "eu-west-1"]),
    st.just("100000000003"),
    VAULTS,
    LIFECYCLES,
)
RULES = st.fixed_dictionaries(
    {"RuleName": NAMES, "TargetBackupVaultName": VAULTS},
    optional={
        "ScheduleExpression": SCHEDULES,
        "ScheduleExpressionTimezone": st.sampled_from(["UTC", "Europe/Berlin"]),
        "StartWindowMinutes": st.integers(60, 2000),
        "CompletionWindowMinutes": st.sampled_from([120, 180, 181, 10080]),
        "Lifecycle": LIFECYCLES.filter(bool),
        "CopyActions": st.lists(COPIES, max_size=2, unique_by=lambda one: one["DestinationBackupVaultArn"]),
        "RecoveryPointTags": TAGS,
        "EnableContinuousBackup": st.booleans(),
        "IndexActions": st.sampled_from([[{"ResourceTypes": ["EBS"]}], [{"ResourceTypes": ["EBS", "S3"]}]]),
    },
)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        operator: st.lists(
            st.builds(
                lambda key, value: {"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value}, TEXTS, TEXTS
            ),
            min_size=1,
            max_size=2,
            unique_by=lambda one: (one["ConditionKey"], one["ConditionValue"]),
        )
        for operator in CONDITION_DEFAULTS
    },
)
ARNS = st.one_of(
    st.builds("arn:aws:ec2:eu-central-1:100000000010:volume/{}".format, VAULTS),
    st.sampled_from(["arn:aws:ec2:*:*:instance/*", "arn:aws:dynamodb:*:*:table/*", "arn:aws:rds:*:*:cluster:*"]),
)
TAKEN = st.one_of(
    st.fixed_dictionaries(
        {"Resources": st.lists(ARNS, min_size=1, max_size=4, unique=True)},
        optional={
            "Conditions": CONDITIONS.filter(bool),
            "NotResources": st.lists(ARNS, min_size=1, max_size=2, unique=True),
        },
    ),
    st.fixed_dictionaries(
        {"Resources": st.just(["*"])},
        optional={
            "Conditions": CONDITIONS.filter(bool),
            "NotResources": st.lists(ARNS, min_size=1, max_size=2, unique=True),
        },
    ),
    st.builds(
        lambda key, values: {
            "ListOfTags": [
                {"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": one} for one in values
            ]
        },
        TEXTS,
        st.lists(TEXTS, min_size=1, max_size=3, unique=True),
    ),
)
PLANS = st.builds(
    lambda name, rules, tags, options, selections: (
        {
            "BackupPlan": {"BackupPlanName": name, "Rules": rules, **options},
            **({"BackupPlanTags": tags} if tags else {}),
        },
        [
            {"BackupPlanName": name, "BackupSelection": {"SelectionName": f"s{n}", "IamRoleArn": role, **taken}}
            for n, (role, taken) in enumerate(selections)
        ],
    ),
    NAMES,
    st.lists(RULES, min_size=1, max_size=3, unique_by=lambda rule: rule["RuleName"]),
    TAGS,
    st.sampled_from(
        [
            {},
            {"AdvancedBackupSettings": [{"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}]},
        ]
    ),
    st.lists(
        st.tuples(st.sampled_from([ROLE, f"arn:aws:iam::{ACCOUNT}:role/team/Backup"]), TAKEN), min_size=1, max_size=3
    ),
)


# Every example is a compilation; what fails is read well enough without the hundreds that shrinking it takes.
@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(plans=st.lists(PLANS, min_size=1, max_size=6, unique_by=lambda plan: plan[0]["BackupPlan"]["BackupPlanName"]))
def test_any_plan_comes_back(
    compile_source: Callable[[str, Path], Any], plans: list[tuple[dict[str, Any], list[dict[str, Any]]]]
) -> None:
    """Whatever plan and selections AWS takes, their source compiles to the same bodies, defaults written out."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "plans.json")
        path.write_text(json.dumps([part for plan, selections in plans for part in (plan, *selections)]))
        reading = gather(dialects.read_all([path]))
        assert not reading.findings
        shape = compile_source(write(reading, ["plans.json"]).source, Path(folder, "built"))[ACCOUNT, REGION]
    by_name = {plan["BackupPlan"]["BackupPlanName"]: plan for plan in shape["plans"]}
    assert by_name == {plan["BackupPlan"]["BackupPlanName"]: written_out(plan) for plan, _ in plans}
    wanted = [chosen(one) for _, selections in plans for one in selections]
    assert sorted(shape["selections"], key=_key) == sorted(wanted, key=_key)


def _key(selection: Mapping[str, Any]) -> tuple[str, str]:
    return selection["BackupPlanName"], selection["BackupSelection"]["SelectionName"]


def test_wrapped_and_bare_are_one(imported: Callable[..., Any]) -> None:
    """`--cli-input-json` and `--backup-plan` are two spellings of one plan."""
    bare = {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "main"}]}
    assert imported({"a.json": bare})[1] == imported({"a.json": {"BackupPlan": bare}})[1]


def test_two_plans_of_one_name(imported: Callable[..., Any]) -> None:
    """Two plans of one name that differ are a complaint at the second, with the place of the first, which is kept."""
    bare = {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "main"}]}
    other = {"BackupPlanName": "p", "Rules": [{"RuleName": "q", "TargetBackupVaultName": "main"}]}
    reading, source = imported({"a.json": bare, "b.json": other})
    finding = reading.findings[0]
    assert (finding.name, finding.span and finding.span.path[-6:]) == ("conflicting-sources", "b.json")
    assert finding.others[0].span.path.endswith("a.json")
    assert '"r"' in source
    assert '"q"' not in source
    assert not imported({"a.json": bare, "b.json": bare})[0].findings


def test_a_selection_finds_its_plan(imported: Callable[..., Any]) -> None:
    """A selection goes to the plan with its id; one without any plan becomes a plan of its own, with a warning."""
    rules = [{"RuleName": "r", "TargetBackupVaultName": "main"}]
    plans = [{"BackupPlanId": f"id-{name}", "BackupPlan": {"BackupPlanName": name, "Rules": rules}} for name in "ab"]
    chosen = {"SelectionName": "s", "IamRoleArn": ROLE, "Resources": ["*"]}
    reading, _ = imported({"x.json": [*plans, {"BackupPlanId": "id-b", "BackupSelection": chosen}]})
    assert [one.body["BackupPlanName"] for one in reading.found if one.kind == "selection"] == ["b"]
    reading, source = imported({"x.json": {"BackupSelection": chosen}})
    assert [finding.name for finding in reading.findings] == ["missing-member"]
    assert 'Plan("imported", select=[Select.everything("s")])' in source


def test_several_tag_keys(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """`ListOfTags` of several keys becomes several selections that together take the same, and the source says so."""
    tags = [{"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": "x"} for key in ("a", "b")]
    plan = {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "main"}]}
    _, source = imported({"x.json": [plan, {"SelectionName": "s", "IamRoleArn": ROLE, "ListOfTags": tags}]})
    assert "becomes several" in source
    selections = build(source)[ACCOUNT, REGION]["selections"]
    assert [one["BackupSelection"]["ListOfTags"] for one in selections] == [tags[:1], tags[1:]]
