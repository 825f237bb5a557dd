"""Configurations that are broken or meant to harm: findings, in short time, never an exception."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from backstay.importer import terraform


def vault(value: str) -> str:
    """A vault with a name."""
    return f'resource "aws_backup_vault" "v" {{\n  name = {value}\n}}\n'


def doubled(first: str, form: str) -> str:
    """Locals each of which holds the one before it twice."""
    rows = "".join(f"  l{n + 1} = {form.format(f'local.l{n}')}\n" for n in range(50))
    return f"locals {{\n  l0 = {first}\n{rows}}}\n"


LISTS = doubled('["x"]', "[{0}, {0}]")
TEXTS = doubled('"xxxxxxxxxx"', '"${{{0}}}${{{0}}}"')

CASES = {
    "locals": ("locals {\n  a = local.b\n  b = local.a\n}\n" + vault("local.a"), "circular-reference"),
    "itself": (vault("aws_backup_vault.v.name"), "circular-reference"),
    "provider": ('provider "aws" {\n  region = aws_backup_vault.v.arn\n}\n' + vault('"x"'), "circular-reference"),
    "chain": (
        "locals {\n  l0 = 1\n"
        + "".join(f"  l{n + 1} = local.l{n}\n" for n in range(500))
        + "}\n"
        + vault("local.l500"),
        "circular-reference",
    ),
    "doubled text": (TEXTS + vault("local.l50"), "undecided-value"),
    "doubled lists": (LISTS + vault("jsonencode(local.l50)"), "too-large"),
    "doubled lists compared": (LISTS + vault('local.l50 == local.l49 ? "a" : "b"'), "too-large"),
    "loops": (vault("[for a in range(9999) : [for b in range(9999) : [for c in range(9999) : a]]]"), "too-large"),
    "range": (vault('join("", range(1000000000))'), "undecided-value"),
    "count": ('resource "aws_backup_vault" "v" {\n  count = 1000000000\n  name  = "x"\n}\n', "undecided-value"),
    "brackets": ("a = " + "[" * 5000 + "]" * 5000 + "\n", "too-large"),
    "nested": (vault("[" * 150 + "]" * 150), "unreadable-source"),
    "references": (vault("a_b" + ".x" * 5000), "unreadable-source"),
    "templates": (vault('"${' * 150 + "1" + '}"' * 150), "unreadable-source"),
    "large": ("# x\n" * 200_000, "too-large"),
    "no text": ("\udcff", "unreadable-source"),
    "no configuration": ("a = = b\n", "unreadable-source"),
    "wrong each": ('resource "aws_backup_vault" "v" {\n  for_each = "x"\n  name     = "x"\n}\n', "undecided-value"),
    "wrong arguments": (vault('parseint("zz", 99)'), "undecided-value"),
    "wrong policy": (
        'resource "aws_backup_vault_policy" "p" {\n  backup_vault_name = "v"\n  policy = "no json"\n}\n',
        "wrong-value",
    ),
}


@pytest.mark.parametrize(("text", "name"), CASES.values(), ids=list(CASES))
def test_harmful_configurations_give_findings(text: str, name: str) -> None:
    """Each ends within seconds with a finding of its kind."""
    started = time.monotonic()
    reading = terraform.read("main.tf", text.encode("utf-8", "surrogateescape"))
    assert time.monotonic() - started < 30
    assert name in {one.name for one in reading.findings}


JSON = (
    b'{"resource": ["x"]}',
    b'{"resource": {"aws_backup_vault": {"v": {"name": "${"}}}}',
    b'{"variable": {"x": {"type": "list("}}}',
    b'{"a":' * 5000,
    b"[]",
)


@pytest.mark.parametrize("data", JSON)
def test_broken_json_is_told(data: bytes) -> None:
    """Every file that cannot be read has a finding that says so."""
    findings = terraform.read("main.tf.json", data).findings
    assert "unreadable-source" in {one.name for one in findings}


def test_modules_that_call_one_another_end(tmp_path: Path) -> None:
    """A module that leads to itself is entered once; one that multiplies stops."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.tf").write_text('module "a" {\n  source = "./sub"\n}\n')
    (tmp_path / "sub" / "main.tf").write_text('module "b" {\n  source = "../"\n}\n' + vault('"x"'))
    reading = terraform.read_folder(tmp_path)
    assert [one.name for one in reading.found] == ["x"]
    assert "circular-reference" in {one.name for one in reading.findings}
    calls = "".join(f'module "m{n}" {{\n  source = "./sub"\n  count = 100\n}}\n' for n in range(50))
    (tmp_path / "main.tf").write_text(calls)
    (tmp_path / "sub" / "main.tf").write_text(vault('"x"'))
    assert "too-large" in {one.name for one in terraform.read_folder(tmp_path).findings}


def test_modules_outside_of_the_folder_are_not_entered(tmp_path: Path) -> None:
    """Neither a path upwards nor a link leads out of the folder that was given."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "main.tf").write_text(vault('"x"'))
    (inside / "link").symlink_to(outside)
    (inside / "main.tf").write_text('module "a" {\n  source = "../out"\n}\nmodule "b" {\n  source = "./link"\n}\n')
    reading = terraform.read_folder(inside)
    assert reading.found == ()
    assert [one.name for one in reading.findings].count("source-not-entered") == 2
