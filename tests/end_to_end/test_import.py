"""`backstay import`: from files to a policy on the disk that compiles to what the files say."""

from __future__ import annotations

import json
from pathlib import Path
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
        ("empty.json", "", "the text ends where a value should stand"),
        ("binary.json", b"\x00\xff", "is not text in UTF-8"),
        ("deep.json", "[" * 100_000, "nested too deeply"),
        ("folder", Path(), "organizations: a backup policy"),
    ],
)
def test_what_cannot_be_read(shell: Any, name: str, text: str | bytes | Path | None, said: str) -> None:
    """What cannot be read gives exit code 2, nothing on standard output, and the reason."""
    if isinstance(text, Path):
        (shell.folder / name).mkdir()
    elif text is not None:
        (shell.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    done = shell("import", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_usage(shell: Any) -> None:
    """Without a file, or with a dialect that there is not, the usage is told."""
    assert shell("import").returncode == 2
    assert shell("import", "x.json", "--from", "pulumi").returncode == 2


def organization_policy(**rule: Any) -> str:
    """A backup policy of Organizations with one rule."""
    said = {name: {"@@assign": value} for name, value in rule.items() if not isinstance(value, dict)}
    nested = {name: value for name, value in rule.items() if isinstance(value, dict)}
    vault = {"target_backup_vault_name": {"@@assign": "Default"}}
    plan = {"rules": {"nightly": {**vault, **said, **nested}}, "regions": {"@@assign": ["eu-west-1"]}}
    return json.dumps({"plans": {"daily": plan}}, indent=1)


def copies(arn: str) -> dict[str, Any]:
    """Copies of a rule to one vault."""
    return {arn: {"target_backup_vault_arn": {"@@assign": arn}}}


def rules_of(shell: Any) -> list[dict[str, Any]]:
    """The rules of the one plan that `backstay compile` writes for the imported policy."""
    done = shell("compile", "policies", "--org", "org.yaml", "-o", "build")
    assert done.returncode == 0, done.stderr
    place = shell.folder / "build/accounts/200000000002/eu-west-1"
    rules: list[dict[str, Any]] = json.loads((place / "plans.json").read_text())[0]["BackupPlan"]["Rules"]
    return rules


def test_values_that_are_open(files: Any) -> None:
    """AWS's own defaults stand in for what a template leaves open, and it compiles without any `params=`."""
    (files.folder / "main.tf").write_text("""\
resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "nightly"
    target_vault_name = var.vault
    schedule          = var.schedule
    lifecycle {
      delete_after = var.keep
    }
  }
}
""")
    done = files("import", "main.tf", "-o", "policies/imported.py")
    assert done.returncode == 0, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last == (
        "policies/imported.py: compiles: 1 plan; AWS's own defaults stand in for 2 values that could not be decided"
    )
    source = (files.folder / "policies/imported.py").read_text()
    assert 'at=param("schedule", daily("05:00"))' in source
    assert 'into=param("vault", "Default")' in source
    assert "keep=" not in source
    (rule,) = rules_of(files)
    assert (rule["ScheduleExpression"], rule["TargetBackupVaultName"]) == ("cron(0 5 ? * * *)", "Default")
    assert "Lifecycle" not in rule


def test_what_is_to_be_put_right(files: Any) -> None:
    """Texts that wait for the right one are counted; what is elsewhere is told, though there is something here."""
    (files.folder / "main.tf").write_text("""\
resource "aws_backup_vault" "v" {
  name = var.vault
}
module "plans" {
  source = "acme/backup/aws"
}
""")
    done = files("import", "main.tf", "-o", "policies/imported.py")
    assert done.returncode == 0, done.stderr
    assert "advice[source-not-entered]: the module `plans` is not entered" in done.stderr
    last = "policies/imported.py: compiles: 1 vault; 1 text at the top of the file is to be put right"
    assert done.stderr.splitlines()[-1] == last
    source = (files.folder / "policies/imported.py").read_text()
    assert 'VAULT = "vault"\n\nvault = Vault(VAULT)' in source


def test_nothing_of_a_dialect(files: Any) -> None:
    """A file that is none of the dialect that is named is told so, with exit code 0 and nothing written."""
    done = files("import", "plan.json", "--from", "lza")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing here is a Landing Zone Accelerator folder" in done.stderr


def test_mistakes_of_the_source(files: Any) -> None:
    """A lifecycle that AWS refuses, and a copy to another organization, come over as they are, marked; it compiles."""
    lifecycle = {name: {"@@assign": value} for name, value in (
        ("move_to_cold_storage_after_days", "180"), ("delete_after_days", "2"))}  # fmt: skip
    elsewhere = "arn:aws:backup:eu-west-1:999999999999:backup-vault:far"
    text = organization_policy(lifecycle=lifecycle, copy_actions=copies(elsewhere))
    (files.folder / "policy.json").write_text(text)
    done = files("import", "policy.json", "-o", "policies/imported.py")
    assert "2 mistakes of the source are kept and marked with `# backstay: allow`" in done.stderr
    assert done.stderr.splitlines()[-1] == "policies/imported.py: compiles: 1 plan"
    source = (files.folder / "policies/imported.py").read_text()
    assert "# backstay: allow cold-storage-too-short — imported as it is: " in source
    assert "# backstay: allow copy-outside-organization — imported as it is: " in source
    assert all(len(line) <= 120 for line in source.splitlines())
    (rule,) = rules_of(files)
    assert rule["Lifecycle"] == {"MoveToColdStorageAfterDays": 180, "DeleteAfterDays": 2}


def test_mistakes_without_an_organization(files: Any) -> None:
    """Without an organization file nobody knows who is outside it: nothing is marked for that."""
    (files.folder / "org.yaml").unlink()
    elsewhere = "arn:aws:backup:eu-west-1:999999999999:backup-vault:far"
    (files.folder / "policy.json").write_text(organization_policy(copy_actions=copies(elsewhere)))
    done = files("import", "policy.json")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "compiles: 1 plan")
    assert "copy-outside-organization" not in done.stdout


def test_a_copy_to_what_is_no_vault(files: Any) -> None:
    """A copy to no ARN is an error at its place, exit code 1; the rest is there and compiles."""
    text = organization_policy(copy_actions=copies("CENTRAL_VAULT_ARN"))
    (files.folder / "policy.json").write_text(text)
    done = files("import", "policy.json", "-o", "policies/imported.py")
    assert done.returncode == 1
    line = next(number for number, said in enumerate(text.splitlines(), 1) if "CENTRAL_VAULT_ARN" in said)
    assert "error[wrong-value]: `CENTRAL_VAULT_ARN` is no vault's ARN" in done.stderr
    assert f"policy.json:{line}:" in done.stderr
    assert done.stderr.splitlines()[-1] == "policies/imported.py: compiles: 1 plan"
    assert "# left out: the copy to `CENTRAL_VAULT_ARN`" in (files.folder / "policies/imported.py").read_text()
    (rule,) = rules_of(files)
    assert not rule.get("CopyActions")


def test_an_account_that_is_not_there(files: Any) -> None:
    """What holds in an account that the organization file lacks is written, and holds in no account."""
    text = (files.folder / "selection.json").read_text().replace("200000000002", "200000000009")
    (files.folder / "selection.json").write_text(text)
    done = files("import", "plan.json", "selection.json", "-o", "policies/imported.py")
    assert done.returncode == 0, done.stderr
    assert "warning[not-there]: the organization file has no account `200000000009`" in done.stderr
    assert "attach=root() & ~root()" in (files.folder / "policies/imported.py").read_text()
    done = files("compile", "policies", "--org", "org.yaml", "-o", "build")
    assert done.returncode == 0, done.stderr
    assert not list((files.folder / "build").glob("accounts/*/*/plans.json"))
