"""The HTTP side: `/metrics`, `/healthz`, `/readyz` and `/state`; read only, on loopback unless told otherwise."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from backstay_agent.reconcile.metrics import CONTENT_TYPE

_PATIENCE = 10.0
"""Seconds that a client may take over its request."""


@dataclass(frozen=True, slots=True)
class Views:
    """What is shown: the exposition, whether the loop turns, what stands against being ready, and the overview."""

    metrics: Callable[[], str]
    alive: Callable[[], bool]
    unready: Callable[[], str | None]
    overview: Callable[[], Mapping[str, Any]]


def address(text: str) -> tuple[str, int]:
    """`127.0.0.1:9464`, `[::1]:9464` or `:9464` (every address); raises ValueError."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is no address to listen on: say 127.0.0.1:9464, or off")
    return host or "0.0.0.0", int(port)


@contextmanager
def serve(at: tuple[str, int], views: Views) -> Iterator[int]:
    """Serve until the block ends; gives the port. Raises OSError when the address is taken."""

    class Handler(_Handler):
        shown = views

    server = (_Server6 if ":" in at[0] else _Server)(at, Handler)
    thread = threading.Thread(target=server.serve_forever, name="backstay-http", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    shown: Views
    timeout = _PATIENCE
    server_version = "backstay"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer."""
        match self.path.partition("?")[0]:
            case "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE, self.shown.metrics())
            case "/healthz":
                alive = self.shown.alive()
                self._plain(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, "alive" if alive else "stuck")
            case "/readyz":
                reason = self.shown.unready()
                self._plain(HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.OK, reason or "ready")
            case "/state":
                text = json.dumps(self.shown.overview(), indent=2, ensure_ascii=True) + "\n"
                self._answer(HTTPStatus.OK, "application/json", text)
            case _:
                self._plain(HTTPStatus.NOT_FOUND, "there are /metrics, /healthz, /readyz and /state")

    do_HEAD = do_GET  # noqa: N815 -- likewise

    def _plain(self, status: HTTPStatus, text: str) -> None:
        self._answer(status, "text/plain; charset=utf-8", text + "\n")

    def _answer(self, status: HTTPStatus, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the signature of http.server
        """Nothing: who scrapes is not worth a line."""
