"""Configurations: repetition, folders, modules, both spellings, and files that have nothing to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backstay.importer import terraform
from backstay.importer.found import Found, Reading, Unknown

EXAMPLES = Path(__file__).parent / "examples"


def read(text: str) -> Reading:
    """The reading of one file."""
    return terraform.read("main.tf", text.encode())


def bodies(reading: Reading, kind: str) -> list[Any]:
    """The bodies of a kind."""
    return [found.body for found in reading.found if found.kind == kind]


def names(reading: Reading) -> list[Any]:
    """What the vaults that were found are called."""
    return [one.body["BackupVaultName"] for one in reading.found if one.kind == "vault"]


EXPANDED = [
    ('count = 2\n name = "v${count.index}"', ["v0", "v1"]),
    ('count = 0\n name = "v"', []),
    ('for_each = { b = 2, a = 1 }\n name = "${each.key}${each.value}"', ["a1", "b2"]),
    ('for_each = toset(["y", "x"])\n name = each.value', ["x", "y"]),
    ('count = var.open ? 1 : 0\n name = "once"', ["once"]),
    ("for_each = var.open ? { a = 1 } : {}\n name = each.key", ["a"]),
]


@pytest.mark.parametrize(("text", "wanted"), EXPANDED, ids=[text for text, _ in EXPANDED])
def test_repetition_is_unfolded_over_what_is_known(text: str, wanted: list[str]) -> None:
    """Every instance is found; what is repeated over something unknown is found once."""
    assert names(read(f'resource "aws_backup_vault" "v" {{\n {text}\n}}\n')) == wanted


def test_repetition_over_the_unknown_is_noted() -> None:
    """Who reads the policy learns that it was kept once, and why; the key is open."""
    (found,) = read('resource "aws_backup_vault" "v" {\n for_each = var.open\n name = each.value.name\n}\n').found
    assert found.notes == ("kept once, since its `for_each` is over `var.open`: its declaration is not here",)
    assert found.body["BackupVaultName"] == Unknown("var.open[*].name", "its declaration is not here", "open_name")


def test_dynamic_blocks_are_unfolded() -> None:
    """Blocks made of a list are there once for each, with their own nested blocks and iterators."""
    text = """
locals { rules = [{ name = "a", keep = 1, copies = ["x", "y"] }, { name = "b", keep = null, copies = [] }] }
resource "aws_backup_plan" "p" {
  name = "p"
  dynamic "rule" {
    for_each = local.rules
    iterator = each_rule
    content {
      rule_name         = each_rule.value.name
      target_vault_name = "v${each_rule.key}"
      dynamic "lifecycle" {
        for_each = each_rule.value.keep == null ? [] : [each_rule.value.keep]
        content { delete_after = lifecycle.value }
      }
      dynamic "copy_action" {
        for_each = each_rule.value.copies
        content { destination_vault_arn = copy_action.value }
      }
    }
  }
}
"""
    ((plan),) = bodies(read(text), "plan")
    copies = [{"DestinationBackupVaultArn": "x"}, {"DestinationBackupVaultArn": "y"}]
    windows = {"StartWindowMinutes": 60, "CompletionWindowMinutes": 180}
    assert plan["BackupPlan"]["Rules"] == [
        {
            "RuleName": "a",
            "TargetBackupVaultName": "v0",
            "Lifecycle": {"DeleteAfterDays": 1},
            "CopyActions": copies,
            **windows,
        },
        {"RuleName": "b", "TargetBackupVaultName": "v1", **windows},
    ]


def test_a_folder_is_one_configuration_with_its_modules() -> None:
    """Files of a folder belong together, `.auto.tfvars` give values, modules inside the folder are entered."""
    reading = terraform.read_folder(EXAMPLES / "folder")
    assert [(one.kind, one.name) for one in reading.found] == [
        ("vault", "central"),
        ("vault", "shop-eu-central-1"),
        ("lock", "shop-eu-central-1"),
        ("vault", "shop-eu-west-1"),
        ("lock", "shop-eu-west-1"),
    ]
    assert [(one.name, one.severity) for one in reading.findings] == [("source-not-entered", "advice")] * 2
    central, shop = (found(reading, name) for name in ("central", "shop-eu-west-1"))
    assert central.body["BackupVaultTags"] == {"copies": "shop-eu-central-1,shop-eu-west-1"}
    assert shop.notes[0] == "in the module `module.vaults`"


def found(reading: Reading, name: str) -> Found:
    """The vault of a name."""
    return next(one for one in reading.found if one.name == name)


def test_json_is_the_same_configuration() -> None:
    """`.tf.json` is read like Terraform's own language, templates and dynamic blocks included."""
    data = b"""{"variable": {"keep": {"type": "number", "default": 7}},
 "resource": {"aws_backup_plan": {"p": {"name": "${lower(\\"P\\")}", "provider": "aws.x",
  "dynamic": {"rule": {"for_each": ["a"], "content": {"rule_name": "${rule.value}", "target_vault_name": "v",
   "lifecycle": {"delete_after": "${var.keep}"}}}}}}}}"""
    reading = terraform.read("main.tf.json", data)
    (plan,) = bodies(reading, "plan")
    windows = {"StartWindowMinutes": 60, "CompletionWindowMinutes": 180}
    rule = {"RuleName": "a", "TargetBackupVaultName": "v", "Lifecycle": {"DeleteAfterDays": 7}, **windows}
    assert plan == {"BackupPlan": {"BackupPlanName": "p", "Rules": [rule]}}
    assert reading.found[0].places["/BackupPlan/BackupPlanName"].line == 2


EMPTY = [
    ('module "m" {\n source = "terraform-aws-modules/x/aws"\n}\n', "it calls the module `m`"),
    ('variable "x" {}\n', "variables only"),
    ('resource "aws_s3_bucket" "b" {}\n', "this declares no resource of AWS Backup itself"),
]


@pytest.mark.parametrize(("text", "said"), EMPTY)
def test_a_file_without_backups_says_what_it_has_instead(text: str, said: str) -> None:
    """Nothing is imported silently: the finding says what the file does."""
    finding = next(one for one in read(text).findings if one.name == "nothing-to-import")
    assert said in finding.message
    assert finding.severity == "advice"


@pytest.mark.parametrize(
    ("path", "wanted"), [("a.tf", True), ("a.tf.json", True), ("a.tfvars", True), ("a.json", False)]
)
def test_files_are_recognised_by_their_names(path: str, wanted: bool) -> None:
    """Terraform itself goes by the suffix."""
    assert terraform.recognises(path, b"") is wanted


def test_folders_are_recognised_by_what_is_in_them(tmp_path: Path) -> None:
    """A folder with a configuration somewhere below is one; an empty one is none."""
    assert not terraform.recognises_folder(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "main.tf").write_text('resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
    assert terraform.recognises_folder(tmp_path)
    assert names(terraform.read_folder(tmp_path)) == ["v"]
