"""Templates that are as they were are not judged again, and nobody can tell from the result."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result

from backstay import keep

Run = Callable[..., Result]
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: gold
        BackupPlanRule:
          - RuleName: monthly
            TargetBackupVault: main
            ScheduleExpression: cron(0 3 1 * ? *)
            Lifecycle: {MoveToColdStorageAfterDays: 30, DeleteAfterDays: 100}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two templates, as working directory, and a cache of its own."""
    monkeypatch.delenv(keep.OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "work"
    (folder / "stacks").mkdir(parents=True)
    for name in ("one", "two"):
        (folder / "stacks" / f"{name}.yaml").write_text(TEMPLATE.replace("gold", name))
    monkeypatch.chdir(folder)
    return folder


def kept() -> list[Path]:
    """The files of the memory."""
    folder = keep.folder()
    return sorted(folder.glob("linted-*")) if folder is not None else []


def entries() -> dict[str, str]:
    """What is remembered: by its key the file that an entry is about."""
    rows = [orjson.loads(file.read_bytes()) for file in kept()]
    return {key: row["findings"][0]["span"]["path"] for some in rows for key, row in some.items()}


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_the_second_look_says_what_the_first_said(here: Path, backstay: Run, form: str) -> None:
    """Byte for byte, in a folder and by name, with the same exit code."""
    first = backstay("lint", "stacks", "--format", form)
    assert kept()
    for words in (("stacks",), ("stacks/one.yaml", "stacks/two.yaml")):
        again = backstay("lint", *words, "--format", form)
        assert (again.stdout, again.exit_code) == (first.stdout, first.exit_code) == (first.stdout, 1)


def test_only_what_changed_is_judged(here: Path, backstay: Run) -> None:
    """A changed byte makes one file new; another day, other rules and an inventory make all of them new."""
    backstay("lint", "stacks")
    before = entries()
    backstay("lint", "stacks")
    assert entries() == before
    (here / "stacks" / "one.yaml").write_text(TEMPLATE.replace("100", "101"))
    assert "71 days" in backstay("lint", "stacks").stdout
    assert [path for key, path in entries().items() if key not in before] == ["stacks/one.yaml"]
    (here / "rows.jsonl").write_text("")
    for words in (("--now", "2031-01-01"), ("--select", "LIF"), ("--inventory", "rows.jsonl")):
        before = entries()
        backstay("lint", "stacks", *words)
        assert len(entries()) == len(before) + 2, words


def test_a_comment_is_part_of_the_file(here: Path, backstay: Run) -> None:
    """What is silenced is silenced at the second look too, and counted."""
    path = here / "stacks" / "one.yaml"
    path.write_text(TEMPLATE.replace("100}", "100} # backstay: allow cold-storage-too-short — a test"))
    results = [json.loads(backstay("lint", str(path), "--format", "json").stdout) for _ in range(2)]
    assert results[0] == results[1]
    assert results[0]["summary"]["suppressed"] == 1


@pytest.mark.parametrize("data", [b"", b"null", b"[1]", b'{"x": 1}', b"\xff", b"{" * 100_000])
def test_a_broken_memory_is_none(here: Path, backstay: Run, data: bytes) -> None:
    """Whatever lies there, the files are judged, and the memory is made anew."""
    first = backstay("lint", "stacks")
    (file,) = kept()
    file.write_bytes(data)
    assert backstay("lint", "stacks").stdout == first.stdout


def test_an_entry_of_another_form_is_none(here: Path, backstay: Run) -> None:
    """Each entry is checked by itself: one that cannot be right is found anew, the others are taken."""
    first = backstay("lint", "stacks")
    (file,) = kept()
    rows: dict[str, Any] = orjson.loads(file.read_bytes())
    for key, change in zip(sorted(rows), ({"severity": "harmless"}, {"message": 5}), strict=True):
        rows[key]["findings"][0] |= change
    file.write_bytes(orjson.dumps(rows))
    assert backstay("lint", "stacks").stdout == first.stdout


def test_others_cannot_plant_findings(here: Path, backstay: Run) -> None:
    """A memory that others may write is not read, and one that is switched off is not made."""
    first = backstay("lint", "stacks")
    (file,) = kept()
    clean: dict[str, Any] = {"findings": [], "plans": 0, "suppressed": 0}
    file.write_bytes(orjson.dumps({key: clean for key in orjson.loads(file.read_bytes())}))  # noqa: C420
    file.chmod(0o666)
    assert backstay("lint", "stacks").stdout == first.stdout


def test_it_can_be_switched_off(here: Path, backstay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `BACKSTAY_NO_CACHE` nothing is read and nothing is written."""
    monkeypatch.setenv(keep.OFF, "1")
    assert backstay("lint", "stacks").exit_code == 1
    monkeypatch.delenv(keep.OFF)
    assert kept() == []
