"""The reference policies: the same bytes wherever they are compiled, clean where they should be, broken where not."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "policies" / "reference"
GOLDEN = Path(__file__).parent / "golden" / "startup"
UPDATE = "BACKSTAY_UPDATE_GOLDEN"


@pytest.fixture
def reference(shell: Any) -> Any:
    """A shell beside copies of all reference policies."""
    shutil.copytree(REFERENCE, shell.folder / "reference")
    return shell


@pytest.mark.parametrize("name", ["startup", "midsize"])
def test_clean_policies_are_clean(name: str, reference: Any) -> None:
    """No error, no warning, no advice, with the inventory and without: what people copy is right."""
    for more in ((), ("--inventory", f"reference/{name}/inventory.jsonl")):
        done = reference("lint", f"reference/{name}", "--org", f"reference/{name}/org.yaml", *more)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(r"No problems in \d+ files? \(.*\)\.\n", done.stdout), done.stdout


@pytest.mark.parametrize("name", ["startup", "midsize"])
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
    if os.environ.get(UPDATE):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        shutil.copytree(startup.folder / "build", GOLDEN)
    wanted = {path.relative_to(GOLDEN).as_posix(): path.read_text() for path in GOLDEN.rglob("*") if path.is_file()}
    assert {name: body.decode() for name, body in startup.files("build").items()} == wanted
