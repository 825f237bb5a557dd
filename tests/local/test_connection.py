"""How answers leave the HTTP server: in one piece, and to many connections at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from backstay_local import LocalAws

CONNECTIONS = 40
"""More than the server has threads."""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, bytes]]:
    """Where an embedded AWS listens, and a signed ListBackupVaults for it."""
    with LocalAws() as aws, aws.serve() as url:
        place = urlsplit(url).netloc
        request = AWSRequest("GET", f"{url}/backup-vaults/", headers={"Host": place})
        SigV4Auth(Credentials(aws.access_key, aws.secret_key), "backup", "eu-west-1").add_auth(request)
        lines = ["GET /backup-vaults/ HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
        yield place, "\r\n".join([*lines, "", ""]).encode()


def _connected(place: str) -> socket.socket:
    host, _, port = place.partition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def _is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head.startswith(b"HTTP/1.1 200") and len(body) == int(length.partition(b":")[2])


def test_head_and_body_arrive_together(served: tuple[str, bytes]) -> None:
    """A server that is killed between the two would leave what reads as an empty success."""
    place, request = served
    with _connected(place) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert _is_whole(connection.recv(1 << 16))


def test_requests_that_were_sent_together_are_all_answered(served: tuple[str, bytes]) -> None:
    """A client may send the next request before it has read the answer to the last."""
    place, request = served
    with _connected(place) as connection:
        connection.sendall(request * 3)
        answers = b""
        while answers.count(b"BackupVaultList") < 3:
            answers += connection.recv(1 << 16)
    assert answers.count(b"HTTP/1.1 200") == 3


def test_a_busy_connection_keeps_no_other_waiting(served: tuple[str, bytes]) -> None:
    """Connections that stay open, more than there are threads, are served in turn."""
    place, request = served
    with ExitStack() as stack:
        connections = [stack.enter_context(_connected(place)) for _ in range(CONNECTIONS)]
        for _ in range(2):
            for connection in connections:
                connection.sendall(request)
            assert all(_is_whole(connection.recv(1 << 16)) for connection in connections)
