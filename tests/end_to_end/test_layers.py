"""What stands around policy files, as the command line tells and demands it."""

from __future__ import annotations

from typing import Any

from backstay.load.layers import LAYERS, WALLS


def test_verbose_tells_the_layers_in_the_order_of_the_table(startup: Any) -> None:
    """`-v`, before or behind the command, tells what was in force; without it nobody is bothered."""
    quiet, before, behind = startup("lint"), startup("-v", "lint"), startup("lint", "-v")
    assert "layers" not in quiet.stderr
    (told, _) = before.stderr.split("\n", 1)
    names = told.removeprefix("layers in force: ").split(", ")
    rows = [row.name for row in LAYERS]
    assert names == [name for name in rows if name in names]
    assert {row.name for row in LAYERS if row.where == "everywhere"} <= set(names)
    assert behind.stderr.startswith(told)
    assert before.stdout == quiet.stdout


def test_files_that_did_not_run_again_say_so(startup: Any) -> None:
    """The second look at the same files tells that none ran, with the layers of the first; a demand makes them run."""
    first, second = startup("compile", "-v", "-o", "build"), startup("compile", "-v", "-o", "build")
    assert "as they were" not in first.stderr
    (line,) = (line for line in second.stderr.splitlines() if line.startswith("as they were"))
    said, _, all_files = line.rpartition(": ")[2].removesuffix(" files").partition(" of ")
    assert said == all_files != "0"
    assert "as they were" not in startup("compile", "-v", "-o", "build", "--require-sandbox").stderr


def test_a_demanded_sandbox_is_told_or_refused(startup: Any) -> None:
    """With `--require-sandbox` a wall is in force, or nothing runs and the exit code is 2."""
    for words in (("lint",), ("compile", "-o", "build"), ("explain", "--account", "startup-app")):
        done = startup("-v", *words, "--require-sandbox")
        if done.returncode == 2:
            assert "sandbox-missing" in done.stdout + done.stderr
        else:
            assert done.returncode == 0, done.stderr
            assert any(wall in done.stderr.split("\n", 1)[0] for wall in WALLS)
