"""pytest's fixtures for those who test AWS automation of their own: `local_aws` and `local_aws_server`.

pytest loads this module in every project that has the package installed, so it imports nothing of weight.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .app import LocalAws
    from .backup.options import Settings

# AWS's own example in its documentation: nobody's key. It is the same in every test, for sessions that outlive one.
_KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
_NOWHERE = "http://127.0.0.1:9"
_MARKER = (
    "local_aws(start, region, settings, seed): the embedded AWS of this test: the time of its clock, the Region of "
    "clients that name none, settings of AWS Backup, files to seed (from the test's folder)"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The same for a whole project, in its ini file."""
    parser.addini("local_aws_start", "time that the embedded AWS starts at, in ISO 8601")
    parser.addini("local_aws_region", "Region of clients that name none", default="us-east-1")
    parser.addini("local_aws_settings", "settings of AWS Backup, NAME=VALUE a line", type="linelist")
    parser.addini("local_aws_seed", "files to seed the embedded AWS from", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@dataclass(frozen=True)
class LocalAwsServer:
    """The embedded AWS of a test over HTTP."""

    aws: LocalAws
    endpoint: str
    environment: Mapping[str, str]
    """What a client needs to reach it. The test's own environment, which child processes inherit, has it already."""


@dataclass(frozen=True)
class _Wanted:
    """What ini file and markers ask for; the nearest marker counts."""

    start: datetime | None
    region: str
    settings: Settings
    seed: tuple[Path, ...]


@pytest.fixture
def local_aws(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """A fresh embedded AWS, which answers all boto3 sessions and clients that are made while the test runs."""
    import boto3

    from .app import LocalAws
    from .running import environment
    from .transport import everywhere, ordinary_session

    wanted = _wanted(request)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name, value in environment(_NOWHERE, *_KEY, wanted.region).items():
        monkeypatch.setenv(name, value)
    with LocalAws(start=wanted.start, settings=wanted.settings, key=_KEY) as aws:
        aws.seed(*wanted.seed)
        with everywhere(aws):
            monkeypatch.setattr(boto3, "DEFAULT_SESSION", ordinary_session())
            yield aws


@pytest.fixture
def local_aws_server(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAwsServer]:
    """The same over HTTP, for programs that the test starts: the `aws` command line, Terraform, anything."""
    from .running import environment

    with local_aws.serve() as endpoint:
        variables = environment(endpoint, *_KEY, os.environ["AWS_REGION"])
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield LocalAwsServer(local_aws, endpoint, variables)


def _wanted(request: pytest.FixtureRequest) -> _Wanted:
    from .backup.option_text import settings_of
    from .backup.options import Settings

    given: dict[str, Any] = {}
    for marker in request.node.iter_markers("local_aws"):
        if marker.args or marker.kwargs.keys() - {"start", "region", "settings", "seed"}:
            raise pytest.UsageError(f"the marker is {_MARKER}")
        given = {**marker.kwargs, **given}
    config = request.config
    start = given.get("start", config.getini("local_aws_start") or None)
    settings = given.get("settings", config.getini("local_aws_settings"))
    try:
        if isinstance(settings, Mapping):
            settings = Settings(**settings)
        elif not isinstance(settings, Settings):
            settings = settings_of(settings)
        moment = datetime.fromisoformat(start) if isinstance(start, str) else start
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"local_aws: {error}") from None
    seed = given.get("seed", config.getini("local_aws_seed"))
    folder = request.path.parent
    return _Wanted(
        moment, given.get("region", config.getini("local_aws_region")), settings, tuple(folder / one for one in seed)
    )
