"""The build in force: taken when it is new and whole, kept when what lies there is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backstay_agent.read_build import BuildError
from backstay_agent.reconcile.build_file import BuildFile


def _other(body: dict[str, Any]) -> None:
    body["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 90


def test_a_new_build_is_taken_once(builds: Any, tmp_path: Path) -> None:
    """The same build again is no news, whether it is asked for or not."""
    source = BuildFile(builds.write(tmp_path / "build"))
    before = source.build.digest
    assert (source.refresh(), source.refresh(forced=True)) == ("same", "same")
    builds.write(tmp_path / "build", _other)
    assert (source.refresh(), source.refresh()) == ("new", "same")
    assert source.build.digest != before


def test_what_is_broken_leaves_the_last_good_one_until_it_is_whole(builds: Any, tmp_path: Path) -> None:
    """Half written, a shape missing, gone altogether: refused with a sentence, and looked at again."""
    folder = builds.write(tmp_path / "build")
    source = BuildFile(folder)
    good, index = source.build, (folder / "index.json").read_bytes()
    for body in (index[:-20], b"", b"{}"):
        (folder / "index.json").write_bytes(body)
        assert source.refresh() == "refused"
        assert source.build is good
        assert source.problem
    (folder / "index.json").unlink()
    assert source.refresh() == "refused"
    assert "is not a build" in str(source.problem)
    (folder / "index.json").write_bytes(index)
    assert source.refresh() == "same"
    assert source.problem is None


def test_an_index_before_its_shapes_is_taken_when_they_are_there(builds: Any, tmp_path: Path) -> None:
    """Whoever copies a build file by file loses nothing."""
    folder, other = builds.write(tmp_path / "build"), builds.write(tmp_path / "other", _other)
    source = BuildFile(folder)
    (folder / "index.json").write_bytes((other / "index.json").read_bytes())
    assert source.refresh() == "refused"
    for shape in (other / "shapes").iterdir():
        (folder / "shapes" / shape.name).write_bytes(shape.read_bytes())
    assert source.refresh() == "new"


def test_a_build_for_another_organization_is_refused(builds: Any, tmp_path: Path) -> None:
    """Somebody copied the wrong folder."""
    folder = builds.write(tmp_path / "build")
    source = BuildFile(folder)
    index = json.loads((folder / "index.json").read_bytes())
    index["organization"]["id"] = "o-other00001"
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    assert source.refresh() == "refused"
    assert "for another organization, o-other00001" in str(source.problem)


def test_what_a_reader_does_not_take_is_refused(builds: Any, tmp_path: Path) -> None:
    """A demand on builds, such as a signature, holds at each reading."""
    demands = iter([False, True])

    def read(folder: Path) -> Any:
        from backstay_agent.read_build import read_build

        if next(demands):
            raise BuildError("nobody signed it")
        return read_build(folder)

    source = BuildFile(builds.write(tmp_path / "build"), read=read)
    builds.write(tmp_path / "build", _other)
    assert (source.refresh(), source.problem) == ("refused", "nobody signed it")
    with pytest.raises(BuildError):
        BuildFile(tmp_path / "nowhere")
