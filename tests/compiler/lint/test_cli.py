"""`backstay lint` and `backstay rules` as people and machines use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from backstay.lint.registry import every

Run = Callable[..., Result]
CLEAN = """\
from backstay import Plan, Policy, Rule, Select, Vault, daily, days, ou, tag

vault = Vault("main", key="alias/backup")
policy = Policy("p", attach=ou("Workloads"), vaults=[vault], plans=[Plan("gold",
    rules=[Rule("daily", at=daily("03:00"), into=vault, keep=days(35))],
    select=[Select("gold", where=tag("backup") == "gold")])])
"""
WARNED = CLEAN.replace(", keep=days(35)", "")
WRONG = CLEAN.replace("keep=days(35)", "cold_after=days(30), keep=days(100)")


def test_clean(folder: Callable[..., Path], backstay: Run) -> None:
    """Nothing wrong: exit code 0 and one line."""
    folder(acme=CLEAN)
    result = backstay("lint", "--now", "2026-11-22")
    assert (result.exit_code, result.stdout) == (
        0,
        "No problems in 1 file (1 policy, 1 plan, 1 account in 2 shapes).\n",
    )


def test_warnings_do_not_fail(folder: Callable[..., Path], backstay: Run) -> None:
    """A warning is told and the exit code stays 0."""
    folder(acme=WARNED)
    result = backstay("lint")
    assert result.exit_code == 0
    assert "warning[kept-forever]" in result.stdout
    assert result.stdout.endswith("Found 1 warning in 1 file (1 policy, 1 plan, 1 account in 2 shapes).\n")


def test_errors_fail(folder: Callable[..., Path], backstay: Run) -> None:
    """An error gives exit code 1, with the place, and the command that explains it."""
    path = folder(acme=WRONG)
    result = backstay("lint", path / "acme.py")
    assert result.exit_code == 1
    assert "--> policies/acme.py:5:" in result.stdout
    assert "docs: backstay rules cold-storage-too-short" in result.stdout


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_formats(folder: Callable[..., Path], backstay: Run, form: str) -> None:
    """Every format is written to standard output alone, with the same exit code."""
    folder(acme=WRONG)
    result = backstay("lint", "--format", form)
    assert result.exit_code == 1
    assert "cold-storage-too-short" in result.stdout
    if form in ("json", "sarif", "gitlab"):
        json.loads(result.stdout)
        assert "Found 1 error" in result.stderr


def test_sarif_carries_the_catalogue(folder: Callable[..., Path], backstay: Run) -> None:
    """SARIF lists all rules with prose and a page, also those that found nothing."""
    folder(acme=CLEAN)
    driver = json.loads(backstay("lint", "--format", "sarif").stdout)["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == [rule.CODE for rule in every()]
    assert all(rule["fullDescription"]["text"] for rule in driver["rules"])


def test_output_file(folder: Callable[..., Path], backstay: Run, tmp_path: Path) -> None:
    """`-o` writes the report to a file, and standard output stays empty."""
    folder(acme=WRONG)
    result = backstay("lint", "-o", tmp_path / "report.txt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (tmp_path / "report.txt").read_text("utf-8").startswith("error[cold-storage-too-short]")
    assert backstay("lint", "-o", tmp_path / "no" / "such" / "folder.txt").exit_code == 2


def test_select_and_ignore(folder: Callable[..., Path], backstay: Run) -> None:
    """Rules can be chosen and left out by name, code and family."""
    folder(acme=WRONG)
    assert backstay("lint", "--ignore", "LIF001").exit_code == 0
    assert backstay("lint", "--select", "SCH").exit_code == 0
    assert backstay("lint", "--select", "cold-storage-too-short").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("lint", "--select", "cold-storage-too-shrt"),
            "did you mean `cold-storage-too-short`? `backstay rules` lists them",
        ),
        (("lint", "--ignore", "XYZ999"), "no rule is called `XYZ999`"),
        (("lint", "--format", "yaml"), "yaml"),
        (("lint", "--now", "tomorrow"), "tomorrow"),
        (("lint", "--inventory", "nowhere.jsonl"), "nowhere.jsonl"),
        (("rules", "kept-forevr"), "did you mean `kept-forever`"),
    ],
)
def test_bad_usage(folder: Callable[..., Path], backstay: Run, arguments: tuple[str, ...], said: str) -> None:
    """What cannot be meant is exit code 2, with the nearest thing that can."""
    folder(acme=CLEAN)
    result = backstay(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("path", ["nowhere.py", "nowhere/at/all"])
def test_a_path_that_is_not_there(folder: Callable[..., Path], backstay: Run, path: str) -> None:
    """A missing path cannot be read: exit code 2."""
    folder(acme=CLEAN)
    assert backstay("lint", path).exit_code == 2


def test_unreadable_policies(folder: Callable[..., Path], backstay: Run) -> None:
    """Broken syntax is told at its place, with exit code 2, in JSON too."""
    folder(acme="policy = (\n")
    assert backstay("lint").exit_code == 2
    result = backstay("lint", "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["findings"][0]["path"] == "policies/acme.py"


def test_a_broken_organization_file_is_shown(folder: Callable[..., Path], backstay: Run) -> None:
    """The organization file's own line stands in the complaint about it."""
    policies = folder(acme=CLEAN)
    text = (policies / "org.yaml").read_text("utf-8").replace("eu-west-1", "eu-nowhere-9")
    (policies / "org.yaml").write_text(text, "utf-8")
    result = backstay("lint")
    assert result.exit_code == 2
    assert "regions: [eu-central-1, eu-nowhere-9]" in result.stdout


@pytest.mark.parametrize(
    ("line", "said"), [("{", "not JSON"), ("[]", "arn"), ('{"arn": "a"}', "type"), ("\xff", "not JSON")]
)
def test_a_broken_inventory(folder: Callable[..., Path], backstay: Run, line: str, said: str) -> None:
    """A line of the inventory that is no resource is named by its number."""
    policies = folder(acme=CLEAN)
    (policies / "inventory.jsonl").write_text(f"\n{line}\n", "utf-8")
    result = backstay("lint", "--inventory", policies / "inventory.jsonl")
    assert result.exit_code == 2
    assert "inventory.jsonl:2" in result.stderr
    assert said in result.stderr


def test_the_inventory_is_asked(folder: Callable[..., Path], backstay: Run) -> None:
    """With an inventory, a selection that takes nothing of it is told; without one, it is not."""
    policies = folder(acme=CLEAN)
    row = {"arn": "arn:aws:s3:::x", "type": "S3", "account": "100000000010", "region": "eu-west-1", "tags": {}}
    (policies / "inventory.jsonl").write_text(json.dumps(row), "utf-8")
    assert "selection-matching-nothing" in backstay("lint", "--inventory", "policies/inventory.jsonl").stdout
    assert "selection-matching-nothing" not in backstay("lint").stdout


def test_same_bytes(folder: Callable[..., Path], backstay: Run) -> None:
    """The same input gives the same output."""
    folder(acme=WRONG)
    assert backstay("lint", "--format", "sarif").stdout == backstay("lint", "--format", "sarif").stdout


def test_the_catalogue_as_json(backstay: Run) -> None:
    """`rules --format json` has one row a rule, with exactly the members that are promised."""
    rows = json.loads(backstay("rules", "--format", "json").stdout)
    assert [row["code"] for row in rows] == [rule.CODE for rule in every()]
    assert {tuple(sorted(row)) for row in rows} == {("code", "family", "name", "references", "severity", "summary")}
    assert len(rows) >= 32


@pytest.mark.parametrize("name", ["kept-forever", "LIF003", "lif003"])
def test_one_rule_explained(backstay: Run, name: str) -> None:
    """A rule is explained by name or code: what, why, an example, where it is from."""
    text = backstay("rules", name).stdout
    assert text.startswith("kept-forever (LIF003, warning)\n")
    assert all(part in text for part in ("Refused:", "Accepted:", "Sources:", "read 2026-11"))


def test_the_catalogue_as_text_and_markdown(backstay: Run) -> None:
    """Lists name every rule."""
    for form in ("text", "markdown"):
        text = backstay("rules", "--format", form).stdout
        assert all(rule.NAME in text for rule in every())
