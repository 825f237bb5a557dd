"""What stands in no file: what the provider makes of zero and of nothing, and what only a default leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backstay.importer import terraform
from backstay.importer.found import Reading
from backstay.importer.gather import gather
from backstay.importer.write.source import write


def read(text: str) -> Reading:
    """The reading of one file."""
    return terraform.read("main.tf", text.encode())


def bodies(reading: Reading, kind: str) -> list[Any]:
    """The bodies of a kind."""
    return [found.body for found in reading.found if found.kind == kind]


ZERO = """
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "vault"
    completion_window = 600
    lifecycle {
      cold_storage_after = 0
      delete_after       = 0
    }
    copy_action {
      destination_vault_arn = "arn:aws:backup:eu-west-1:123456789012:backup-vault:dr"
      lifecycle {
        cold_storage_after = 0
        delete_after       = 90
      }
    }
  }
}
"""


def test_what_the_provider_makes_of_zero_and_of_nothing() -> None:
    """Days of 0 are as if not said; windows that are not said are the provider's, which are not AWS's own."""
    reading = read(ZERO)
    ((plan),) = bodies(reading, "plan")
    (rule,) = plan["BackupPlan"]["Rules"]
    assert rule["Lifecycle"] == {}
    assert [one["Lifecycle"] for one in rule["CopyActions"]] == [{"DeleteAfterDays": 90}]
    assert (rule["StartWindowMinutes"], rule["CompletionWindowMinutes"]) == (60, 600)
    assert not [at for at in reading.found[0].places if at.endswith("/MoveToColdStorageAfterDays")]
    source = write(gather([reading]), ["main.tf"]).source
    assert "days(0)" not in source
    assert "start_within=hours(1), complete_within=hours(10)" in " ".join(source.split())


OFF = """
variable "on" { default = false }
variable "names" { default = {} }
locals { many = var.on ? 1 : 0 }
resource "aws_backup_vault" "counted" {
  count = local.many
  name  = "counted"
}
resource "aws_backup_vault" "named" {
  for_each = var.names
  name     = each.value
}
resource "aws_backup_vault" "never" {
  count = 0
  name  = "never"
}
resource "aws_backup_vault" "there" { name = "there" }
resource "aws_iam_role" "r" { name = "runner" }
resource "aws_backup_selection" "s" {
  count        = local.many
  name         = "s"
  plan_id      = aws_backup_plan.none[0].id
  iam_role_arn = aws_iam_role.r.arn
  resources    = ["*"]
}
"""


def test_what_only_a_default_leaves_out() -> None:
    """It is read as what may be there; what is never there is not; the import leaves out both, and says so.

    What only such a thing refers to is left out with it, and nothing is said of what is not known of it.
    """
    reading = read(OFF)
    assert [(one.kind, one.off, one.maybe is not None) for one in reading.found] == [
        ("vault", True, True),
        ("vault", True, True),
        ("vault", False, False),
        ("selection", True, True),
    ]
    gathered = gather([reading])
    assert [one.name for one in gathered.found] == ["there"]
    assert [one.name for one in gathered.findings] == ["not-imported"] * 4


def test_what_somebody_gives_is_no_default() -> None:
    """A value of a `.tfvars` file decides: what it leaves out is not there."""
    files = {"main.tf": OFF.encode(), "terraform.tfvars": b'on = false\nnames = { a = "vault-a" }\n'}
    found = terraform.read_files(files).found
    assert [(one.body["BackupVaultName"], one.off) for one in found] == [("vault-a", False), ("there", False)]


def test_a_module_that_only_a_default_leaves_out(tmp_path: Path) -> None:
    """What it declares may be there, with what it is called with; the import leaves it out."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "main.tf").write_text(
        'variable "name" {}\nresource "aws_backup_vault" "v" { name = var.name }\noutput "name" { value = "x" }\n'
    )
    (tmp_path / "main.tf").write_text(
        'variable "on" { default = false }\n'
        'module "m" {\n  source = "./below"\n  count  = var.on ? 1 : 0\n  name   = "vault"\n}\n'
        'resource "aws_backup_vault" "there" { name = "there-${length(module.m)}" }\n'
    )
    reading = terraform.read_folder(tmp_path)
    found = sorted((one.body["BackupVaultName"], one.off) for one in reading.found)
    assert found == [("there-0", False), ("vault", True)]
    assert [one.name for one in gather([reading]).found] == ["there-0"]
