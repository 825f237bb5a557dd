"""cfn-lint over templates: each content once, its findings at their lines, and no cache ever in the way."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from backstay.verify import CODE, verify

GOOD = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {"VaultMain": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "main"}}},
}
BROKEN = b"""{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {
    "PlanGold": {
      "Type": "AWS::Backup::BackupPlan",
      "Properties": {
        "BackupPlan": {
          "BackupPlanName": "gold",
          "BackupPlanRule": [{"RuleName": "daily"}]
        }
      }
    }
  }
}
"""


def _good(number: int) -> bytes:
    return json.dumps({**GOOD, "Description": f"template {number}"}).encode()


def _entry(cache: Path, body: bytes) -> Path:
    return cache / version("cfn-lint") / hashlib.sha256(body).hexdigest()


def test_a_good_template_has_no_findings(tmp_path: Path) -> None:
    """Nothing is wrong, and that is remembered."""
    assert verify({"templates/a.json": _good(1)}, cache=tmp_path) == ()
    assert json.loads(_entry(tmp_path, _good(1)).read_text()) == []


def test_a_broken_template_is_told_at_its_line(tmp_path: Path) -> None:
    """Rule, message, path and line of what is missing; the second time from memory, word for word."""
    first = verify({"templates/b.json": BROKEN}, cache=tmp_path)
    (finding,) = first
    assert (finding.code, finding.severity) == (CODE, "error")
    assert finding.message.startswith("E3003: 'TargetBackupVault' is a required property")
    assert finding.span is not None
    assert (finding.span.path, finding.span.line) == ("templates/b.json", 9)
    assert verify({"templates/b.json": BROKEN}, cache=tmp_path) == first


def test_what_is_known_is_not_asked_again(tmp_path: Path) -> None:
    """An answer stands in the cache by content: what is put there comes back, under whatever path, unasked."""
    answer = [{"rule": "W0001", "message": "as remembered", "place": [1, 2, 3, 4]}]
    entry = _entry(tmp_path, _good(1))
    entry.parent.mkdir(parents=True)
    entry.write_text(json.dumps(answer))
    (finding,) = verify({"templates/other.json": _good(1)}, cache=tmp_path)
    assert (finding.severity, finding.message) == ("warning", "W0001: as remembered")
    assert finding.span is not None
    assert (finding.span.path, finding.span.line, finding.span.column) == ("templates/other.json", 1, 2)


def test_a_second_run_does_not_load_cfn_lint(tmp_path: Path) -> None:
    """What makes the second run fast: it never imports what takes most of a second to import."""
    (tmp_path / "good.json").write_bytes(_good(7))
    program = (
        "import sys; from pathlib import Path; from backstay.verify import verify\n"
        "body = Path('good.json').read_bytes()\n"
        "assert verify({'good.json': body}, cache=Path('cache')) == ()\n"
        "print('cfnlint' in sys.modules)"
    )
    said = [
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]


def test_many_templates_in_several_processes(tmp_path: Path) -> None:
    """Each has its own answer, in the order of the paths; equal contents are looked at once."""
    templates = {f"templates/{number}.json": _good(number % 4) for number in range(5)}
    templates["templates/9.json"] = BROKEN
    (finding,) = verify(templates, cache=tmp_path)
    assert finding.span is not None
    assert finding.span.path == "templates/9.json"
    assert len(list((tmp_path / version("cfn-lint")).iterdir())) == 5


@pytest.mark.parametrize(
    "poison", [b"", b"{", b"\xff", b"{}", b'[{"rule": 1}]', b'[{"rule": "E1", "message": "m", "place": [1]}]']
)
def test_a_spoilt_entry_is_no_entry(poison: bytes, tmp_path: Path) -> None:
    """What cannot be an answer is asked again, and written anew."""
    entry = _entry(tmp_path, _good(1))
    entry.parent.mkdir(parents=True)
    entry.write_bytes(poison)
    assert verify({"templates/a.json": _good(1)}, cache=tmp_path) == ()
    assert json.loads(entry.read_text()) == []


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    """A file stands where the folder should be: the answer is the same."""
    (tmp_path / "file").write_text("in the way")
    (finding,) = verify({"templates/b.json": BROKEN}, cache=tmp_path / "file" / "cache")
    assert finding.code == CODE
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_is_no_template_is_told(tmp_path: Path) -> None:
    """Text that is no JSON is a finding, too, and not a crash."""
    findings = verify({"templates/c.json": b"{ not: [json"}, cache=tmp_path)
    assert [one.severity for one in findings] == ["error"]
