"""Runs the user's own command against a restored resource: its exit code is the verdict.

No shell is involved: the text is split as a shell would split it, and `{arn}` and the like are put into the words.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from backstay_contract.restore_tests import CommandRun

_KEPT = 4096
"""So many characters of the output's end are kept."""
_LOOK = 0.2
"""So many seconds pass between two looks whether to stop."""
_PREFIX = "BACKSTAY_"
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the user wrote it, and how many seconds it may take."""

    words: tuple[str, ...]
    seconds: float


def parse(text: str, seconds: float) -> Command | str:
    """The command, or why it is none."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        return f"{text}: {error}"
    return Command(words, seconds) if words else "the command is empty"


def filled(command: Command, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The words with `{name}` replaced by the fact of that name; other braces stay as they are."""
    return tuple(_PLACE.sub(lambda found: facts.get(found[1], found[0]), word) for word in command.words)


def environment(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts as environment variables: `restored_arn` is BACKSTAY_RESTORED_ARN."""
    return {f"{_PREFIX}{name.upper()}": value for name, value in facts.items()}


def perform(command: Command, facts: Mapping[str, str], stop: Event | None = None) -> CommandRun:
    """Run it in a process group of its own, which is ended when its time is over, or when `stop` is set."""
    began = time.monotonic()
    try:
        process = subprocess.Popen(
            filled(command, facts),
            env={**os.environ, **environment(facts)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return CommandRun(None, 0.0, f"it could not be run: {error}")
    try:
        output, code = _followed(process, began + command.seconds, stop or Event())
    except BaseException:
        _ended(process)
        raise
    text = output.decode("utf-8", "replace")[-_KEPT:]
    return CommandRun(code, round(time.monotonic() - began, 1), text)


def told(run: CommandRun, limit: float) -> str:
    """How a command ended, in words."""
    if run.exit_code is None:
        if not run.seconds:
            return run.output
        return f"the command did not end within {limit:g} s and was stopped"
    return "the command agrees" if run.exit_code == 0 else f"the command ended with exit code {run.exit_code}"


def _followed(process: subprocess.Popen[bytes], until: float, stop: Event) -> tuple[bytes, int | None]:
    """What a process wrote, and its exit code; None if it was ended."""
    while time.monotonic() < until and not stop.is_set():
        try:
            output, _ = process.communicate(timeout=min(_LOOK, max(0.0, until - time.monotonic())))
        except subprocess.TimeoutExpired:
            continue
        return output, process.returncode
    return _ended(process), None


def _ended(process: subprocess.Popen[bytes]) -> bytes:
    """End a process with all that it started, and give what it wrote."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    output, _ = process.communicate()
    return output
