"""What a plan looks like in a backup policy: the whole grammar, once, and each form of a selection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from backstay import ir
from backstay.emit import organizations
from backstay_aws.lifecycle import Lifecycle

ONE = {"100000000001": ""}
HERE = ("100000000001", "eu-west-1")


def document(making: Any, *plans: ir.Plan, partition: str = "aws", region: str = "eu-west-1") -> Any:
    """The plans of the one policy that is emitted."""
    made = replace(making.model(ONE, {("100000000001", region): plans}), partition=partition)
    files = dict(organizations.emit(made))
    (text,) = [body for path, body in files.items() if "/policies/" in path]
    return json.loads(text)["plans"]


def plain(node: Any) -> Any:
    """A document with `@@assign` left out, to be read more easily; each leaf must assign, and nothing else."""
    if isinstance(node, dict):
        return (
            plain(node["@@assign"]) if set(node) == {"@@assign"} else {key: plain(value) for key, value in node.items()}
        )
    return node


def test_the_whole_grammar(making: Any) -> None:
    """Everything that a plan can say, in the words of a backup policy; values are text, names in lower case."""
    own = ir.VaultRef("$account", "eu-west-1", "Gap", "arn:aws:backup:eu-west-1:$account:backup-vault:Gap")
    dr = making.copy_to("Dr", "eu-central-1")
    central = replace(making.copy_to("central", "eu-west-1", "100000000002"), lifecycle=Lifecycle(30, 365, True))
    monthly = making.rule(
        "Monthly",
        schedule="cron(0 5 1 * ? *)",
        start_window=60,
        completion_window=120,
        lifecycle=Lifecycle(90, 365, True),
        copies=(dr, central),
        tags=(("Team", "ops"),),
        air_gapped=own,
        index=("EBS", "S3"),
        scan="FULL_SCAN",
    )
    often = making.rule("often", continuous=True, lifecycle=Lifecycle(None, 35))
    gold = making.plan(
        "Gold",
        [monthly, often],
        tags=(("Cost/Center", "42"),),
        advanced=(
            ("EC2", (("WindowsVSS", "enabled"),)),
            ("S3", (("BackupACLs", "disabled"), ("BackupObjectTags", "enabled"))),
        ),
        scan=ir.Scan(("EBS", "S3"), "arn:aws:iam::$account:role/scan", ir.Where(None)),
    )
    copied = "arn:aws:backup:eu-central-1:$account:backup-vault:Dr"
    away = "arn:aws:backup:eu-west-1:100000000002:backup-vault:central"
    archived = {"delete_after_days": "365", "opt_in_to_archive_for_supported_resources": "true"}
    assert plain(document(making, gold)) == {
        "gold": {
            "regions": ["eu-west-1"],
            "rules": {
                "monthly": {
                    "schedule_expression": "cron(0 5 1 * ? *)",
                    "target_backup_vault_name": "main",
                    "target_logically_air_gapped_backup_vault_arn": "arn:aws:backup:$region:$account:backup-vault:Gap",
                    "start_backup_window_minutes": "60",
                    "complete_backup_window_minutes": "120",
                    "lifecycle": {"move_to_cold_storage_after_days": "90", **archived},
                    "copy_actions": {
                        copied: {"target_backup_vault_arn": copied, "lifecycle": {"delete_after_days": "35"}},
                        away: {
                            "target_backup_vault_arn": away,
                            "lifecycle": {"move_to_cold_storage_after_days": "30", **archived},
                        },
                    },
                    "recovery_point_tags": {"team": {"tag_key": "Team", "tag_value": "ops"}},
                    "index_actions": {"resource_types": ["EBS", "S3"]},
                    "scan_actions": {"GUARDDUTY": {"scan_mode": "FULL_SCAN"}},
                },
                "often": {
                    "schedule_expression": "cron(0 5 ? * * *)",
                    "target_backup_vault_name": "main",
                    "start_backup_window_minutes": "480",
                    "complete_backup_window_minutes": "10080",
                    "enable_continuous_backup": "true",
                    "lifecycle": {"delete_after_days": "35"},
                },
            },
            "selections": {"resources": {"all": {"iam_role_arn": making.role, "resource_types": ["*"]}}},
            "advanced_backup_settings": {
                "ec2": {"windows_vss": "enabled"},
                "s3": {"backup_acls": "disabled", "backup_object_tags": "enabled"},
            },
            "backup_plan_tags": {"cost/center": {"tag_key": "Cost/Center", "tag_value": "42"}},
            "scan_settings": {
                "GUARDDUTY": {"resource_types": ["EBS", "S3"], "scanner_role_arn": "arn:aws:iam::$account:role/scan"}
            },
        }
    }


TYPES = ("arn:aws:ec2:*:*:volume/*", "arn:aws:s3:::*")
CONDITION = {"c1": {"condition_key": "aws:ResourceTag/Env", "condition_value": "prod"}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"list_of_tags": (("Env", "prod"), ("Env", "test"))},
            {"tags": {"web": {"tag_key": "Env", "tag_value": ["prod", "test"]}}},
        ),
        (
            {"list_of_tags": (("Env", "prod"), ("Tier", "a"), ("Env", "test"))},
            {
                "tags": {
                    "web": {"tag_key": "Env", "tag_value": ["prod", "test"]},
                    "web.2": {"tag_key": "Tier", "tag_value": ["a"]},
                }
            },
        ),
        (
            {"resources": TYPES, "not_resources": ("arn:aws:s3:::*",), "string_like": (("Env", "prod"),)},
            {
                "resources": {
                    "web": {
                        "resource_types": list(TYPES),
                        "not_resource_types": ["arn:aws:s3:::*"],
                        "conditions": {"string_like": CONDITION},
                    }
                }
            },
        ),
        (
            {"resources": TYPES[:1], "list_of_tags": (("Tier", "a"),), "string_not_equals": (("Env", "prod"),)},
            {
                "resources": {
                    "web": {"resource_types": [TYPES[0]], "conditions": {"string_not_equals": CONDITION}},
                },
                "tags": {
                    "web.2": {
                        "tag_key": "Tier",
                        "tag_value": ["a"],
                        "conditions": {"string_not_equals": CONDITION},
                    },
                },
            },
        ),
    ],
    ids=["one tag", "several tags", "types and conditions", "types or a tag, with a condition"],
)
def test_forms_of_selections(said: Mapping[str, Any], expected: Any, making: Any) -> None:
    """One AWS selection becomes one by types, and one for each key of its tags; conditions hold in all of them."""
    found = document(making, making.plan(chosen=[making.selection("Web", **said)]))["gold"]["selections"]
    for groups in expected.values():
        for group in groups.values():
            group["iam_role_arn"] = making.role
    assert plain(found) == expected


def test_other_partitions(making: Any) -> None:
    """ARNs are those of the organization's partition."""
    role = "arn:aws-us-gov:iam::$account:role/backup"
    chosen = making.selection("all", role, resources=("arn:aws-us-gov:ec2:*:*:volume/*",))
    region = "us-gov-west-1"
    gap = f"arn:aws-us-gov:backup:{region}:$account:backup-vault:gap"
    rule = making.rule(air_gapped=ir.VaultRef("$account", region, "gap", gap))
    found = plain(document(making, making.plan(rules=[rule], chosen=[chosen]), partition="aws-us-gov", region=region))
    assert found["gold"]["regions"] == [region]
    assert found["gold"]["rules"]["daily"]["target_logically_air_gapped_backup_vault_arn"] == (
        "arn:aws-us-gov:backup:$region:$account:backup-vault:gap"
    )


def test_characters_are_counted_not_bytes(making: Any) -> None:
    """Text beyond ASCII stands as it is: one character, not six."""
    made = making.model(ONE, {HERE: [making.plan(tags=(("Ort", "Zürich"),))]})
    files = dict(organizations.emit(made))
    (one,) = json.loads(files["organizations/attachments.json"])["policies"]
    text = files[f"organizations/{one['document']}"].decode()
    assert "Zürich" in text
    assert one["characters"] == len(text)


def test_the_policy_says_whose_it_is(making: Any) -> None:
    """Policies carry the agent's mark of ownership, and a description that a person understands."""
    files = dict(organizations.emit(making.model(ONE, {HERE: [making.plan("Gold")]})))
    attached = json.loads(files["organizations/attachments.json"])
    (one,) = attached["policies"]
    assert one["tags"] == {"backstay:owner": "o-acme0001"}
    assert one["name"] == "backstay-gold-root"
    assert one["description"] == "Backstay: gold; for the root"
    assert attached["limits"] == {"attachments": 10, "characters": 10000, "policies": 1000}
