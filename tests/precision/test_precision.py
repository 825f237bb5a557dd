"""The page about precision follows from what was counted and what was read; the counting is tried on small files."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from tests.precision import __main__ as command
from tests.precision import count, page, verdicts

NOW = datetime.date(2026, 11, 29)
TEMPLATE = """{"Resources": {"Plan": {"Type": "AWS::Backup::BackupPlan", "Properties": {"BackupPlan": {
  "BackupPlanName": "gold",
  "BackupPlanRule": [
    {"RuleName": "daily", "TargetBackupVault": "Default",
     "Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 60}},
    {"RuleName": "weekly", "TargetBackupVault": "Default",
     "Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 60}}
  ]}}}}}
"""


@pytest.fixture
def counted() -> count.Counts:
    """The counts that are committed."""
    return count.load(command.COUNTS.read_text("utf-8"))


@pytest.fixture
def said() -> tuple[verdicts.Verdict, ...]:
    """The verdicts that are committed."""
    return verdicts.read(verdicts.FILE.read_text("utf-8"))


def test_the_page_follows(counted: count.Counts, said: tuple[verdicts.Verdict, ...]) -> None:
    """`docs/precision.md` is what `make docs` writes from the counts and the verdicts."""
    assert command.PAGE.read_text("utf-8") == page.page(counted, said), "run `make docs`"
    assert command.COUNTS.read_text("utf-8") == count.dump(counted)


def test_every_error_was_read(counted: count.Counts, said: tuple[verdicts.Verdict, ...]) -> None:
    """Each finding at the level of an error has one verdict with a reason, and no verdict is about nothing."""
    places = [(one.rule, one.file, one.line) for one in said]
    assert sorted(places) == sorted((one.rule, one.file, one.line) for one in counted.errors)
    assert all(one.why.endswith(".") for one in said)
    assert "not read" not in page.page(counted, said)


def test_the_counts_agree_with_themselves(counted: count.Counts) -> None:
    """The errors that are listed are those that are counted by rule."""
    listed = sum(one.findings for one in counted.errors)
    assert listed == sum(one.findings for one in counted.fired if one.severity == "error")


def test_counting(tmp_path: Path) -> None:
    """Files are counted by dialect, findings by rule, errors by line; what is no configuration is passed over."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.json").write_text(TEMPLATE)
    (tmp_path / "two.json").write_text(TEMPLATE)
    (tmp_path / "s3.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    (tmp_path / "README.md").write_text("# words: `|\n")
    counts = count.count(tmp_path, NOW)
    assert counts.dialects == {"cloudformation": 2, "terraform": 1}
    assert counts.passed_over == 1
    (fired,) = [one for one in counts.fired if one.name == "cold-storage-too-short"]
    assert (fired.severity, fired.files, fired.findings) == ("error", 2, 4)
    assert [(one.file, one.line) for one in counts.errors] == [
        ("one.json", 5), ("one.json", 7), ("two.json", 5), ("two.json", 7)
    ]  # fmt: skip
    assert count.load(count.dump(counts)) == counts


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It writes the counts and the page, and fails as long as an error has no verdict; names of files do no harm."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a|b <c>.json").write_text(TEMPLATE)
    for name in ("COUNTS", "PAGE"):
        monkeypatch.setattr(command, name, tmp_path / name)
    monkeypatch.setattr(verdicts, "FILE", tmp_path / "verdicts.toml")
    verdicts.FILE.write_text("verdict = []\n")
    assert command.main([str(folder), "--now", "2026-11-29"]) == 1
    assert "no verdict: cold-storage-too-short at a|b <c>.json:5" in capsys.readouterr().err
    row = 'rule = "cold-storage-too-short"\nfile = "a|b <c>.json"\nverdict = "right"\nwhy = "Too | short."\n'
    verdicts.FILE.write_text("".join(f"[[verdict]]\nline = {line}\n{row}" for line in (5, 7)))
    assert command.main([]) == 0
    text = command.PAGE.read_text()
    assert "**2 of 2 errors are right**" in text
    assert "<c>" not in text
    assert json.loads(command.COUNTS.read_text())["date"] == "2026-11-29"


def test_a_verdict_is_right_or_wrong() -> None:
    """There is no third word."""
    with pytest.raises(KeyError):
        verdicts.read('[[verdict]]\nrule = "a"\nfile = "b"\nline = 1\nverdict = "maybe"\nwhy = "c."\n')
