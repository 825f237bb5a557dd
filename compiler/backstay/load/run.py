"""Runs one job in two processes at once, which differ in their hash seed only, and takes what they write, capped."""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import backstay
import backstay_contract

SEEDS = ("1", "2")
_LAST_WORDS = 1.0  # seconds
_MAIN = Path(__file__).parent / "child" / "main.py"


@dataclass(frozen=True)
class Limits:
    """What one run may use. CPU seconds and memory are the child's own limits, the rest is watched from outside."""

    cpu_seconds: int = 5
    memory_bytes: int = 1 << 30
    wall_seconds: float = 10.0
    output_bytes: int = 8 << 20
    error_bytes: int = 64 << 10


@dataclass(frozen=True)
class Ran:
    """What came of one process: its answer, its exit code as subprocess tells it, and why it was `killed` if it was."""

    answer: bytes
    errors: str
    exit: int
    killed: str = ""


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    parts: dict[str, bytearray] = field(default_factory=lambda: {"answer": bytearray(), "errors": bytearray()})
    killed: str = ""


def run(job: Mapping[str, Any], limits: Limits | None = None) -> tuple[Ran, ...]:
    """Run a job (`child.execute.prepare` has its shape) once for each seed, at the same time."""
    bounds = limits or Limits()
    data = json.dumps(job).encode()
    with tempfile.TemporaryDirectory(prefix="backstay-") as empty:
        children = [_start(data, seed, empty, bounds) for seed in SEEDS]
        try:
            _collect(children, bounds)
        finally:
            for child in children:
                _end(child)
                child.process.wait()
                _close(child)
    return tuple(
        Ran(bytes(c.parts["answer"]), c.parts["errors"].decode("utf-8", "replace"), c.process.returncode, c.killed)
        for c in children
    )


def _start(data: bytes, seed: str, folder: str, limits: Limits) -> _Child:
    roots = sorted({str(Path(str(package.__file__)).resolve().parents[1]) for package in (backstay, backstay_contract)})
    bounds = json.dumps({"cpu_seconds": limits.cpu_seconds, "memory_bytes": limits.memory_bytes})
    command = [sys.executable, "-P", "-s", "-S", "-X", "utf8", str(_MAIN), bounds, *roots]
    with _as_file(data) as job:
        return _Child(
            subprocess.Popen(
                command,
                stdin=job,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={"PYTHONHASHSEED": seed},
                close_fds=True,
                start_new_session=True,
            )
        )


@contextmanager
def _as_file(data: bytes) -> Iterator[IO[bytes]]:
    """The job as a file without a name: nobody has to feed a pipe while both processes are read."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield file


def _collect(children: list[_Child], limits: Limits) -> None:
    """Read both to their end; the first that fails, writes too much or takes too long ends both."""
    deadline = time.monotonic() + limits.wall_seconds
    caps = {"answer": limits.output_bytes, "errors": limits.error_bytes}
    with selectors.DefaultSelector() as selector:
        for child in children:
            for name, pipe in (("answer", child.process.stdout), ("errors", child.process.stderr)):
                if pipe is not None:
                    selector.register(pipe, selectors.EVENT_READ, (child, name))
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                _out_of_time(children, limits)
                return
            for key, _ in ready:
                child, name = key.data
                part = os.read(key.fd, 1 << 16)
                child.parts[name] += part
                if not part:
                    selector.unregister(key.fileobj)
                    if name == "answer" and not _ended_well(child, deadline):
                        _kill([other for other in children if other is not child], "other")
                        return
                elif len(child.parts[name]) > caps[name]:
                    _kill(children, "output")
                    return


def _out_of_time(children: list[_Child], limits: Limits) -> None:
    """End both, after each has had a moment to write the line that it is at, as it does at its own limit."""
    for child in children:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGXCPU)
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


def _kill(children: list[_Child], why: str) -> None:
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
