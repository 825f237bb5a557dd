"""`org bootstrap` killed between any two calls, and run again: it ends where an undisturbed run ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from click.testing import CliRunner

from backstay_agent.cli.org import org

CENTRAL = "100000000002"
_READS = ("Get", "List", "Describe", "Assume")


class Killed(BaseException):
    """The process is dead: it makes no further call."""


@contextmanager
def _dying(patch: pytest.MonkeyPatch, at: int, after: bool) -> Iterator[list[str]]:
    """Dies at the n-th writing call, before it is sent or after it was answered; gives the calls that were written."""
    written: list[str] = []
    perform: Any = BaseClient._make_api_call

    def call(client: Any, operation: str, members: Any) -> Any:
        if client.meta.endpoint_url != os.environ["AWS_ENDPOINT_URL"]:
            return perform(client, operation, members)
        if len(written) > at:
            raise Killed
        writes = not operation.startswith(_READS)
        if writes:
            written.append(operation)
        if len(written) > at and not after:
            raise Killed
        answer = perform(client, operation, members)
        if len(written) > at:
            raise Killed
        return answer

    with patch.context() as during:
        during.setattr(BaseClient, "_make_api_call", call)
        yield written


def _run(way: str) -> int:
    options = ["bootstrap", "--via", way, "--backup-account", CENTRAL, "--max-parallel", "1", "--yes"]
    try:
        result = CliRunner().invoke(org, options)
    except Killed:
        return 137
    assert result.exit_code == 0, result.output
    return 0


def _every_kill(way: str, make: Callable[[], Any], looks: Any, patch: pytest.MonkeyPatch) -> int:
    """Kill at every writing call, before and after it; how many trials there were."""
    with make() as cloud:
        assert _run(way) == 0
        wanted = looks(cloud)
    trials = 0
    for after in (False, True):
        at = 0
        while True:
            with make() as cloud:
                with _dying(patch, at, after) as written:
                    ended = _run(way)
                if ended == 0 and len(written) <= at:
                    break
                trials += 1
                assert _run(way) == 0
                assert looks(cloud) == wanted, (way, at, after, written[-1])
            at += 1
    return trials


@pytest.mark.long
@pytest.mark.parametrize("way", ["direct", "stackset"])
def test_every_kill(way: str, bare_clouds: Any, looks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is made twice, nothing is missing, and the second run ends clean."""
    monkeypatch.chdir(tmp_path)
    assert _every_kill(way, bare_clouds, looks, monkeypatch) > 20
