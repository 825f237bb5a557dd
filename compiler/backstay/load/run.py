"""Runs one job in two processes at once, which differ in their hash seed only, and takes what they write, capped."""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, get_args

import backstay
import backstay_contract
from backstay.load import bubble, watch
from backstay.load.layers import Inner

Killed = Literal["", "time", "memory", "output", "sandbox", "other"]
SEEDS = ("1", "2")
_ENDS: Mapping[int, Killed] = {77: "output", 78: "sandbox"}  # exit codes of child/session.py
_LAST_WORDS = 1.0  # seconds
_AROUND = 64 << 20  # bytes that the parent grants beyond the run's own limit: that one ends it at its line
_TICK = 0.02  # seconds between two looks at the memory
_UNWATCHED = 60.0  # seconds; a test that leaves the watch out shall not hang for ever
_MAIN = Path(__file__).parent / "child" / "main.py"


@dataclass(frozen=True)
class Limits:
    """What one run may use. A run counts its CPU seconds, memory and output itself; the parent watches the rest too."""

    cpu_seconds: int = 5
    memory_bytes: int = 1 << 30
    wall_seconds: float = 10.0
    output_bytes: int = 8 << 20
    error_bytes: int = 64 << 10


@dataclass(frozen=True)
class Ran:
    """What came of one process: its answer, its exit code as subprocess tells it, and why it was `killed` if it was.

    `killed` is "time", "memory" or "output" (it used too much), "sandbox" (one was demanded and there is none), or
    "other" (the other process failed first). `layers`: those in force in it, told before any file ran.
    """

    answer: bytes
    errors: str
    exit: int
    killed: Killed = ""
    layers: tuple[str, ...] = ()


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    inside: bool
    parts: dict[str, bytearray] = field(default_factory=lambda: {"answer": bytearray(), "errors": bytearray()})
    killed: Killed = ""

    def ran(self) -> Ran:
        """What came of it. A signal that ended the run inside is told by bubblewrap as a shell does, from 128 on."""
        code = self.process.returncode
        if self.inside and code > 128:
            code = 128 - code
        layers, _, answer = bytes(self.parts["answer"]).partition(b"\n")
        errors = self.parts["errors"].decode("utf-8", "replace")
        return Ran(answer, errors, code, self.killed or _ENDS.get(code, ""), _layers(layers))


def _layers(told: bytes) -> tuple[str, ...]:
    """The first line of what a run wrote; nothing if it is no list of layers."""
    try:
        names = json.loads(told)
    except (ValueError, RecursionError):
        return ()
    return tuple(name for name in get_args(Inner) if name in names) if isinstance(names, list) else ()


def run(
    job: Mapping[str, Any],
    limits: Limits | None = None,
    without: Set[Inner] = frozenset(),
    *,
    sandbox: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[Ran, ...]:
    """Run a job (`child.execute.prepare` has its shape) once for each seed, at the same time.

    With `sandbox` no file runs unless bubblewrap or seccomp is in force: `Ran.killed` is then "sandbox".
    `without` leaves layers out: for the tests, which show that no escape is held by one layer alone. `meanwhile` is
    called in a thread once the processes are started, since the parent only waits then.
    """
    bounds = limits or Limits()
    data = json.dumps(job).encode()
    with tempfile.TemporaryDirectory(prefix="backstay-") as empty:
        seeds = SEEDS[:1] if "two-seeds" in without else SEEDS
        children = [_start(data, seed, empty, bounds, without, sandbox) for seed in seeds]
        if meanwhile is not None:
            threading.Thread(target=meanwhile).start()
        try:
            _collect(children, bounds, "watch" not in without)
        finally:
            for child in children:
                _end(child)
                child.process.wait()
                _close(child)
    return tuple(child.ran() for child in children)


def _start(data: bytes, seed: str, folder: str, limits: Limits, without: Set[Inner], sandbox: bool) -> _Child:
    inside = "bubblewrap" not in without and bubble.works()
    packages = [Path(str(package.__file__)).resolve().parent for package in (backstay, backstay_contract)]
    command = [
        bubble.interpreter(),
        "-P",
        "-s",
        "-S",
        "-X",
        "utf8",
        str(_MAIN),
        _orders(limits, without, inside, sandbox),
    ]
    command += sorted({str(package.parent) for package in packages})
    bare = "process" in without
    with _as_file(data) as job:
        process = subprocess.Popen(
            bubble.around(command, packages, seed) if inside else command,
            stdin=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=None if bare else folder,
            env={**(os.environ if bare else {}), "PYTHONHASHSEED": seed},
            close_fds=True,
            start_new_session=True,
        )
    return _Child(process, inside)


def _orders(limits: Limits, without: Set[Inner], inside: bool, sandbox: bool) -> str:
    orders = {
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "output_bytes": limits.output_bytes,
        "inside": inside,
        "sandbox": sandbox,
        "without": sorted(without),
    }
    return json.dumps(orders)


@contextmanager
def _as_file(data: bytes) -> Iterator[IO[bytes]]:
    """The job as a file without a name: nobody has to feed a pipe while both processes are read."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield file


def _collect(children: list[_Child], limits: Limits, watched: bool) -> None:
    """Read all to their end; the first that fails, or that takes, holds or writes too much, ends all."""
    deadline = time.monotonic() + (limits.wall_seconds if watched else _UNWATCHED)
    look = 0.0
    with selectors.DefaultSelector() as selector:
        for child in children:
            for name, pipe in (("answer", child.process.stdout), ("errors", child.process.stderr)):
                if pipe is not None:
                    selector.register(pipe, selectors.EVENT_READ, (child, name))
        while selector.get_map():
            ready = selector.select(min(_TICK, max(0.0, deadline - time.monotonic())))
            if time.monotonic() >= deadline:
                _out_of_time(children, limits)
                return
            if watched and time.monotonic() >= look:
                look = time.monotonic() + _TICK
                if any(watch.held(child.process.pid) > limits.memory_bytes + _AROUND for child in children):
                    _kill(children, "memory")
                    return
            for key, _ in ready:
                if not _read(selector, key, children, deadline):
                    return
            if watched and any(_overflows(child, limits) for child in children):
                _kill(children, "output")
                return


def _read(
    selector: selectors.BaseSelector, key: selectors.SelectorKey, children: list[_Child], deadline: float
) -> bool:
    """Take what one pipe has; whether all goes on, which it does not after a process that failed."""
    child, name = key.data
    part = os.read(key.fd, 1 << 16)
    child.parts[name] += part
    if part:
        return True
    selector.unregister(key.fileobj)
    if name == "answer" and not _ended_well(child, deadline):
        _kill([other for other in children if other is not child], "other")
        return False
    return True


def _overflows(child: _Child, limits: Limits) -> bool:
    return len(child.parts["answer"]) > limits.output_bytes or len(child.parts["errors"]) > limits.error_bytes


def _out_of_time(children: list[_Child], limits: Limits) -> None:
    """End all, after each has had a moment to write the line that it is at, as it does at its own limit."""
    for child in children:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(watch.innermost(child.process.pid), signal.SIGXCPU)
    until = time.monotonic() + _LAST_WORDS
    for child in children:
        _listen(child, until, limits.error_bytes)
    _kill(children, "time")


def _listen(child: _Child, until: float, cap: int) -> None:
    pipe, said = child.process.stderr, child.parts["errors"]
    while pipe is not None and len(said) <= cap:
        if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            return
        part = os.read(pipe.fileno(), 1 << 16)
        if not part:
            return
        said += part


def _ended_well(child: _Child, deadline: float) -> bool:
    try:
        code = child.process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _kill([child], "time")
        return False
    if code != 0 and child.process.stderr is not None:
        child.parts["errors"] += child.process.stderr.read(1 << 16)
    return code == 0


def _kill(children: list[_Child], why: Killed) -> None:
    for child in children:
        child.killed = why
        _end(child)


def _end(child: _Child) -> None:
    """End the process and whatever it may have started: it leads a session of its own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)


def _close(child: _Child) -> None:
    for pipe in (child.process.stdout, child.process.stderr):
        if pipe is not None:
            pipe.close()
