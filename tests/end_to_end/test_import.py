"""`backstay import`: from files to a policy on the disk that compiles to what the files say."""

from __future__ import annotations

import json
from typing import Any

import pytest

RULE = {
    "RuleName": "nightly",
    "TargetBackupVaultName": "main",
    "ScheduleExpression": "cron(0 3 ? * * *)",
    "StartWindowMinutes": 60,
    "Lifecycle": {"DeleteAfterDays": 35},
}
PLAN = {"BackupPlan": {"BackupPlanName": "daily", "Rules": [RULE]}}
SELECTION = {
    "BackupPlanId": "1f6b5a3c-0000-4000-8000-000000000000",
    "BackupSelection": {
        "SelectionName": "gold",
        "IamRoleArn": "arn:aws:iam::200000000002:role/service-role/AWSBackupDefaultServiceRole",
        "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "gold"}],
    },
}
ORG = """\
id: o-acme0001
management_account: "200000000001"
regions: [eu-west-1]
root:
  accounts:
    - {id: "200000000001", name: management}
    - {id: "200000000002", name: payments}
"""
SOURCE = '''"""Imported from plan.json, selection.json."""

from backstay import Plan, Policy, Rule, Select, account, daily, days, hours, tag

daily_plan = Plan(
    "daily",
    rules=[
        Rule(
            "nightly",
            at=daily("03:00"),
            # backstay: allow undeclared-vault — it is not among what was imported
            into="main",
            keep=days(35),
            start_within=hours(1),
        ),
    ],
    select=[Select("gold", where=tag("backup").isin(["gold"]))],
)

account_200000000002 = Policy("account-200000000002", attach=account("payments"), plans=[daily_plan])
'''


@pytest.fixture
def files(shell: Any) -> Any:
    """A shell in a folder with a plan, its selection and an organization file."""
    (shell.folder / "plan.json").write_text(json.dumps(PLAN, indent=1))
    (shell.folder / "selection.json").write_text(json.dumps(SELECTION, indent=1))
    (shell.folder / "org.yaml").write_text(ORG)
    return shell


def test_to_standard_output(files: Any) -> None:
    """The source goes to standard output, alone; what came of compiling it is told beside it."""
    done = files("import", "plan.json", "selection.json")
    assert (done.returncode, done.stdout) == (0, SOURCE)
    assert done.stderr == "compiles: 1 plan\n"


def test_it_compiles_to_the_same(files: Any) -> None:
    """What is imported into a file compiles to the plan and the selection that AWS had."""
    assert files("import", "plan.json", "selection.json", "-o", "policies/imported.py").returncode == 0
    done = files("compile", "policies", "--org", "org.yaml", "-o", "build")
    assert done.returncode == 0, done.stderr
    place = files.folder / "build/accounts/200000000002/eu-west-1"
    rule = json.loads((place / "plans.json").read_text())[0]["BackupPlan"]["Rules"][0]
    assert {name: rule[name] for name in RULE} == RULE
    chosen = json.loads((place / "selections.json").read_text())[0]["BackupSelection"]
    wanted = SELECTION["BackupSelection"]
    assert {name: chosen[name] for name in wanted} == wanted


def test_nothing_is_overwritten_unasked(files: Any) -> None:
    """A file that is there stays, unless --force says otherwise."""
    (files.folder / "policy.py").write_text("mine")
    done = files("import", "plan.json", "-o", "policy.py")
    assert (done.returncode, (files.folder / "policy.py").read_text()) == (2, "mine")
    assert "policy.py exists" in done.stderr
    assert files("import", "plan.json", "-o", "policy.py", "--force").returncode == 0
    assert "Plan(" in (files.folder / "policy.py").read_text()


def test_what_is_wrong_is_told_and_the_rest_written(files: Any) -> None:
    """A plan with a mistake in it is imported as far as it goes: exit code 1, and the mistake at its place."""
    text = (files.folder / "plan.json").read_text().replace("StartWindowMinutes", "start_window_minutes")
    (files.folder / "plan.json").write_text(text)
    done = files("import", "plan.json")
    assert done.returncode == 1
    assert "start_within=hours(1)" in done.stdout
    assert "error[wrong-dialect-member]" in done.stderr
    assert "plan.json:9:5" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.json", '{"BackupPlan": ', "unreadable-source"),
        ("jinja.json", '{"BackupPlanName": "{{ name }}", "Rules": []}', "unrendered-template"),
        ("other.json", '{"hello": "world"}', "organizations: a backup policy"),
        ("none.json", None, "there is no such file"),
    ],
)
def test_what_cannot_be_read(shell: Any, name: str, text: str | None, said: str) -> None:
    """What cannot be read gives exit code 2, nothing on standard output, and the reason."""
    if text is not None:
        (shell.folder / name).write_text(text)
    done = shell("import", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_usage(shell: Any) -> None:
    """Without a file, or with a dialect that there is not, the usage is told."""
    assert shell("import").returncode == 2
    assert shell("import", "x.json", "--from", "pulumi").returncode == 2
