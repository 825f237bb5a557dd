"""Backup policies of Organizations: read, compiled, and written again, accounts end up with the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.importer.backup_policies import (
    LOCKED,
    ORGANIZATION,
    REGION,
    Policies,
    after,
    before,
    change,
    leaf,
    policy,
    rule,
    selection,
    tree,
)

from backstay.importer import dialects, organizations
from backstay.importer.gather import gather
from backstay.importer.write.source import write
from backstay_aws.effective import Attached, Level, evaluate

COPY = "arn:aws:backup:us-east-1:$account:backup-vault:far"
POLICIES: Mapping[str, dict[str, Any]] = {
    "the least": policy(),
    "everything of a rule": policy(
        rules={
            "nightly": rule(
                start_backup_window_minutes=leaf("60"),
                complete_backup_window_minutes=leaf("10080"),
                enable_continuous_backup=leaf("true"),
                recovery_point_tags={"team": {"tag_key": leaf("team"), "tag_value": leaf("a b")}},
                index_actions={"resource_types": leaf(["EBS", "S3"])},
                copy_actions={
                    COPY: {"target_backup_vault_arn": leaf(COPY), "lifecycle": {"delete_after_days": leaf("90")}},
                    "arn:aws:backup:us-east-1:100000000003:backup-vault:far": {
                        "target_backup_vault_arn": leaf("arn:aws:backup:us-east-1:100000000003:backup-vault:far"),
                        "lifecycle": {"delete_after_days": leaf("70")},
                    },
                },
            )
        },
        backup_plan_tags={"cost": {"tag_key": leaf("cost"), "tag_value": leaf("7")}},
        advanced_backup_settings={"ec2": {"windows_vss": leaf("enabled")}},
    ),
    "resources with conditions": policy(
        selections={
            "resources": {
                "volumes": {
                    "iam_role_arn": leaf("arn:aws:iam::$account:role/team/Backup"),
                    "resource_types": leaf(["arn:aws:ec2:*:*:volume/*", "arn:aws:dynamodb:*:*:table/*"]),
                    "not_resource_types": leaf(["arn:aws:ec2:*:*:instance/*"]),
                    "conditions": {
                        "string_equals": {
                            "c1": {
                                "condition_key": leaf("aws:ResourceTag/env"),
                                "condition_value": leaf("prod"),
                            }
                        },
                        "string_not_like": {
                            "c2": {
                                "condition_key": leaf("aws:ResourceTag/name"),
                                "condition_value": leaf("tmp*"),
                            }
                        },
                    },
                }
            }
        }
    ),
    "several operators": policy(
        regions={"@@append": ["us-east-1", REGION], "@@remove": ["us-east-1"]}, selections=selection("backup", "a", "b")
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_one_policy_comes_back(name: str, imported: Callable[..., Any], tmp_path: Path) -> None:
    """A policy that is read, compiled and written as backup policies again gives accounts the same plans."""
    reading, source = imported({"policy.json": POLICIES[name]})
    assert not reading.findings
    assert after(source, tmp_path / "again") == before([(POLICIES[name], {"root": True})])


CHILD = {
    "plans": {
        "daily": {
            "rules": {
                "nightly": {"lifecycle": {"delete_after_days": leaf("90")}},
                "weekly": rule("400", schedule_expression=leaf("cron(0 1 ? * SUN *)")),
            },
            "selections": {"tags": {"gold": {"tag_key": leaf("backup"), "tag_value": {"@@append": ["silver"]}}}},
        }
    }
}
TREES: Mapping[str, Policies] = {
    "values replace and lists grow": ((policy(), {"root": True}), (CHILD, {"units": ["Workloads/Prod"]})),
    "three levels": (
        (policy(), {"root": True}),
        (CHILD, {"units": ["Workloads"]}),
        (
            {"plans": {"daily": {"rules": {"nightly": {"target_backup_vault_name": leaf("own")}}}}},
            {"accounts": ["100000000011"]},
        ),
    ),
    "other plans below": (
        (policy(), {"root": True}),
        ({"plans": {"hourly": policy()["plans"]["daily"]}}, {"units": ["Sandbox"], "accounts": ["100000000011"]}),
    ),
    "a Region is taken away": (
        (policy(regions=leaf([REGION, "us-east-1"])), {"root": True}),
        ({"plans": {"daily": {"regions": {"@@remove": ["us-east-1"]}}}}, {"units": ["Sandbox"]}),
    ),
    "a Region joins": (
        (policy(), {"root": True}),
        ({"plans": {"daily": {"regions": {"@@append": ["us-east-1"]}}}}, {"accounts": ["100000000011"]}),
    ),
    "locked": (
        (
            policy(rules={"nightly": rule(target_backup_vault_name=leaf("main", **LOCKED))}),
            {"root": True},
        ),
        (
            {"plans": {"daily": {"rules": {"nightly": {"target_backup_vault_name": leaf("elsewhere")}}}}},
            {"units": ["Workloads/Prod"]},
        ),
    ),
}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_comes_back(name: str, tmp_path: Path) -> None:
    """Whatever is attached at which level, every account ends up with the same plans as before."""
    reading = gather(dialects.read_all([tree(tmp_path / "tree", TREES[name])]))
    assert not [finding for finding in reading.findings if finding.severity == "error"]
    source = write(reading, ["tree"]).source
    assert after(source, tmp_path / "again") == before(TREES[name]), source


def test_levels_become_policies(tmp_path: Path) -> None:
    """A child becomes a policy at its own level that says only what it changes, and a lock becomes `final=`."""
    source = write(dialects.read_all([tree(tmp_path / "one", TREES["three levels"])])[0], ["tree"]).source
    assert 'Policy("p2", attach=account("100000000011"), extends="p1", plans=[daily_plan_3])' in source
    assert source.count('Rule("nightly"') == 1
    assert '"nightly",\n            # backstay: allow undeclared-vault — it is not among what was imported' in source
    reading = dialects.read_all([tree(tmp_path / "two", TREES["locked"])])[0]
    assert 'final=["plans.daily.rules.nightly.into"]' in write(reading, ["tree"]).source
    assert [finding.name for finding in reading.findings] == ["unused-operator"]


def test_peers_that_assign_alike_are_told(tmp_path: Path) -> None:
    """Two policies of one level that assign one value: the first wins, and somebody must check which that is."""
    other = {"plans": {"daily": {"rules": {"nightly": {"lifecycle": {"delete_after_days": leaf("7")}}}}}}
    reading = dialects.read_all([tree(tmp_path, ((policy(), {"root": True}), (other, {"root": True})))])[0]
    assert [(finding.name, finding.span and finding.span.path.rsplit("/", 1)[-1]) for finding in reading.findings] == [
        ("approximated", "p1.json")
    ]
    kept = [one.body["BackupPlan"]["Rules"][0]["Lifecycle"] for one in reading.found if one.kind == "plan"]
    assert kept == [{"DeleteAfterDays": 35}]


# What stands in a policy → the finding, and what the help says.
WRONG: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "CamelCase": (
        policy(rules={"r": {**rule(), "TargetBackupVaultName": leaf("x")}}),
        "wrong-dialect-member",
        "lower case",
    ),
    "2020 spelling": (
        policy(rules={"r": rule(lifecycle={"to_delete_after_days": leaf("3")})}),
        "wrong-dialect-member",
        "delete_after_days",
    ),
    "unknown": (policy(rules={"r": rule(retention=leaf("3"))}), "unknown-member", ""),
    "no operator": (policy(rules={"r": rule(start_backup_window_minutes="60")}), "wrong-value", "@@assign"),
    "append to a value": (
        policy(rules={"r": rule(start_backup_window_minutes={"@@append": ["60"]})}),
        "wrong-value",
        "@@assign",
    ),
    "no number": (policy(rules={"r": rule("a month")}), "wrong-value", ""),
    "operator at a container": (
        policy(rules={"@@assign": [], "r": rule()}),
        "unused-operator",
        "",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_documents(name: str, imported: Callable[..., Any]) -> None:
    """What is not of the grammar is said at its place, with what to write."""
    document, finding, help_ = WRONG[name]
    reading, _ = imported({"policy.json": document})
    found = next(one for one in reading.findings if one.name == finding)
    assert help_ in (found.help or "")
    assert found.span is not None
    assert found.span.line > 1


def test_placeholders(imported: Callable[..., Any]) -> None:
    """A generator's placeholder that nobody fills in is said; no retention and no selection is made up for it."""
    document = policy(
        rules={"r": rule("${Retention}", target_backup_vault_name=leaf("${AWS::Partition}-vault"))},
        selections=selection("${TagKey}"),
    )
    _, source = imported({"policy.json": document})
    assert (
        "# left out: `keep`; could not be decided: ${Retention} (the file does not say what `Retention` is)" in source
    )
    assert "keep=" not in source
    assert 'into="aws-vault"' in source
    assert "could not be decided: ${TagKey}" in source
    assert "Select(" not in source


def test_an_answer_of_the_cli(imported: Callable[..., Any]) -> None:
    """`describe-policy` wraps the policy as text in JSON; an effective policy has no operators: both are read."""
    bare, _ = imported({"a.json": policy()})
    answer = {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": json.dumps(policy())}}
    assert [one.body for one in imported({"a.json": answer})[0].found] == [one.body for one in bare.found]
    plain = evaluate([Level("ROOT", "root", (Attached("p", policy()),))]).document
    wrapped = {"EffectivePolicy": {"PolicyContent": json.dumps(plain)}}
    assert [one.body for one in imported({"a.json": wrapped})[0].found] == [one.body for one in bare.found]


def told(reading: Any, name: str) -> list[tuple[str, int]]:
    """The findings of a name: what is said, and in which line."""
    return [(one.message, one.span.line) for one in reading.findings if one.name == name]


# The Regions of a plan → the Regions of its policy, and what is said.
REGIONS: Mapping[str, tuple[Any, str, str]] = {
    "open": (leaf(["${Region}"]), "", "all of them here"),
    "partly open": (leaf(["${Region}", REGION]), f'regions=["{REGION}"]', "left out: Regions, ${Region}"),
    "empty": (leaf([]), "", "makes this plan nowhere; all of them here"),
}


@pytest.mark.parametrize("name", REGIONS)
def test_open_regions(name: str, imported: Callable[..., Any]) -> None:
    """Regions that are not known are left out where others are; where none is, the policy and a warning say so."""
    regions, written, said = REGIONS[name]
    reading, source = imported({"policy.json": policy(regions=regions)})
    ((message, line),) = told(reading, "approximated")
    assert said in message
    assert line == 4
    assert (written or "all of them here") in source


def test_placeholders_that_are_known_are_no_refusals(imported: Callable[..., Any]) -> None:
    """Organizations never sees the placeholders of its generator: what it refuses is judged without them."""
    role = leaf("arn:${AWS::Partition}:iam::$account:role/Backup")
    chosen = {"tags": {"gold": {**selection()["tags"]["gold"], "iam_role_arn": role}}}
    assert not imported({"policy.json": policy(selections=chosen)})[0].findings
    wrong = policy(selections=chosen, rules={"r": rule(schedule_expression=leaf("rate(1 day)"))})
    assert len(told(imported({"policy.json": wrong})[0], "refused-by-organizations")) == 1


def test_a_policy_that_organizations_would_refuse_now(tmp_path: Path) -> None:
    """It hangs there all the same, so that it is imported, and its refusal is told at its place."""
    old = policy(rules={"nightly": rule(schedule_expression=leaf("cron(0 3 ? * * 2019)"))})
    old["plans"]["daily"]["rules"]["nightly"]["retention"] = leaf("3")
    reading = dialects.read_all([tree(tmp_path, ((old, {"root": True}), (CHILD, {"units": ["Workloads"]})))])[0]
    assert [one.where.target for one in reading.found if one.kind == "plan"] == ["root()", 'ou("Workloads")']
    ((message, line),) = told(reading, "refused-by-organizations")
    assert "retention" in message
    assert line > 10


def test_a_policy_that_takes_no_effect(tmp_path: Path) -> None:
    """Where the merge is not valid, accounts keep what they had: the plans are written, and that is told."""
    policies = ((policy(), {"root": True}), (change(regions={"@@remove": [REGION]}), {"units": ["Sandbox"]}))
    assert before(policies)["100000000020"] is None
    reading = dialects.read_all([tree(tmp_path, policies)])[0]
    messages = [message for message, _ in told(reading, "refused-by-organizations")]
    assert len(messages) == 1
    assert messages[0].startswith("what Sandbox gets is not valid")


def test_trees_without_an_organization(tmp_path: Path) -> None:
    """What has to be written for each account is told where nobody knows the accounts; the file may be named."""
    policies = TREES["a Region is taken away"]
    folder = tree(tmp_path / "tree", policies, organization=False)
    reading = dialects.read_all([folder])[0]
    assert not reading.found
    assert [message for message, _ in told(reading, "left-out")]
    named = tmp_path / "elsewhere.json"
    named.write_text(json.dumps(ORGANIZATION))
    source = write(gather(dialects.read_all([folder], None, named)), ["tree"]).source
    assert after(source, tmp_path / "again") == before(policies)


def test_controls_without_a_counterpart(tmp_path: Path) -> None:
    """A control that is no frozen field is told in a comment, also in a tree; what has a counterpart is `final=`."""
    locked = {"rules": {**LOCKED, "nightly": rule(target_backup_vault_name=leaf("main", **LOCKED))}}
    source = write(dialects.read_all([tree(tmp_path, ((policy(**locked), {"root": True}),))])[0], ["tree"]).source
    assert "# the source limits what policies below may do at rules; Backstay freezes fields (`final=`) only" in source
    assert 'final=["plans.daily.rules.nightly.into"]' in source


@pytest.mark.parametrize("name", ["", "a\u0007b", "x" * 300])
def test_names_that_are_none(name: str, imported: Callable[..., Any]) -> None:
    """A name that no policy can have is an error at its place; the plans beside it are there."""
    reading, source = imported({"policy.json": {"plans": {"daily": policy()["plans"]["daily"], name: {}}}})
    assert len(told(reading, "wrong-value")) == 1
    assert source.count("Plan(") == 1


def test_conditions_of_a_backup_policy() -> None:
    """Each key and value of a condition has its own place, under the names that AWS's requests have."""
    text = """\
{"plans": {"p": {"regions": {"@@assign": ["eu-west-1"]}, "rules": {"r": {
 "target_backup_vault_name": {"@@assign": "acme"}}}, "selections": {"resources": {"s": {
 "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/b"}, "resource_types": {"@@assign": ["*"]},
 "conditions": {"string_not_like": {"x": {
  "condition_key": {"@@assign": "aws:ResourceTag/a"},
  "condition_value": {"@@assign": "b*"}}, "y": {
  "condition_key": {"@@assign": "aws:ResourceTag/c"},
  "condition_value": {"@@assign": "d*"}}}}}}}}}}
"""
    reading = organizations.read("p.json", text.encode())
    (selection,) = [one for one in reading.found if one.kind == "selection"]
    at = "/BackupSelection/Conditions/StringNotLike"
    lines = {name.removeprefix(at): place.line for name, place in selection.places.items() if name.startswith(at)}
    assert lines == {"/0/ConditionKey": 5, "/0/ConditionValue": 6, "/1/ConditionKey": 7, "/1/ConditionValue": 8}
