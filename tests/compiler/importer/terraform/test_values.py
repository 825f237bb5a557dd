"""Terraform's expressions and functions, each on one argument of a resource."""

from __future__ import annotations

from typing import Any

import pytest

from backstay.importer import terraform
from backstay.importer.found import Unknown

CONFIGURATION = """
variable "open" { type = string }
variable "name" { default = "gold" }
variable "days" {
  type    = string
  default = 35
}
variable "rules" {
  type = list(object({
    name = string
    keep = optional(number, 7)
    cold = optional(number)
  }))
  default = [{ name = "daily" }]
}
locals {
  places = ["eu-west-1", "eu-central-1"]
  tags   = { team = "storage", env = "prod" }
  nested = { a = { b = [1, 2, { c = "deep" }] } }
}
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "all" {}
resource "aws_backup_vault" "one" { name = "${var.name}-vault" }
resource "aws_backup_vault" "many" {
  for_each = toset(["a", "b"])
  name     = "vault-${each.key}"
}
resource "aws_backup_vault" "counted" {
  count = 2
  name  = "vault-${count.index}"
}
resource "aws_iam_role" "role" {
  name = "Backups"
  path = "/ops/"
}
resource "aws_kms_key" "key" {}
resource "aws_kms_alias" "alias" {
  name          = "alias/backup"
  target_key_id = aws_kms_key.key.key_id
}
resource "aws_sns_topic" "topic" { name = "alarms" }
resource "aws_backup_vault" "tested" {
  name        = "tested"
  kms_key_arn = VALUE
}
"""

KNOWN = [
    ("var.name", "gold"),
    ("var.days", "35"),
    ('"${var.name}-${1 + 2 * 3}-$${x}"', "gold-7-${x}"),
    ('"a\\tb\\u00e9"', "a\tbé"),
    ('"%{ if var.name == "gold" }yes%{ else }no%{ endif }"', "yes"),
    ('"%{ for p in local.places ~} [${p}] %{~ endfor }"', "[eu-west-1][eu-central-1]"),
    ("<<-EOT\n    a ${var.name}\n      b\n  EOT\n", "a gold\n  b\n"),
    ("local.nested.a.b[2].c", "deep"),
    ('local.nested["a"]["b"][2]["c"]', "deep"),
    ("var.rules[0].keep", "7"),
    ("var.rules[0].cold == null ? 1 : 2", "1"),
    ('var.name != "gold" || !(1 >= 2) ? "a" : "b"', "a"),
    ("7 % 4 - -1", "4"),
    ('join(",", [for p in local.places : upper(p) if p != "eu-west-1"])', "EU-CENTRAL-1"),
    ('join(",", [for k, v in local.tags : "${k}=${v}"])', "env=prod,team=storage"),
    ('jsonencode({ for k, v in local.tags : v => k... })', '{"prod":["env"],"storage":["team"]}'),
    ('join(",", local.nested.a.b[*].c...)', None),
    ('join("-", aws_backup_vault.counted[*].name)', "vault-0-vault-1"),
    ('join("-", [for v in aws_backup_vault.many : v.name])', "vault-a-vault-b"),
    ('aws_backup_vault.many["b"].name', "vault-b"),
    ("aws_backup_vault.counted[1].id", "vault-1"),
    ("aws_backup_vault.one.arn", "arn:aws:backup:$region:$account:backup-vault:gold-vault"),
    ("aws_iam_role.role.arn", "arn:aws:iam::$account:role/ops/Backups"),
    ("aws_kms_key.key.arn", "arn:aws:kms:$region:$account:alias/backup"),
    ("aws_sns_topic.topic.arn", "arn:aws:sns:$region:$account:alarms"),
    ('"arn:${data.aws_partition.all.partition}:iam::${data.aws_caller_identity.me.account_id}:root"',
     "arn:aws:iam::$account:root"),
    ('"literal $account"', "literal $account"),
    ('lookup(local.tags, "nope", "other")', "other"),
    ('try(local.tags.nope, var.rules[9], "last")', "last"),
    ('can(local.tags.nope) ? "a" : "b"', "b"),
    ('coalesce(null, "", "x")', "x"),
    ('merge(local.tags, { env = "test" }).env', "test"),
    ('concat(local.places, ["x"])[2]', "x"),
    ('tolist(toset(["b", "a", "b"]))[0]', "a"),
    ('element(local.places, 3)', "eu-central-1"),
    ("keys(local.tags)[0]", "env"),
    ("values(local.tags)[0]", "prod"),
    ("length(flatten([[1], [2, [3]]]))", "3"),
    ('contains(local.places, "eu-west-1") ? "a" : "b"', "a"),
    ('zipmap(["a"], ["b"]).a', "b"),
    ('one(["x"])', "x"),
    ('distinct(["x", "x", "y"])[1]', "y"),
    ("sum([1, 2.5])", "3.5"),
    ("range(1, 7, 2)[2]", "5"),
    ('compact(["", "x"])[0]', "x"),
    ('slice(local.places, 1, 2)[0]', "eu-central-1"),
    ('index(local.places, "eu-central-1")', "1"),
    ('format("%s-%03d-%.1f-%q%%", "a", 7, 1.25, "b")', 'a-007-1.2-"b"%'),
    ('replace("a-b", "-", "_")', "a_b"),
    ('split(",", "a,b")[1]', "b"),
    ('lower(title(trimspace(" A b ")))', "a b"),
    ('substr("hello", 1, 3)', "ell"),
    ('trimsuffix(trimprefix("abc", "a"), "c")', "b"),
    ('jsondecode("{\\"a\\":[1]}").a[0]', "1"),
    ('base64decode(base64encode("x"))', "x"),
    ('max(1, 3, 2)', "3"),
    ('tostring(tonumber("12"))', "12"),
    ('startswith("abc", "ab") && endswith("abc", "bc") ? "a" : "b"', "a"),
]  # fmt: skip

OPEN = [
    ("var.open", "var.open", "open"),
    ('"${var.open}-vault"', "${var.open}-vault", "open_vault"),
    ("var.open.a.b", "var.open.a.b", "open_a_b"),
    ("lower(var.open)", "lower(var.open)", "open"),
    ('var.open == "x" ? "a" : "b"', 'var.open == "x" ? "a" : "b"', "open_x_a_b"),
    ("var.open != null ? var.open : null", "var.open != null ? var.open : null", "open"),
    ("var.elsewhere", "var.elsewhere", "elsewhere"),
    ("aws_ebs_volume.x.arn", "aws_ebs_volume.x.arn", "x_arn"),
    ("module.other.arn", "module.other.arn", "other_arn"),
    ("terraform.workspace", "terraform.workspace", "workspace"),
    ('regex("a+", "aa")', 'regex("a+", "aa")', "regex_a_aa"),
    ("aws_backup_vault.one.recovery_points", "aws_backup_vault.one.recovery_points",
     "aws_backup_vault_one_recovery_points"),
    ("upper(data.aws_region.here.name)", 'upper("$region")', "value"),
]  # fmt: skip


def value(text: str) -> Any:
    """What a value comes to, as the key of a vault."""
    reading = terraform.read("main.tf", CONFIGURATION.replace("VALUE", text).encode())
    assert [one for one in reading.findings if one.severity == "error"] == []
    return next(one.body.get("EncryptionKeyArn") for one in reading.found if one.name == "tested")


@pytest.mark.parametrize(("text", "wanted"), KNOWN, ids=[text for text, _ in KNOWN])
def test_what_can_be_worked_out_is(text: str, wanted: str | None) -> None:
    """An expression of known values is its result; one that Terraform refuses (None) is told and stays open."""
    found = value(text)
    assert isinstance(found, Unknown) if wanted is None else found == wanted


@pytest.mark.parametrize(("text", "expression", "name"), OPEN, ids=[text for text, _, _ in OPEN])
def test_what_only_terraform_knows_stays_open(text: str, expression: str, name: str) -> None:
    """An undecided value says what the source has, why it is open, and has a readable name."""
    found = value(text)
    assert isinstance(found, Unknown)
    assert (found.expression, found.name) == (expression, name)
    assert found.why


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("local.tags.nope", "there is no attribute `nope`"),
        ("local.places[7]", "the list has no item 7"),
        ('aws_backup_vault.many["z"].name', "`aws_backup_vault.many` has no instance 'z'"),
        ("1 / 0", "division by zero"),
        ('format("%d", "x")', "a number should stand here"),
    ],
)
def test_what_terraform_refuses_is_told_at_its_place(text: str, message: str) -> None:
    """An expression that fails is told with its reason, and its value left open."""
    source = CONFIGURATION.replace("VALUE", text)
    line = next(number for number, one in enumerate(source.split("\n"), 1) if text in one)
    (finding,) = terraform.read("main.tf", source.encode()).findings
    assert message in finding.message
    assert finding.span is not None
    assert finding.span.line == line


def test_equal_names_of_different_values_are_told_apart() -> None:
    """Two undecided values with one name get two; the same value keeps one."""
    source = (
        'resource "aws_backup_vault" "v" {\n  name = var.a.b\n  kms_key_arn = var.a_b\n  tags = { x = var.a_b }\n}\n'
    )
    reading = terraform.read("main.tf", source.encode())
    assert [(one.expression, one.name) for one in reading.params] == [("var.a.b", "a_b"), ("var.a_b", "a_b_2")]
