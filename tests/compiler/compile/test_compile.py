"""`backstay compile`: what it writes, what it refuses, and what it exits with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def read(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_writes_a_build(acme: Path, run: Run) -> None:
    """Policies are looked for in `policies/`, the organization file beside them; the summary says what was written."""
    result = run("-o", "build")
    assert result.exit_code == 0, result.output
    assert "Wrote build: 1 policy for 8 accounts in 2 shapes, 64 files" in result.stderr
    assert result.stdout == ""
    assert {"index.json", "provenance.json"} <= set(read(acme / "build"))


def test_the_same_twice(acme: Path, run: Run) -> None:
    """Same input, same bytes."""
    run("-o", "one")
    run("policies/base.py", "--org", "policies/org.json", "-o", "two")
    assert read(acme / "one") == read(acme / "two")


def test_packed(acme: Path, run: Run) -> None:
    """`--packed` leaves out the folders of the accounts."""
    assert run("-o", "build", "--packed").exit_code == 0
    assert {name.split("/")[0] for name in read(acme / "build")} == {"index.json", "provenance.json", "shapes"}


def test_check(acme: Path, run: Run) -> None:
    """`--check` writes nothing and tells what differs."""
    assert run("-o", "build", "--check").exit_code == 1
    assert not (acme / "build").exists()
    run("-o", "build")
    assert run("-o", "build", "--check").exit_code == 0
    stray = acme / "build" / "shapes" / "x.json"
    stray.write_text("{}")
    result = run("-o", "build", "--check")
    assert (result.exit_code, result.stdout) == (1, "shapes/x.json\n")
    assert stray.exists()


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ('ou("Work")', 'ou("Wrok")', 1, "did you mean `Work`?"),
        ("days(keep)", "days(3)", 1, "retention-outside-lock"),
        ("import Lock", "import os", 2, "os"),
        ("def plan", "def def plan", 2, "syntax"),
        ('"base", attach', '"base", atach', 2, "did you mean `attach`?"),
    ],
)
def test_errors_leave_the_old_build(old: str, new: str, code: int, word: str, acme: Path, run: Run) -> None:
    """1 for what was read and is wrong, 2 for what cannot be read; the old build stays as it is."""
    run("-o", "build")
    before = read(acme / "build")
    policy = acme / "policies" / "base.py"
    policy.write_text(policy.read_text().replace(old, new))
    result = run("-o", "build")
    assert result.exit_code == code, result.output
    assert word in result.stderr
    assert read(acme / "build") == before


def test_warnings_do_not_stop_it(acme: Path, run: Run) -> None:
    """A warning is shown, and the build is written."""
    policy = acme / "policies" / "base.py"
    policy.write_text(f'{policy.read_text()}\nnobody = Policy("nobody", attach=ou("Work"), regions=["us-west-2"])\n')
    result = run("-o", "build")
    assert result.exit_code == 0
    assert "attached-to-no-account" in result.stderr
    assert (acme / "build" / "index.json").exists()


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["nowhere", "-o", "build"], "nowhere"),
        (["-o", "build", "--org", "nowhere.yaml"], "nowhere.yaml"),
        (["-o", "policies"], "no part of a build"),
        (["-o", "build", "--target", "elephants"], "elephants"),
        ([], "--output"),
    ],
)
def test_bad_usage(words: list[str], word: str, acme: Path, run: Run) -> None:
    """A path that is not there, a folder that is not ours, an unknown target: 2, with the word that is wrong."""
    before = read(acme)
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert word in result.stderr
    assert read(acme) == before


def test_needs_an_organization(acme: Path, run: Run) -> None:
    """There is no build for nobody."""
    (acme / "policies" / "org.json").unlink()
    result = run("-o", "build")
    assert (result.exit_code, (acme / "build").exists()) == (2, False)
    assert "--org" in result.stderr
