"""One run: read the job, give up every right, run the files, write what came of it, end."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys

from backstay.load.child import execute, limits, seccomp, tripwire

IN, OUT, ERRORS = 0, 1, 2


def session(bounds: str) -> None:
    """Run the job on standard input under the limits given as JSON, and write the answer as JSON."""
    job = json.loads(_read())
    os.close(IN)
    faulthandler.enable(ERRORS, all_threads=False)
    # In a loop inside C no Python handler runs; this one writes the line even then, and lets the signal kill.
    faulthandler.register(signal.SIGXCPU, ERRORS, all_threads=False, chain=True)
    files = execute.prepare(job)
    sys.path.clear()
    sys.meta_path.clear()
    sys.path_hooks.clear()
    layers = [*limits.apply(json.loads(bounds)), "names", *seccomp.apply(), *tripwire.apply()]
    answer = execute.run(files)
    _write(json.dumps({"layers": layers, **answer}, separators=(",", ":")).encode())
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
