"""Every command's help, as it is read: complete, in width, and the same words everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click
import pytest

from backstay.cli.commands import commands


def _below(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from _below(one, (*path, name))
    if path == ("audit",):
        yield from _below(command.below("verify"), (*path, "verify"))


EVERY = [pair for name, entry in commands().items() for pair in _below(entry.load(), (name,))]
IDS = [" ".join(path) for path, _ in EVERY]


@pytest.mark.parametrize(("path", "command"), EVERY, ids=IDS)
def test_every_word_of_it_is_there(path: tuple[str, ...], command: click.Command) -> None:
    """Each command says what it does, and each option of its own what it means; sentences end like sentences."""
    assert command.help
    assert re.search(r"[.:`)]$", command.help.strip().split("\n\n")[0]), command.help
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden and param.opts[-1] not in ("--format", "--output"):
            assert param.help, f"{param.opts[-1]} of {' '.join(path)} says nothing"


@pytest.mark.parametrize("columns", ["80", "160"])
def test_it_fits_its_terminal(columns: str, shell: Any) -> None:
    """No line is wider than the terminal, and none over 100 columns, which nobody reads."""
    for words in ((), ("lint",), ("compile",), ("rules",), ("completion",)):
        done = shell(*words, "--help", COLUMNS=columns)
        assert (done.returncode, done.stderr) == (0, "")
        assert max(map(len, done.stdout.splitlines())) <= min(int(columns), 100)


def test_the_first_screen_names_every_command(shell: Any) -> None:
    """A newcomer sees what there is, one line each, and what exit codes mean, without scrolling."""
    lines = shell("--help").stdout.splitlines()
    assert len(lines) <= 48
    for name, entry in commands().items():
        assert f"  {name}" in "\n".join(lines)
        assert entry.summary, name
    assert "Exit codes: 0 clean, 1 findings, 2 bad usage or unreadable input, 3 partly" in "\n".join(lines)


def test_rules_are_listed_whole_by_family_and_one_by_one(shell: Any) -> None:
    """The list, one family by name or by its letters, and one rule by name or code in any case."""
    every, family, letters = (shell("rules", *more).stdout for more in ((), ("lifecycle",), ("LIF",)))
    assert family == letters
    codes, of_family = (re.findall(r"^  ([A-Z]{3}\d{3})  ", text, re.MULTILINE) for text in (every, family))
    assert of_family == [code for code in codes if code.startswith("LIF")]
    assert len(codes) > 2 * len(of_family) > 10
    one, same = (shell("rules", name).stdout for name in ("cold-storage-too-short", "lif001"))
    assert one == same
    assert all(word in one for word in ("Refused:", "Accepted:", "Sources:"))
