"""Backup policies of Organizations: read, compiled, and written again, accounts end up with the same."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from backstay import pipeline
from backstay.emit import organizations
from backstay.importer import dialects
from backstay.importer.gather import gather
from backstay.importer.write.source import write
from backstay_aws.effective import Attached, Effective, Invalid, Level, evaluate

ACCOUNT, REGION = "100000000010", "eu-central-1"
LOCKED = {"@@operators_allowed_for_child_policies": ["@@none"]}


def leaf(value: Any, **more: Any) -> dict[str, Any]:
    """A value with its operator."""
    return {"@@assign": value, **more}


def rule(keep: str = "35", **more: Any) -> dict[str, Any]:
    """A rule of a policy."""
    return {
        "schedule_expression": leaf("cron(0 3 ? * * *)"),
        "target_backup_vault_name": leaf("main"),
        "lifecycle": {"delete_after_days": leaf(keep)},
        **more,
    }


def selection(key: str = "backup", *values: str) -> dict[str, Any]:
    """A selection by tag."""
    return {
        "tags": {
            "gold": {
                "iam_role_arn": leaf("arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"),
                "tag_key": leaf(key),
                "tag_value": leaf(list(values) or ["gold"]),
            }
        }
    }


def policy(**plan: Any) -> dict[str, Any]:
    """A policy with one plan, `daily`."""
    whole = {"regions": leaf([REGION]), "rules": {"nightly": rule()}, "selections": selection(), **plan}
    return {"plans": {"daily": whole}}


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

# What Organizations does not ask for and AWS Backup takes → what the compiler writes.
RULE_DEFAULTS = {
    "schedule_expression": "cron(0 5 ? * * *)",
    "start_backup_window_minutes": "480",
    "complete_backup_window_minutes": "10080",
}


def effective(levels: list[Level]) -> dict[str, Any]:
    """The effective plans with AWS's defaults written out; conditions by what they say, not by their labels."""
    answer = evaluate(levels)
    assert isinstance(answer, Effective | Invalid), answer
    plans: dict[str, Any] = json.loads(json.dumps(answer.document.get("plans", {})))
    for plan in plans.values():
        plan["regions"] = sorted(plan["regions"])
        plan["rules"] = {
            name: {
                **RULE_DEFAULTS,
                **{k: v for k, v in said.items() if (k, v) != ("enable_continuous_backup", "false")},
            }
            for name, said in plan["rules"].items()
        }
        for chosen in plan["selections"].get("resources", {}).values():
            chosen["conditions"] = {
                operator: sorted((one["condition_key"], one["condition_value"]) for one in listed.values())
                for operator, listed in chosen.get("conditions", {}).items()
            }
    return plans


def emitted(source: str, folder: Path, organization: Mapping[str, Any], account: str, unit: str) -> dict[str, Any]:
    """The effective plans of an account after what the Organizations target writes for the source."""
    folder.mkdir(exist_ok=True)
    (folder / "policy.py").write_text(source)
    (folder / "org.json").write_text(json.dumps(organization))
    checked = pipeline.check([folder / "policy.py"], folder / "org.json", now=datetime.date(2026, 11, 1))
    assert checked.model is not None, checked.findings
    files = dict(organizations.emit(checked.model))
    listed = json.loads(files["organizations/attachments.json"])["policies"]
    parts = unit.split("/")
    units = ["/".join(parts[: n + 1]) for n in range(len(parts))]

    def attached(which: Callable[[Mapping[str, Any]], bool]) -> tuple[Attached, ...]:
        return tuple(
            Attached(one["name"], text=files[f"organizations/{one['document']}"].decode())
            for one in listed
            if which(one["targets"])
        )

    levels = [Level("ROOT", "root", attached(lambda targets: targets["root"]))]
    levels += [Level("OU", name, attached(lambda targets, name=name: name in targets["units"])) for name in units]
    levels.append(Level("ACCOUNT", account, attached(lambda targets: account in targets["accounts"])))
    return effective(levels)


ORGANIZATION = {
    "id": "o-acme0001",
    "management_account": "100000000001",
    "regions": [REGION, "us-east-1"],
    "root": {
        "accounts": [{"id": "100000000001", "name": "management"}],
        "units": [
            {
                "name": "Workloads",
                "accounts": [{"id": "100000000003", "name": "shared"}],
                "units": [
                    {
                        "name": "Prod",
                        "accounts": [{"id": ACCOUNT, "name": "payments"}, {"id": "100000000011", "name": "orders"}],
                    }
                ],
            },
            {"name": "Sandbox", "accounts": [{"id": "100000000020", "name": "sand"}]},
        ],
    },
}
UNITS = {
    ACCOUNT: "Workloads/Prod",
    "100000000011": "Workloads/Prod",
    "100000000003": "Workloads",
    "100000000020": "Sandbox",
}


@pytest.mark.parametrize("name", POLICIES)
def test_one_policy_comes_back(name: str, imported: Callable[..., Any], tmp_path: Path) -> None:
    """A policy that is read, compiled and written as backup policies again gives accounts the same plans."""
    reading, source = imported({"policy.json": POLICIES[name]})
    assert not reading.findings
    wanted = effective([Level("ROOT", "root", (Attached("p", POLICIES[name]),))])
    assert emitted(source, tmp_path / "again", ORGANIZATION, ACCOUNT, "Workloads/Prod") == wanted


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
TREES: Mapping[str, tuple[tuple[dict[str, Any], dict[str, Any]], ...]] = {
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


def tree(folder: Path, policies: tuple[tuple[dict[str, Any], dict[str, Any]], ...]) -> Path:
    """A folder as `backstay org pull --policies` leaves it."""
    (folder / "policies").mkdir(parents=True)
    (folder / "org.json").write_text(json.dumps(ORGANIZATION))
    listed = []
    for number, (document, targets) in enumerate(policies):
        (folder / f"policies/p{number}.json").write_text(json.dumps(document, indent=1))
        listed.append({"name": f"p{number}", "document": f"policies/p{number}.json", "targets": targets})
    (folder / "attachments.json").write_text(json.dumps({"format": 1, "policies": listed}))
    return folder


def at(policies: Any, account: str) -> list[Level]:
    """The levels above an account, with what is attached there."""
    parts = UNITS[account].split("/")
    nodes: list[tuple[Any, str]] = [("ROOT", "root"), *(("OU", "/".join(parts[: n + 1])) for n in range(len(parts)))]
    nodes.append(("ACCOUNT", account))
    return [
        Level(
            kind, name, tuple(Attached(f"p{n}", one) for n, (one, targets) in enumerate(policies) if _on(targets, name))
        )
        for kind, name in nodes
    ]


def _on(targets: Mapping[str, Any], name: str) -> bool:
    return (
        bool(targets.get("root"))
        if name == "root"
        else name in (*targets.get("units", ()), *targets.get("accounts", ()))
    )


@pytest.mark.parametrize("name", TREES)
def test_a_tree_comes_back(name: str, tmp_path: Path) -> None:
    """Whatever is attached at which level, every account ends up with the same plans as before."""
    folder = tree(tmp_path / "tree", TREES[name])
    reading = gather(dialects.read_all([folder]))
    assert not [finding for finding in reading.findings if finding.severity == "error"]
    source = write(reading, ["tree"]).source
    for account, unit in UNITS.items():
        wanted = effective(at(TREES[name], account))
        assert emitted(source, tmp_path / f"again-{account}", ORGANIZATION, account, unit) == wanted, source


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
