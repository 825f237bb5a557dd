"""The stage of the demo: runs the commands that a user would type, keeps what they print, and shows it shortened."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

SHOWN_LINES = 14
_EXPORT = "export "


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did: its exit code, and what a terminal would have shown."""

    code: int
    text: str


class StageError(Exception):
    """A command of the demo ended in another way than the story needs; holds what it printed."""


def backstay(*words: str) -> Ran:
    """Run `backstay …` in this process, through the console script's own entry point."""
    command = _console_script()
    shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)  # some commands write bytes
    code = 0
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown), _arguments(words):
        try:
            code = command() or 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    shown.seek(0)
    return Ran(code, shown.read())


def expect(ran: Ran, *codes: int) -> Ran:
    """Go on only if a command ended as the story needs."""
    if ran.code not in codes:
        raise StageError(f"exit {ran.code}, expected {' or '.join(map(str, codes))}\n{ran.text}")
    return ran


@contextlib.contextmanager
def embedded_aws(data: Path) -> Iterator[str]:
    """An embedded AWS of its own while the demo plays; yields its address. The environment points at it."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    try:
        up = expect(backstay("local", "up", "--data", str(data)), 0)
        for line in up.text.splitlines():
            if line.startswith(_EXPORT):
                name, _, value = shlex.split(line)[1].partition("=")
                os.environ[name] = value
        yield os.environ["AWS_ENDPOINT_URL"]
    finally:
        backstay("local", "down", "--data", str(data))
        os.environ.clear()
        os.environ.update(before)


def shortened(text: str, lines: int = SHOWN_LINES) -> str:
    """The first lines of an output, and how many more there were."""
    rows = text.strip("\n").splitlines()
    if len(rows) <= lines + 1:
        return "\n".join(rows)
    head = lines * 2 // 3
    tail = lines - head
    return "\n".join([*rows[:head], f"… {len(rows) - lines} more lines …", *rows[-tail:]])


def _console_script() -> Callable[[], Any]:
    found = entry_points(group="console_scripts", name="backstay")
    if not found:
        raise StageError("the command `backstay` is not installed; `pip install .` first")
    loaded: Callable[[], Any] = next(iter(found)).load()
    return loaded


@contextlib.contextmanager
def _arguments(words: tuple[str, ...]) -> Iterator[None]:
    before = sys.argv
    sys.argv = ["backstay", *words]
    try:
        yield
    finally:
        sys.argv = before
