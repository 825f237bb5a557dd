"""The step for GitHub Actions: its shell is run as the runner would, with inputs that mean well and with others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context

from backstay.cli.lint import FORMATS
from backstay.cli.lint import lint as command

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step}
DEFAULTS = {name: given["default"] for name, given in ACTION["inputs"].items()}
REAL = f'#!/bin/sh\nexec "{sys.executable}" -m backstay.cli.main "$@"\n'
STUB = '#!/bin/sh\nprintf \'%s\\n\' "$@" >> "$RUNNER_TEMP/words"\n'
HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned #",
    '"; touch pwned; "',
    "'; touch pwned; '",
    "x\n::error::pwned\ntouch pwned",
    "${PATH}",
    "--help",
    "*",
    "a b\tc",
]

WRONG = """from backstay import Plan, Policy, Rule, Select, Vault, daily, days, root, tag

vault = Vault("long-name", key="alias/backup")
rule = Rule("daily", at=daily("04:00"), into=vault, cold_after=days(30), keep=days(60))
plan = Plan("plan", rules=[rule], select=[Select("s", where=tag("backup") == "yes")])
policy = Policy("policy", attach=root(), plans=[plan], vaults=[vault])
"""
CLEAN = """from backstay import Policy, root

policy = Policy("policy", attach=root())
"""
ORGANIZATION = """
id: o-example001
management_account: "100000000001"
regions: [eu-west-1]
root: {accounts: [{id: "100000000001", name: management}]}
"""
Step = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """Run a step's shell in a folder with a policy that has a mistake, as the runner does."""
    temporary = tmp_path / "temporary"
    (temporary / "backstay" / "bin").mkdir(parents=True)
    work = tmp_path / "work"
    (work / "policies").mkdir(parents=True)
    (work / "policies" / "policy.py").write_text(WRONG)
    (work / "org.yaml").write_text(ORGANIZATION)

    def run(name: str, program: str = REAL, **inputs: str) -> subprocess.CompletedProcess[str]:
        binary = temporary / "backstay" / "bin" / "backstay"
        binary.write_text(program)
        binary.chmod(0o755)
        known = {f"inputs.{key}": value for key, value in {**DEFAULTS, **named(inputs)}.items()}
        known |= {"github.action_path": "/the action", "steps.python.outputs.python-path": str(binary)}
        given = {key: filled(value, known) for key, value in STEPS[name]["env"].items()}
        runner = {"RUNNER_TEMP": str(temporary), "GITHUB_OUTPUT": str(temporary / "output")}
        place = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": os.environ["PATH"]}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
            cwd=work,
            env={**place, **runner, **given},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def named(inputs: Mapping[str, str]) -> dict[str, str]:
    """Inputs by their names in the action."""
    return {key.replace("_", "-"): value for key, value in inputs.items()}


def filled(text: str, known: Mapping[str, str]) -> str:
    """A value of `env` with its one expression replaced, as the runner does."""
    expression = re.fullmatch(r"\$\{\{ ([\w.-]+) \}\}", text)
    assert expression, f"{text} is more than one plain expression"
    return known[expression[1]]


def outputs(tmp_path: Path) -> dict[str, str]:
    """What the step gave to those after it."""
    lines = (tmp_path / "temporary" / "output").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def words(tmp_path: Path) -> list[str]:
    """What a program that stands for Backstay, or Python, was given."""
    return (tmp_path / "temporary" / "words").read_text().splitlines()


def test_inputs_never_become_part_of_a_command() -> None:
    """No expression stands in a script: values come through the environment."""
    for one in ACTION["runs"]["steps"]:
        assert "${{" not in one.get("run", "")


def test_actions_of_others_are_pinned() -> None:
    """By commit, with the version as a comment; in the starter's workflow too, and to the same commits."""
    texts = [ROOT / "action.yml", ROOT / "compiler/backstay/starter/files/workflow.yml"]
    used = [row for path in texts for row in re.findall(r"uses: (\S+)(.*)", path.read_text("utf-8"))]
    assert len(used) == 11
    pins: dict[str, set[str]] = {}
    for name, comment in used:
        action, commit = name.split("@")
        assert re.fullmatch(r"[0-9a-f]{40}", commit)
        assert re.fullmatch(r"  # v\d+\.\d+\.\d+", comment)
        pins.setdefault(action, set()).add(commit)
    assert all(len(commits) == 1 for commits in pins.values())


def test_it_uses_what_exists() -> None:
    """Every option is one that lint has, the default format too, and every input is used."""
    told = command.get_help(Context(command))
    script = STEPS["lint"]["run"]
    for option in set(re.findall(r"(--[a-z][a-z-]*)", script)) - {"--quiet"}:
        assert option in told
    assert DEFAULTS["format"] in FORMATS
    text = (ROOT / "action.yml").read_text("utf-8")
    assert all(f"inputs.{name} " in text for name in ACTION["inputs"])


def test_a_mistake_fails_the_job(step: Step, tmp_path: Path) -> None:
    """The step ends with lint's code and shows the finding at its line."""
    done = step("lint", require_sandbox="false")
    assert done.returncode == 1, done.stderr
    assert "::error title=cold-storage-too-short,file=policies/policy.py,line=4," in done.stdout
    assert "stop-commands" not in done.stdout
    assert outputs(tmp_path) == {"exit-code": "1"}


def test_clean_policies_pass(step: Step, tmp_path: Path) -> None:
    """Paths are taken line by line, with their spaces."""
    folder = tmp_path / "work" / "more of them"
    folder.mkdir()
    (folder / "policy.py").write_text(CLEAN)
    done = step("lint", require_sandbox="false", paths="\nmore of them\r\n", org="org.yaml")
    assert done.returncode == 0, done.stdout
    assert outputs(tmp_path)["exit-code"] == "0"


def test_what_cannot_be_read_fails_the_job(step: Step, tmp_path: Path) -> None:
    """A file that is not there is code 2, and the step says so."""
    assert step("lint", require_sandbox="false", paths="nowhere").returncode == 2
    assert outputs(tmp_path)["exit-code"] == "2"


def test_the_shell_passes_on_what_was_meant(step: Step, tmp_path: Path) -> None:
    """Options and paths reach lint as single words, in order, paths behind `--`."""
    assert step("lint", STUB, paths="a b\n-c", org="my org.yaml", format="json").returncode == 0
    assert words(tmp_path) == ["lint", "--require-sandbox", "--org=my org.yaml", "--format=json", "--", "a b", "-c"]


def test_an_upload_has_a_file(step: Step, tmp_path: Path) -> None:
    """With `upload-sarif` the findings are written as SARIF, and the later step is told where."""
    done = step("lint", require_sandbox="false", upload_sarif="true")
    assert done.returncode == 1
    log = json.loads(Path(outputs(tmp_path)["sarif-file"]).read_text())
    assert [result["ruleId"] for result in log["runs"][0]["results"]].count("LIF001") == 1
    upload = ACTION["runs"]["steps"][-1]
    assert "steps.lint.outputs.sarif-file" in upload["if"]
    assert "!cancelled()" in upload["if"], "findings that fail the job are uploaded all the same"


def test_other_formats_give_no_commands(step: Step) -> None:
    """What is shown of a file stands between two lines that keep the runner from acting on it."""
    first, *between, last = step("lint", require_sandbox="false", format="text").stdout.splitlines()
    assert re.fullmatch("::stop-commands::[0-9a-f]{32}", first)
    assert last == f"::{first.rpartition(':')[2]}::"
    assert between


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["paths", "org", "format", "upload_sarif", "require_sandbox"])
def test_hostile_inputs_stay_values(name: str, value: str, step: Step, tmp_path: Path) -> None:
    """Whatever an input holds, nothing of it is run, nothing is printed for the runner, and the job fails with 2."""
    done = step("lint", **{"require_sandbox": "false", name: value})
    assert done.returncode == 2, done.stdout + done.stderr
    assert not list(tmp_path.rglob("pwned"))
    assert not re.search(r"^\s*::error::pwned", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("value", [*HOSTILE, "1 --index-url=http://x", "@ https://x", "1;x", "-e .", ".1"])
def test_hostile_versions_are_refused(value: str, step: Step, tmp_path: Path) -> None:
    """Only a version number reaches pip."""
    done = step("install", STUB, version=value)
    assert done.returncode == 2
    assert done.stdout == "::error title=backstay::the input version is no version number\n"
    assert not (tmp_path / "temporary" / "words").exists()


@pytest.mark.parametrize(
    ("version", "what"), [("", "/the action"), ("0.1.0", "backstay==0.1.0"), ("1.2rc1+x", "backstay==1.2rc1+x")]
)
def test_what_is_installed(version: str, what: str, step: Step, tmp_path: Path) -> None:
    """The release that is asked for, else what came with the action, into an environment of its own."""
    (tmp_path / "temporary" / "backstay" / "bin" / "python").symlink_to("backstay")
    assert step("install", STUB, version=version).returncode == 0
    environment = str(tmp_path / "temporary" / "backstay")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", what]
    assert words(tmp_path) == ["-m", "venv", environment, *pip]
