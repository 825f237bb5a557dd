"""A client that dies in the middle of a request has asked for nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

BODY = b'{"BackupVaultTags": {"owner": "somebody"}}'


def _head(cloud: Any) -> bytes:
    """The head of a signed CreateBackupVault."""
    url = cloud.environment["AWS_ENDPOINT_URL"]
    headers = {"Host": urlsplit(url).netloc, "Content-Length": str(len(BODY)), "Connection": "close"}
    request = AWSRequest("PUT", f"{url}/backup-vaults/cut", data=BODY, headers=headers)
    keys = Credentials(cloud.environment["AWS_ACCESS_KEY_ID"], cloud.environment["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(keys, "backup", "eu-west-1").add_auth(request)
    lines = ["PUT /backup-vaults/cut HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize(("sent", "vaults"), [(0, []), (len(BODY) - 1, []), (len(BODY), ["cut"])])
def test_half_a_request_does_nothing(sent: int, vaults: list[str], rent: Callable[[], tuple[Any, Any]]) -> None:
    """Without its body, CreateBackupVault would make a vault without the tags that say whose it is."""
    _, cloud = rent()
    address = urlsplit(cloud.environment["AWS_ENDPOINT_URL"])
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(_head(cloud) + BODY[:sent])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 16):
            pass
    listed = cloud.client("backup").list_backup_vaults()["BackupVaultList"]
    assert [vault["BackupVaultName"] for vault in listed] == vaults
