"""The commands of `backstay local`, run as a person runs them, and every server stopped afterwards."""

from __future__ import annotations

import os
import shlex
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstay_local import running
from backstay_local.cli.local import local

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `backstay local …` without the AWS settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(local, list(arguments))

    yield invoke
    for note in tmp_path.rglob("server.json"):
        found = running.find(note.parent)
        if found is not None:
            os.kill(found.pid, signal.SIGKILL)


@pytest.fixture
def exports() -> Callable[[str], dict[str, str]]:
    """What a shell would take from the output of `up`; any other line is a mistake."""

    def read(output: str) -> dict[str, str]:
        found = {}
        assert output, "nothing was printed"
        for line in output.splitlines():
            word, assignment = shlex.split(line)
            assert word == "export"
            name, _, value = assignment.partition("=")
            found[name] = value
        return found

    return read
