"""`pip install .` is enough: the wheel holds what the commands read, and works far from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIDES = {"compiler": ["backstay"], "runtime": ["backstay_agent", "backstay_local"]}
SIDES["schemas"] = ["backstay_aws", "backstay_contract", "backstay_formats"]

# Lints, compiles and plans with the packages of a folder alone: argument 1 is put before the editable installation.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import backstay, backstay_aws, backstay_contract, backstay_formats, backstay_agent, backstay_local
for package in (backstay, backstay_aws, backstay_contract, backstay_formats, backstay_agent, backstay_local):
    assert package.__file__.startswith(sys.path[0]), package.__file__
from backstay.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--no-build-isolation", "-w", str(folder), str(ROOT)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("backstay-*.whl")
    return made


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    """The wheel's content, as an installation has it."""
    folder = wheel.with_suffix("")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_every_file_of_the_packages_is_in_it(unpacked: Path) -> None:
    """Modules, schemas, tables, templates and style sheets: whatever lies in a package's folder is in the wheel."""
    kept = {".py", ".json", ".toml", ".html", ".css", ".js", ".typed", ".yaml", ".jsonl"}
    wanted = {
        path.relative_to(ROOT / side).as_posix()
        for side, packages in SIDES.items()
        for package in packages
        for path in (ROOT / side / package).rglob("*")
        if path.is_file() and (path.suffix in kept or path.name == "py.typed") and "__pycache__" not in path.parts
    }
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert wanted - held == set()
    assert {"backstay_contract/json_schemas/build-index.json", "backstay_aws/catalog/limits.toml"} <= held
    assert {"backstay_formats/templates/page.html", "backstay_agent/audit/report/templates/report.html"} <= held
    assert {f"{package}/py.typed" for packages in SIDES.values() for package in packages} <= held


def test_the_reference_policies_are_in_it(unpacked: Path) -> None:
    """`backstay demo` runs on them, so they travel along, byte for byte."""
    there = {
        path.relative_to(ROOT / "policies" / "reference"): path.read_bytes() for path in _policies(ROOT / "policies")
    }
    held = unpacked / "backstay_agent" / "reference"
    assert {name: (held / name).read_bytes() for name in there} == there


def _policies(folder: Path) -> list[Path]:
    found = (path for path in (folder / "reference").rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]


def test_nothing_else_is_in_it(unpacked: Path) -> None:
    """No tests, no caches, no build of somebody's, nothing beside the packages and what describes them."""
    tops = {path.name for path in unpacked.iterdir()}
    described = {name for name in tops if name.endswith(".dist-info")}
    assert len(described) == 1
    assert tops - described == {package for packages in SIDES.values() for package in packages}
    assert not [path for path in unpacked.rglob("*") if path.suffix == ".pyc" or path.name.startswith(".")]
    (information,) = described
    assert (unpacked / information / "licenses" / "LICENSE").is_file()
    assert "backstay = backstay.cli.main:main" in (unpacked / information / "entry_points.txt").read_text()


def test_it_works_from_anywhere(unpacked: Path, tmp_path: Path) -> None:
    """Lint with a page of rules and SARIF, compile, and refuse a broken build, all of it from the wheel."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    policies = str(unpacked / "backstay_agent" / "reference" / "startup")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-c", PROGRAM, str(unpacked), *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    for words in (("lint", policies), ("rules", "LIF001"), ("lint", policies, "--format", "sarif")):
        done = run(*words)
        assert done.returncode == 0, done.stderr
    done = run("compile", policies, "-o", "build")
    assert done.returncode == 0, done.stderr
    golden = Path(__file__).parent / "golden" / "startup" / "accounts" / "index.json"
    assert (tmp_path / "build" / "index.json").read_bytes() == golden.read_bytes()
    (tmp_path / "build" / "index.json").write_text('{"format": 1}')
    done = run("plan", "build", "--endpoint-url", "http://127.0.0.1:9")
    assert (done.returncode, "is a required property" in done.stderr) == (2, True), done.stderr
