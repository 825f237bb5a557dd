"""What the tests of the long-running agent share: the command, and a build that has been applied."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

Run = Callable[..., Result]


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `backstay run … --once` in a working directory of its own; an exception of ours is raised."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str | Path) -> Result:
        from backstay_agent.cli.run import run

        result = CliRunner().invoke(run, [str(argument) for argument in arguments] + ["--once"])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def applied(cloud: Any, builds: Any, run: Callable[..., Result], tmp_path: Path) -> Path:
    """A build that has been applied to two accounts."""
    build: Path = builds.write(tmp_path / "build")
    assert run("apply", build, "--yes").exit_code == 0
    return build


def events(result: Result, event: str) -> list[dict[str, Any]]:
    """The events of that name in the log of a run."""
    lines = (json.loads(line) for line in result.stderr.splitlines() if line.startswith("{"))
    return [line for line in lines if line["event"] == event]


def alerts(result: Result) -> list[tuple[str, str]]:
    """The alerts of a run, as pairs of status and title."""
    return [(one["status"], one["title"]) for one in events(result, "alert")]
