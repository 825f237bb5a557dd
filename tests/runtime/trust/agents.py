"""Agents in processes of their own: forked warm, running a command of the command line, killed for good."""

from __future__ import annotations

import os
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.runtime.trust import premade
from tests.runtime.trust.line import Ended, Line, hang_on
from tests.runtime.trust.warm import REGION, command


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
    premade.hand_out()
    known = set(sys.modules)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(_environment(keys))
    result = CliRunner().invoke(command(words[0]), list(words[1:]))
    output = result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        output += "".join(traceback.format_exception(result.exception))
    loaded = tuple(name for name in sys.modules if name not in known)
    line.send(Ended(result.exit_code, output, loaded, premade.asked()))
    return 0


def _environment(keys: tuple[str, str]) -> Mapping[str, str]:
    return {
        "PATH": os.defpath,
        "AWS_ACCESS_KEY_ID": keys[0],
        "AWS_SECRET_ACCESS_KEY": keys[1],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
