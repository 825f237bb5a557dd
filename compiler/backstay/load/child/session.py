"""One run: read the job, give up every right, run the files, write what came of it, end."""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import signal
import sys

from backstay.load.child import execute, inside, limits, seccomp, tripwire

IN, OUT, ERRORS = 0, 1, 2
TOO_LARGE, NO_SANDBOX = 77, 78  # exit codes; `run.py` knows them too
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Nodes are many, and few of them go in circles."""
WALLS = {"bubblewrap", "seccomp"}


def session(orders: str) -> None:
    """Run the job on standard input under the orders of the parent (JSON, see `run.py`); write two lines of JSON.

    The first tells the layers in force and is written before any file runs, so that no file has a say in it. The
    second is the answer. `without` in the orders names layers that a test leaves out; with `sandbox` nothing runs
    unless one of the kernel's walls stands.
    """
    job, bounds = json.loads(_read()), json.loads(orders)
    without = frozenset(bounds["without"])
    os.close(IN)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    faulthandler.enable(ERRORS, all_threads=False)
    # In a loop inside C no Python handler runs; this one writes the line even then, and lets the signal kill.
    faulthandler.register(signal.SIGXCPU, ERRORS, all_threads=False, chain=True)
    files = execute.prepare(job, listed="names" not in without)
    if "process" not in without:
        os.environ.clear()
    if "names" not in without:
        sys.path.clear()
        sys.meta_path.clear()
        sys.path_hooks.clear()
    steps = {
        "bubblewrap": lambda: inside.seen() if bounds["inside"] else [],
        "limits": lambda: limits.apply(bounds),
        "names": lambda: ["names"],
        "seccomp": seccomp.apply,
        "tripwire": tripwire.apply,
    }
    layers = [layer for name, apply in steps.items() if name not in without for layer in apply()]
    if bounds["sandbox"] and not WALLS & set(layers):
        os._exit(NO_SANDBOX)
    _write(json.dumps(layers).encode() + b"\n")
    answer = json.dumps({"layers": layers, **execute.run(files)}, separators=(",", ":")).encode()
    if "limits" not in without and len(answer) > bounds["output_bytes"]:
        os._exit(TOO_LARGE)
    _write(answer)
    os._exit(0)


def _read() -> bytes:
    parts = []
    while part := os.read(IN, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(OUT, view) :]
