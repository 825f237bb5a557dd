"""The reference policies: the same bytes wherever they are compiled, clean where they should be, broken where not."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "policies" / "reference"
GOLDEN = Path(__file__).parent / "golden"
UPDATE = "BACKSTAY_UPDATE_GOLDEN"
CLEAN = ["startup", "midsize", "hospital", "bank", "public-sector", "govcloud"]
NOW = ("--now", "2026-11-22")


@pytest.fixture
def reference(shell: Any) -> Any:
    """A shell beside copies of all reference policies."""
    shutil.copytree(REFERENCE, shell.folder / "reference")
    return shell


@pytest.mark.parametrize("name", CLEAN)
def test_clean_policies_are_clean(name: str, reference: Any) -> None:
    """No error, no warning, no advice, with an inventory and without: what people copy is right."""
    inventory = reference.folder / "reference" / name / "inventory.jsonl"
    for more in ((), *([("--inventory", str(inventory))] if inventory.is_file() else [])):
        done = reference("lint", f"reference/{name}", "--org", f"reference/{name}/org.yaml", *NOW, *more)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(r"No problems in \d+ files? \(.*\)\.( \d+ suppressed\.)?\n", done.stdout), done.stdout


@pytest.mark.parametrize("name", CLEAN)
def test_every_target_was_reviewed(name: str, reference: Any) -> None:
    """All targets of a reference policy, byte for byte; of the accounts' folders, which repeat shapes, the digests.

    A change is accepted with BACKSTAY_UPDATE_GOLDEN=1, and then reviewed.
    """
    words = ("compile", f"reference/{name}", *NOW, "--target", "all", "-o", "build")
    assert reference(*words).returncode == 0
    files = {path: body.decode() for path, body in reference.files("build").items()}
    kept = {path: text for path, text in files.items() if not path.startswith("accounts/")}
    digests = (f"{hashlib.sha256(files[path].encode()).hexdigest()}  {path}\n" for path in sorted(files.keys() - kept))
    kept["accounts.sha256"] = "".join(digests)
    if os.environ.get(UPDATE):
        _keep(GOLDEN / name / "all", kept)
    assert kept == _golden(GOLDEN / name / "all")


def test_what_is_said_of_broken_policies_was_reviewed(reference: Any) -> None:
    """Everything that lint says of `broken`, as a person reads it."""
    words = ("lint", "reference/broken", "--org", "reference/broken/org.yaml", *NOW)
    said = reference(*words, "--inventory", "reference/broken/inventory.jsonl").stdout
    if os.environ.get(UPDATE):
        _keep(GOLDEN / "broken", {"lint.txt": said})
    assert {"lint.txt": said} == _golden(GOLDEN / "broken")


def _keep(folder: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def _golden(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["startup", "midsize", "hospital"])
def test_the_same_bytes_everywhere(name: str, reference: Any, tmp_path: Path) -> None:
    """Twice, with other hash seeds, in another working directory, from another place, over an old build."""
    words = ("--org", f"reference/{name}/org.yaml", "-o")
    assert reference("compile", f"reference/{name}", *words, "one", PYTHONHASHSEED="0").returncode == 0
    assert reference("compile", f"reference/{name}", *words, "two", PYTHONHASHSEED="4711").returncode == 0
    assert reference("compile", f"reference/{name}", *words, "two", TZ="Asia/Tokyo", LANG="C").returncode == 0
    inside = reference.folder / "reference" / name
    elsewhere = type(reference)(inside, reference.environment)
    assert elsewhere("compile", ".", "-o", "../../three").returncode == 0
    shutil.copytree(inside, tmp_path / "moved" / "other-name")
    moved = str(tmp_path / "moved" / "other-name")
    assert reference("compile", moved, "-o", "four").returncode == 0
    first = reference.files("one")
    assert len(first) > 5
    assert all(reference.files(other) == first for other in ("two", "three", "four"))
    assert reference("compile", f"reference/{name}", *words, "one", "--check").returncode == 0


def test_no_place_of_this_machine_is_in_a_build(reference: Any) -> None:
    """A build is the same for everybody who reads it: no absolute path, no user, no time of day."""
    assert reference("compile", "reference/midsize", "-o", "build").returncode == 0
    text = b"".join(reference.files("build").values()).decode()
    assert str(reference.folder) not in text
    assert not re.search(r"/(home|root|tmp|Users)/|\d\d:\d\d:\d\d", text)


def test_packed_leaves_out_only_what_people_read(reference: Any) -> None:
    """What the agent reads says the same, packed or not."""
    assert reference("compile", "reference/startup", "-o", "full").returncode == 0
    assert reference("compile", "reference/startup", "-o", "packed", "--packed").returncode == 0
    full, packed = reference.files("full"), reference.files("packed")
    kept = {name: json.loads(body) for name, body in full.items() if not name.startswith("accounts/")}
    assert {name: json.loads(body) for name, body in packed.items()} == kept


def test_every_defect_is_underlined(reference: Any) -> None:
    """`broken` exits 1; each of its files has findings, and each finding points at characters of a line."""
    words = ("lint", "reference/broken", "--org", "reference/broken/org.yaml", "--now", "2026-11-22")
    words = (*words, "--inventory", "reference/broken/inventory.jsonl")
    done = reference(*words)
    assert done.returncode == 1
    blocks = [block for block in done.stdout.split("\n\n") if re.match(r"(error|warning|advice)\[", block)]
    assert all(re.search(r"^ *--> reference/broken/\S+:\d+:\d+$", block, re.MULTILINE) for block in blocks)
    assert all(re.search(r"^ +\| .*\^", block, re.MULTILINE) for block in blocks)
    as_json = reference(*words, "--format", "json")
    assert as_json.returncode == 1
    report = json.loads(as_json.stdout)
    assert len(report["findings"]) == len(blocks) > 50
    pointed = {row["path"] for row in report["findings"]}
    faulty = {path.name for path in (REFERENCE / "broken").glob("*.py")} - {"vaults.py"}
    assert {f"reference/broken/{name}" for name in faulty} <= pointed
    assert all((row["line"], row["column"]) < (row["end_line"], row["end_column"]) for row in report["findings"])


def test_a_broken_policy_has_no_build(reference: Any) -> None:
    """Errors of lint stop compile, which says so and writes nothing."""
    done = reference("compile", "reference/broken", "-o", "build")
    assert (done.returncode, done.stdout) == (1, "")
    assert not (reference.folder / "build").exists()


def test_what_a_start_up_gets_was_reviewed(startup: Any) -> None:
    """The build of `startup`, byte for byte. A change is accepted with BACKSTAY_UPDATE_GOLDEN=1, and then reviewed."""
    assert startup("compile", "-o", "build").returncode == 0
    files = {name: body.decode() for name, body in startup.files("build").items()}
    if os.environ.get(UPDATE):
        _keep(GOLDEN / "startup" / "accounts", files)
    assert files == _golden(GOLDEN / "startup" / "accounts")
