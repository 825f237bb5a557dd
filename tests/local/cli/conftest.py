"""The commands of `backstay local`, run as a person runs them, and every server stopped afterwards."""

from __future__ import annotations

import os
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from backstay_local import running
from backstay_local.cli.door import ask
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


class Machine:
    """A server on one data folder, started, used with plain boto3, and killed."""

    def __init__(self, run: Callable[..., Result], folder: Path) -> None:
        self._run, self._folder = run, folder

    def up(self) -> None:
        result = self._run("up", "--data", str(self._folder))
        assert result.exit_code == 0, result.output
        self._server = running.find(self._folder)
        assert self._server is not None

    def kill(self) -> None:
        os.kill(self._server.pid, signal.SIGKILL)
        while not running.free(self._folder):
            time.sleep(0.01)

    def advance(self, **delta: float) -> None:
        """Move its clock forward."""
        ask(self._server, "POST", "clock", {"seconds": timedelta(**delta).total_seconds()})

    def problems(self) -> list[str]:
        """What the server itself finds wrong with its data."""
        return list(ask(self._server, "POST", "check")["problems"])

    def client(self, service: str, **options: Any) -> Any:
        server = self._server
        session = boto3.Session(server.access_key, server.secret_key, region_name="us-east-1")
        return session.client(service, endpoint_url=server.endpoint, **options)

    def ended(self, describe: Callable[[], dict[str, Any]], key: str) -> dict[str, Any]:
        until = time.monotonic() + 60
        while (job := describe())[key] not in ("COMPLETED", "FAILED", "ABORTED", "EXPIRED"):
            assert time.monotonic() < until, job
            time.sleep(0.02)
        return job

    def contents(self, bucket: str) -> dict[str, bytes]:
        s3 = self.client("s3")
        keys = [row["Key"] for row in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@pytest.fixture
def machine(run: Run, tmp_path: Path) -> Machine:
    """A running server on an empty folder."""
    made = Machine(run, tmp_path / "data")
    made.up()
    return made


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
