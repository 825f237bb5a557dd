"""What other services read of a real run of lint: places, columns, fingerprints, accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROCKETS = "🚀🚀é"  # each rocket is one character, two UTF-16 units, four bytes
ORGANIZATION = """
id: o-example001
management_account: "100000000001"
regions: [eu-west-1]
root:
  accounts: [{id: "100000000001", name: management}]
  units:
    - name: Work
      accounts: [{id: "100000000002", name: a}, {id: "100000000003", name: b}, {id: "100000000004", name: c}]
"""
POLICY = """from backstay import Plan, Policy, Rule, Select, Vault, daily, days, ou, tag

vault = Vault("of-them", key="alias/backup")
rule = Rule("daily", at=daily("04:00"), into=vault, tags={"a": "ROCKETS"}, keep=days(35), cold_after=days(30))
plan = Plan("plan", rules=[rule], select=[Select("s", where=tag("backup") == "yes")])
policy = Policy("policy", attach=ou("Work"), plans=[plan], vaults=[vault])
""".replace("ROCKETS", ROCKETS)
LIFECYCLE = {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 35}
PLAN = {"BackupPlanName": "p", "BackupPlanRule": [{"RuleName": "r", "TargetBackupVault": "v", "Lifecycle": LIFECYCLE}]}
PROPERTIES = {"BackupPlanTags": {"a": ROCKETS}, "BackupPlan": PLAN}
TEMPLATE = {"Resources": {"Plan": {"Type": "AWS::Backup::BackupPlan", "Properties": PROPERTIES}}}
TERRAFORM = f"""resource "aws_backup_plan" "p" {{
  name = "p"
  rule {{
    rule_name         = "r"
    target_vault_name = "v"
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {{
      cold_storage_after = 30
      /* {ROCKETS} */ delete_after = 35
    }}
  }}
}}
"""
WRITTEN = {
    "policies/policy.py": (POLICY, "days(35)"),
    "template.json": (json.dumps(TEMPLATE, ensure_ascii=False), "35"),
    "template.yaml": (f"# {ROCKETS}\n{json.dumps(TEMPLATE, ensure_ascii=False)}\n", "35"),
    "main.tf": (TERRAFORM, "35"),
}


@pytest.fixture
def repository(shell: Any) -> Any:
    """A repository with policies, in which one rule is wrong for three accounts."""
    folder: Path = shell.folder
    (folder / ".git").mkdir()
    (folder / "policies").mkdir()
    (folder / "org.yaml").write_text(ORGANIZATION)
    for name, (text, _) in WRITTEN.items():
        (folder / name).write_text(text, "utf-8")
    return shell


def results(shell: Any, *words: str) -> list[dict[str, Any]]:
    """The results about cold storage of a run, as SARIF."""
    log = json.loads(shell("lint", "--format", "sarif", *words).stdout)
    return [one for one in log["runs"][0]["results"] if one["ruleId"] == "LIF001"]


def place(result: dict[str, Any]) -> tuple[str, dict[str, int]]:
    """The file and the region of a result."""
    (location,) = (one["physicalLocation"] for one in result["locations"])
    return location["artifactLocation"]["uri"], location["region"]


@pytest.mark.parametrize("name", WRITTEN)
def test_columns_count_characters(name: str, repository: Any) -> None:
    """In every dialect a region holds the characters that are wrong, whatever stands before them in the line."""
    text, wrong = WRITTEN[name]
    words = [] if name.startswith("policies") else [name]
    (result,) = results(repository, *words)
    uri, region = place(result)
    assert uri == name
    line = text.splitlines()[region["startLine"] - 1]
    assert region["startLine"] == region["endLine"]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == wrong
    assert ROCKETS in line[: region["startColumn"]]


def test_paths_are_told_from_the_repository(repository: Any) -> None:
    """Whoever runs lint in a folder of the repository is told the same paths and fingerprints by every service."""
    (above,) = results(repository)
    below = type(repository)(repository.folder / "policies", repository.environment)
    words = (".", "--org", "../org.yaml")
    (result,) = results(below, *words)
    assert place(result) == place(above)
    assert result["partialFingerprints"] == above["partialFingerprints"]
    assert "file=policies/policy.py," in below("lint", "--format", "github", *words).stdout
    assert 'file="policies/policy.py"' in below("lint", "--format", "junit", *words).stdout
    issues = json.loads(below("lint", "--format", "gitlab", *words).stdout)
    assert {issue["location"]["path"] for issue in issues} == {"policies/policy.py"}
    rows = json.loads(below("lint", "--format", "json", *words).stdout)["findings"]
    assert {row["path"] for row in rows} == {"policy.py"}


def test_fingerprints_outlive_moved_lines(repository: Any) -> None:
    """What moves down a file keeps its name."""
    (before,) = results(repository)
    (repository.folder / "policies" / "policy.py").write_text(f"# one\n\n# more\n{POLICY}")
    (after,) = results(repository)
    assert place(after)[1]["startLine"] == place(before)[1]["startLine"] + 3
    assert after["partialFingerprints"] == before["partialFingerprints"]


def test_many_accounts_are_one_finding(repository: Any) -> None:
    """Three accounts share the rule: one finding in every format, which says so."""
    (result,) = results(repository)
    assert result["properties"] == {"accounts": 3}
    assert "3 accounts get this from `Work` (policy `policy`)" in result["message"]["text"]
    issues = json.loads(repository("lint", "--format", "gitlab").stdout)
    (issue,) = [one for one in issues if one["check_name"] == "cold-storage-too-short"]
    assert issue["description"].endswith(" (3 accounts)")
    for form in ("github", "junit", "markdown"):
        assert repository("lint", "--format", form).stdout.count("3 accounts get this") >= 1


def test_what_is_suppressed_is_no_result(repository: Any) -> None:
    """A comment silences a finding in SARIF too: code scanning would show a suppressed result as an alert."""
    policy = repository.folder / "policies" / "policy.py"
    policy.write_text(POLICY.replace("days(30))\n", "days(30))  # backstay: allow cold-storage-too-short — a test\n"))
    log = json.loads(repository("lint", "--format", "sarif").stdout)
    assert "LIF001" not in {one["ruleId"] for one in log["runs"][0]["results"]}
    assert log["runs"][0]["properties"]["suppressed"] == 1
