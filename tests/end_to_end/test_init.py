"""`backstay init`: the starter is what a newcomer would want it to be."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from backstay.cli.main import cli
from backstay.starter import PLACES
from backstay_local.app import LocalAws


def run(*arguments: str) -> Result:
    """A command in the working directory."""
    return CliRunner().invoke(cli, arguments)


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `backstay init` makes it, as working directory."""
    assert run("init", str(tmp_path / "new")).exit_code == 0
    monkeypatch.chdir(tmp_path / "new")
    return tmp_path / "new"


def test_it_lints_clean_and_compiles(starter: Path) -> None:
    """No finding at all, not even advice; and a build comes of it."""
    linted = run("lint", "--now", "2026-11-24")
    assert (linted.exit_code, linted.output.split(" in ")[0]) == (0, "No problems")
    assert run("compile", "-o", "build").exit_code == 0
    assert (starter / "build" / "index.json").is_file()


def test_its_policies_are_typed_python(starter: Path) -> None:
    """A strict type checker has nothing to say of the policies."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--explicit-package-bases", "policies"],
        cwd=starter,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_what_its_readme_says_of_the_embedded_aws_is_so(starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command there does what it is asked, in their order; two nights later the tagged ones are backed up."""
    assert run("compile", "-o", "build").exit_code == 0
    told = (starter / "README.md").read_text("utf-8").partition("On an AWS of your own machine")[2]
    first, *commands = re.findall(r"^    (.+?)(?: {2,}#.*)?$", told, re.MULTILINE)
    assert first == 'eval "$(backstay local up)"'
    with LocalAws() as aws, aws.serve() as url:
        for name, value in (("ENDPOINT_URL", url), ("ACCESS_KEY_ID", aws.access_key), ("REGION", "eu-central-1")):
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.secret_key)
        outcomes = {line: run(*shlex.split(line)[1:]) for line in commands}
    wrong = {line: done.output for line, done in outcomes.items() if done.exit_code != (" audit " in line)}
    assert not wrong
    assert len(outcomes) == 6
    audited = outcomes["backstay audit build"].output
    assert re.search(r"last recovery point within 1 day +1 of +3 +shop-prod 1", audited)  # the one without a tag


def test_the_workflow_gives_nothing_to_strangers(starter: Path) -> None:
    """Pull requests run with a token that may only read, without secrets, and never as `pull_request_target`."""
    text = (starter / ".github/workflows/backstay.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow[True]) == {"pull_request", "push"}
    assert "secrets." not in text
    steps = [step.get("run") for step in workflow["jobs"]["check"]["steps"]]
    assert "backstay lint --format github --require-sandbox" in steps


def test_the_ci_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    """GitHub's two workflows, or GitLab's one file; never both."""
    assert run("init", str(tmp_path / "lab"), "--ci", "gitlab").exit_code == 0
    assert (tmp_path / "lab" / ".gitlab-ci.yml").is_file()
    assert not (tmp_path / "lab" / ".github").exists()
    assert run("init", str(tmp_path / "none"), "--ci", "jenkins").exit_code == 2


def test_the_hook_runs_for_what_it_checks(starter: Path) -> None:
    """The pre-commit hook runs for policies and the organization file, and for nothing else."""
    hook = yaml.safe_load((starter / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"][0]
    taken = [path for path in PLACES if re.search(hook["files"], path)]
    assert taken == ["org.yaml", "policies/vaults.py", "policies/baseline.py"]


def test_nothing_is_overwritten(starter: Path) -> None:
    """Where a file of the starter is, nothing at all is written, and the file is named."""
    (starter / "org.yaml").write_text("mine\n")
    (starter / "README.md").unlink()
    done = run("init", ".")
    assert (done.exit_code, (starter / "org.yaml").read_text()) == (2, "mine\n")
    assert "org.yaml" in done.output
    assert not (starter / "README.md").exists()


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """A file in the way is a complaint, not a traceback."""
    (tmp_path / "file").write_text("")
    done = run("init", str(tmp_path / "file" / "below"))
    assert done.exit_code == 2
    assert "cannot write" in done.output
