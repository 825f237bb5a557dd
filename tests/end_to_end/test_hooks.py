"""The hooks for pre-commit: they run for what they check, and the starter has the same one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context

from backstay.cli.lint import lint
from backstay.starter import CI

ROOT = Path(__file__).parents[2]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
STARTER = ROOT / "compiler" / "backstay" / "starter" / "files"

TEMPLATE = """Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: gold
        BackupPlanRule:
          - RuleName: daily
            TargetBackupVault: Default
            Lifecycle: {MoveToColdStorageAfterDays: 30, DeleteAfterDays: 60}
"""
POLICY = """from backstay import Policy, ou
policy = Policy("policy", attach=ou("Nowhere"))
"""


def taken(hook: str, *paths: str) -> list[str]:
    """The files that a hook runs for."""
    return [path for path in paths if re.search(HOOKS[hook]["files"], path)]


def run(shell: Any, hook: str, *paths: str) -> Any:
    """What a hook does, as pre-commit runs it for changed files."""
    program, *words = shlex.split(HOOKS[hook]["entry"])
    assert program == "backstay"
    return shell(*words, *(paths if HOOKS[hook].get("pass_filenames", True) else ()))


def test_each_hook_has_what_pre_commit_asks_for() -> None:
    """Name, entry, language; the entry is a command with options that it has."""
    assert HOOKS.keys() == {"backstay-lint", "backstay-lint-templates"}
    for hook in HOOKS.values():
        assert {"id", "name", "entry", "language", "files", "description"} <= hook.keys()
        assert hook["language"] == "python"
        _, command, *words = shlex.split(hook["entry"])
        assert command == "lint"
        lint.make_parser(Context(lint)).parse_args(args=list(words))


def test_policies_are_checked_together(startup: Any) -> None:
    """The hook for policies runs for them and the organization file, and checks all of them."""
    paths = ["policies/a.py", "policies/sub/b.py", "org.yaml", "org.json", "app/policies/x.py", "src/a.py", "a.tf"]
    assert taken("backstay-lint", *paths) == paths[:4]
    assert run(startup, "backstay-lint", "policies/policy.py").returncode == 0
    (startup.folder / "policies" / "wrong.py").write_text(POLICY)
    assert run(startup, "backstay-lint", "policies/policy.py").returncode == 1


@pytest.mark.parametrize(("text", "code"), [(TEMPLATE, 1), (TEMPLATE.replace("60", "160"), 0)])
def test_templates_are_checked_one_by_one(text: str, code: int, shell: Any) -> None:
    """The hook for templates runs for Terraform and CloudFormation, and is given what changed."""
    paths = ["a.tf", "x/b.tf.json", "c.template", "d.template.yaml", "e.template.json", "f.yaml", "a.tfvars", "b.tf.md"]
    assert taken("backstay-lint-templates", *paths) == paths[:5]
    (shell.folder / "d.template.yaml").write_text(text)
    (shell.folder / "a.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    assert run(shell, "backstay-lint-templates", "d.template.yaml", "a.tf").returncode == code


def test_the_starter_has_the_same_hook() -> None:
    """What a newcomer gets is the hook of this repository, run from the environment that they have."""
    config = yaml.safe_load((STARTER / "pre-commit-config.yaml").read_text("utf-8"))
    ((hook,),) = [repo["hooks"] for repo in config["repos"]]
    same = ("id", "name", "entry", "files", "pass_filenames")
    assert {key: hook[key] for key in same} == {key: HOOKS["backstay-lint"][key] for key in same}
    assert hook["language"] == "system"


def test_the_starter_lints_as_the_action_does() -> None:
    """Its workflow demands the sandbox and tells findings as the action does by default."""
    workflow = yaml.safe_load((STARTER / "workflow.yml").read_text("utf-8"))
    commands = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    assert f"backstay lint --format {inputs['format']['default']} --require-sandbox" in commands
    assert inputs["require-sandbox"]["default"] == "true"
    assert ".github/workflows/backstay.yml" in CI["github"]
