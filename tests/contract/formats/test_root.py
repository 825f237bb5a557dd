"""The root of a repository is found as the services find it."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstay_formats.root import nearest


def test_the_nearest_folder_with_git(tmp_path: Path) -> None:
    """The nearest one upwards counts, whether `.git` is a folder or, in a work tree, a file."""
    below = tmp_path / "sub" / "a"
    below.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    assert nearest(below).folder == tmp_path
    (tmp_path / "sub" / ".git").write_text("gitdir: elsewhere\n")
    assert nearest(below).folder == tmp_path / "sub"
    assert nearest(below).path("b.py") == "a/b.py"


def test_without_one_it_is_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is under version control, paths stay as they are."""
    monkeypatch.chdir(tmp_path)
    assert nearest().folder == Path.cwd()
    assert nearest().path("policies/a.py") == "policies/a.py"
