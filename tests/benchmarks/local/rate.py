"""Requests a second of ListBackupVaults over one connection: our server, and stock moto's, one after the other."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REQUESTS = 3000
VAULTS = 1
OURS = """
import sys, threading
from backstay_local.app import LocalAws
with LocalAws(accept={"AKIAIOSFODNN7EXAMPLE": "123456789012"}) as aws, aws.serve(int(sys.argv[1])):
    threading.Event().wait()
"""


def main() -> None:
    """Both rates, interleaved three times, the best of each."""
    ours, stock = 0.0, 0.0
    for _ in range(3):
        ours = max(ours, _rate([sys.executable, "-c", OURS]))
        stock = max(stock, _rate([sys.executable, "-m", "moto.server", "-p"]))
    print(json.dumps({"name": "requests", "value": ours / stock, "detail": f"{ours:.0f}/s, stock moto {stock:.0f}/s"}))


def _rate(command: list[str]) -> float:
    port = _free()
    server = subprocess.Popen(
        [*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        with closing(_connected(port)) as connection:
            for number in range(VAULTS):
                _ask(connection, port, "PUT", f"/backup-vaults/vault-{number:02d}", b"{}")
            begun = time.perf_counter()
            for _ in range(REQUESTS):
                _ask(connection, port, "GET", "/backup-vaults/", b"")
            return REQUESTS / (time.perf_counter() - begun)
    finally:
        server.kill()
        server.wait()


def _ask(connection: http.client.HTTPConnection, port: int, method: str, path: str, body: bytes) -> None:
    connection.request(method, path, body, _signed(port, method, path, body))
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{method} {path}: {answer.status} {text[:200]!r}")


_headers: dict[tuple[str, str], dict[str, str]] = {}


def _signed(port: int, method: str, path: str, body: bytes) -> dict[str, str]:
    """Signed once for each path: the client's own work is not what is measured."""
    if (method, path) not in _headers:
        request = AWSRequest(method, f"http://127.0.0.1:{port}{path}", data=body)
        SigV4Auth(Credentials("AKIAIOSFODNN7EXAMPLE", "secret"), "backup", "us-east-1").add_auth(request)
        _headers[method, path] = dict(request.headers.items())
    return _headers[method, path]


def _connected(port: int) -> http.client.HTTPConnection:
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.connect()
        except OSError:
            time.sleep(0.05)
        else:
            return connection
    raise SystemExit("the server did not come up")


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
