"""cfn-lint's answer follows from the template alone: no file of the working folder and no environment has a say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

import backstay
from backstay.verify import verify

VAULT = b"""{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {"VaultMain": {"Type": "AWS::Backup::BackupVault", "Properties": {}}}
}
"""
WRONG = "E3003: 'BackupVaultName' is a required property"
HOLD = b"""{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {
    "HoldCase": {
      "Type": "AWS::Backup::LegalHold",
      "Properties": {
        "Title": "case",
        "Description": "Litigation",
        "RecoveryPointSelection": {"ResourceIdentifiers": ["arn:aws:ec2:eu-west-1:100000000010:volume/vol-1"]}
      }
    }
  }
}
"""
ASK = """
import sys
from pathlib import Path
from backstay.verify import CannotVerify, verify
bodies = {name: Path(sys.argv[1], name).read_bytes() for name in sys.argv[3:]}
try:
    print([finding.message for finding in verify(bodies, cache=Path(sys.argv[2]))])
except CannotVerify as wrong:
    print("CANNOT", wrong)
"""


def _asked(folder: Path, body: bytes, *, copies: int = 1, **environment: str) -> str:
    """What a fresh process says of a template, with `folder` as its working folder."""
    names = [f"{number}.json" for number in range(copies)]
    given = folder / "given"
    given.mkdir(exist_ok=True)
    for name in names:
        (given / name).write_bytes(body + b"\n" * int(name.removesuffix(".json")))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(given), str(folder / "cache"), *names],
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


CONFIGURATIONS: Mapping[str, str] = {
    "silences a rule": "ignore_checks: [E3003]\n",
    "no YAML": "ignore_checks: [\n",
    "no key of cfn-lint": "nonsense: 1\n",
    "code of its own": "append_rules: [own]\n",
}


NAMES = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml", ".cfnlintrc")  # each name once, each text once


@pytest.mark.parametrize(("name", "kind"), list(zip(NAMES, CONFIGURATIONS, strict=True)))
def test_a_configuration_in_the_working_folder_is_not_read(name: str, kind: str, tmp_path: Path) -> None:
    """It may be a stranger's: it neither silences what is wrong, nor stops the run, nor runs code of its own."""
    (tmp_path / name).write_text(CONFIGURATIONS[kind])
    (tmp_path / "own").mkdir()
    ran = tmp_path / "ran"
    (tmp_path / "own" / "rule.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    assert _asked(tmp_path, VAULT) == f'["{WRONG}"]\n'
    assert not ran.exists()


def test_nor_is_one_in_the_home_folder_or_by_several_processes(tmp_path: Path) -> None:
    """What one user set up for other templates does not decide about ours; each process of many holds to it."""
    (tmp_path / ".cfnlintrc").write_text("ignore_checks: [E]\n")
    said = _asked(tmp_path, VAULT, copies=4, HOME=str(tmp_path))
    assert said.count(WRONG) == 4


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_of_the_environment_changes_nothing(name: str, tmp_path: Path) -> None:
    """`backstay local up` sets it; by it cfn-lint would refuse types that it does not know there yet."""
    assert _asked(tmp_path, HOLD, **{name: "eu-west-1"}) == "[]\n"


def test_regions_can_be_asked_for_and_have_answers_of_their_own(tmp_path: Path) -> None:
    """Who names Regions hears what cfn-lint knows of them, and neither answer is mistaken for the other."""
    for _ in range(2):
        assert verify({"hold.json": HOLD}, cache=tmp_path) == ()
        (finding,) = verify({"hold.json": HOLD}, cache=tmp_path, regions=["us-gov-west-1", "us-gov-west-1"])
        assert finding.message.startswith("E3006: Resource type 'AWS::Backup::LegalHold' does not exist")
    assert (tmp_path / version("cfn-lint")).is_dir()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of everything that is installed, but without cfn-lint."""
    folder = tmp_path / "installed"
    folder.mkdir()
    site = Path(sys.modules["pydantic"].__file__ or "").parents[1]
    for entry in site.iterdir():
        if not entry.name.lower().startswith(("cfnlint", "cfn_lint", "__editable__", "_")):
            (folder / entry.name).symlink_to(entry)
    root = Path(backstay.__file__ or "").parents[2]
    for name in ("compiler/backstay", "schemas/backstay_contract", "schemas/backstay_aws"):
        (folder / name.rpartition("/")[2]).unlink(missing_ok=True)
        (folder / name.rpartition("/")[2]).symlink_to(root / name)
    return folder


def _without(bare: Path, folder: Path, setting: str = "") -> str:
    program = f"import sys; sys.path.append({str(bare)!r}); {setting}\n{ASK}"
    (folder / "a.json").write_bytes(VAULT)
    words = [sys.executable, "-I", "-S", "-c", program, str(folder), str(folder / "cache"), "a.json"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_without_cfn_lint_it_is_said_how_to_get_it(bare: Path, tmp_path: Path) -> None:
    """A clear sentence instead of a traceback, and nothing remembered."""
    said = _without(bare, tmp_path)
    assert said == "CANNOT cfn-lint is not installed; `pip install cfn-lint` brings it\n"
    assert not (tmp_path / "cache").exists()


def test_a_cfn_lint_that_does_not_work_is_told(bare: Path, tmp_path: Path) -> None:
    """Half an installation is a sentence, too: the templates are not to blame, and no answer is remembered."""
    (bare / "cfn_lint-9.dist-info").mkdir()
    (bare / "cfn_lint-9.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: cfn-lint\nVersion: 9\n")
    assert _without(bare, tmp_path) == "CANNOT cfn-lint failed: No module named 'cfnlint'\n"
    assert not (tmp_path / "cache").exists()
