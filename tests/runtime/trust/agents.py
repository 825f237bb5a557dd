"""Agents in processes of their own: forked warm, running a command of the command line, killed for good."""

from __future__ import annotations

import importlib
import os
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.runtime.trust.line import Ended, Line, hang_on

REGION = "eu-central-1"
_SERVICES = ("backup", "sts", "organizations", "iam", "sns", "kms", "s3", "dynamodb", "resourcegroupstaggingapi")


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent's process, and AWS's end of the line to it."""

    pid: int
    line: Line

    def reap(self) -> int:
        """Wait until it is gone; its exit code, negative for the signal that ended it."""
        _, status = os.waitpid(self.pid, 0)
        self.line.close()
        return os.waitstatus_to_exitcode(status)


@cache
def command(name: str) -> Any:
    """A command of the agent by the name that a person types."""
    module = importlib.import_module(f"backstay_agent.cli.{name}")
    return getattr(module, name)


def warm(names: Sequence[str]) -> None:
    """Load what agents need, so that a forked one costs milliseconds."""
    import botocore.hooks
    import botocore.session

    from backstay_local.wire.model import loader

    shared = loader()
    botocore.session.create_loader = lambda *_: shared
    # Each agent makes its clients anew; what botocore finds out about its own handlers meanwhile is always the same.
    botocore.hooks.accepts_kwargs = cache(botocore.hooks.accepts_kwargs)
    session = botocore.session.Session()
    session.set_credentials("warm", "warm")
    for service in _SERVICES:
        session.create_client(service, region_name=REGION)
    for name in names:
        command(name)


def learn(loaded: Sequence[str]) -> None:
    """Load here what an agent had to load, so that the next one need not."""
    for name in loaded:
        with suppress(Exception):
            importlib.import_module(name)


def start(words: Sequence[str], folder: str, keys: tuple[str, str], others: Sequence[Agent] = ()) -> Agent:
    """Start `backstay WORDS…` in a folder, with AWS at the other end of a line."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            ours.close()
            for other in others:
                other.line.close()
            code = _live(words, folder, keys, Line(theirs))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    theirs.close()
    return Agent(pid, Line(ours))


def _live(words: Sequence[str], folder: str, keys: tuple[str, str], line: Line) -> int:
    from click.testing import CliRunner

    hang_on(line)
    known = set(sys.modules)
    os.chdir(folder)
    os.environ.update(_environment(keys))
    result = CliRunner().invoke(command(words[0]), list(words[1:]))
    output = result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        output += "".join(traceback.format_exception(result.exception))
    loaded = tuple(name for name in sys.modules if name not in known)
    line.send(Ended(result.exit_code, output, loaded))
    return 0


def _environment(keys: tuple[str, str]) -> Mapping[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": keys[0],
        "AWS_SECRET_ACCESS_KEY": keys[1],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
