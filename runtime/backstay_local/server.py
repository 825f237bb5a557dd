"""The embedded AWS over HTTP on this machine; `python -m backstay_local.server` is the process that `up` starts."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from . import running
from .app import LocalAws
from .backup.option_text import settings_of
from .hold import BusyError
from .store import StoreError
from .transport import PRESERVED
from .world.snapshot import SnapshotError

_HOST = "127.0.0.1"
_EVERYWHERE = ("0.0.0.0", "::", "")
_TICK_SECONDS = 0.2
_SAVE_SECONDS = 10.0
_THREADS = 12
_KEPT = 512
"""Connections that stay open between requests; of cheroot's own ten a client with a larger pool would have little."""
_log = logging.getLogger(__name__)


class Server:
    """A thread-pooled HTTP/1.1 server around an embedded AWS, and the threads that keep its time and its state."""

    def __init__(self, aws: LocalAws, port: int = 0, host: str = _HOST) -> None:
        """Port 0 takes any free one; `host` is the address to listen on."""
        from cheroot.wsgi import Gateway_10, Server

        from .connection import Connection

        class Gateway(Gateway_10):
            """Hands on the raw URI (cheroot does) and the underscores in the names of S3 metadata (it does not)."""

            def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # its stub says None
                environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
                names = (name.decode("latin-1") for name in self.req.inheaders)
                kept = {f"HTTP_{name.upper().replace('-', '_')}": name for name in names if "_" in name}
                environ[PRESERVED] = {key: name for key, name in kept.items() if name.lower().startswith("x-amz-meta-")}
                return environ

        self._aws = aws
        self._host = _HOST if host in _EVERYWHERE else host
        self._http = Server((host, port), aws, numthreads=_THREADS, request_queue_size=256, timeout=60)
        self._http.gateway = Gateway
        self._http.ConnectionClass = Connection
        self._http.keep_alive_conn_limit = _KEPT
        self._http.expiration_interval = 0.1  # also how long a stop may take
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> str:
        """Where it is to listen."""
        host, port = self._http.bind_addr
        return f"{host}:{port}"

    def start(self) -> str:
        """Listen, and give the endpoint URL. OSError if the port is taken."""
        self._http.prepare()
        for work in (
            self._http.serve,
            self._every(_TICK_SECONDS, self._aws.tick),
            self._every(_SAVE_SECONDS, self._save),
        ):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)
        return f"http://{self._host}:{self._http.bind_addr[1]}"

    def stop(self) -> None:
        """Finish what is under way and stop listening."""
        self._stopping.set()
        self._http.stop()
        for thread in self._threads:
            thread.join(5)

    def _every(self, seconds: float, work: Callable[[], object]) -> Callable[[], None]:
        """A loop that does `work` until the server stops; a failure is told and does not end it."""

        def loop() -> None:
            while not self._stopping.wait(seconds):
                try:
                    work()
                except Exception:  # a full disk may hold the log, too: logging bears that
                    _log.exception("what is done every %.1f s failed", seconds)

        return loop

    def _save(self) -> None:
        for service in self._aws.save() or ():
            _log.warning("warning: the state of %s cannot be stored; it ends with this process", service)


def main(arguments: list[str] | None = None) -> int:
    """Serve a data folder until told to stop; on the way tell the folder where."""
    parser = argparse.ArgumentParser(prog="python -m backstay_local.server", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default=_HOST)
    parser.add_argument("--speak", action="store_true", help="print how to reach it")
    parser.add_argument("--moto-reset", action="store_true")
    parser.add_argument("--setting", action="append", default=[])
    parser.add_argument("--start", type=datetime.fromisoformat)
    parser.add_argument("--accept-key", action="append", default=[])
    given = parser.parse_args(arguments)
    accept = dict(pair.split("=", 1) for pair in given.accept_key)
    try:
        settings = settings_of(given.setting)
        aws = LocalAws(given.data, start=given.start, accept=accept, settings=settings, moto_reset=given.moto_reset)
    except (BusyError, SnapshotError, StoreError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    with aws:
        return _serve(aws, given.data, Server(aws, given.port, given.host), speak=given.speak)


def _serve(aws: LocalAws, folder: Path, server: Server, *, speak: bool) -> int:
    try:
        endpoint = server.start()
    except OSError as error:
        print(f"error: cannot listen on {server.address}: {error.strerror or error}", file=sys.stderr)
        return 2
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: aws.stopping.set())
    note = running.tell(folder, endpoint, aws)
    if speak:
        print(running.exports(note), flush=True)
    # Loading moto takes a third of a second: not of the one who waits for `up`, if possible not of the first caller.
    threading.Thread(target=aws.world.organization, daemon=True).start()
    try:
        aws.stopping.wait()
    finally:
        running.forget(folder)
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
