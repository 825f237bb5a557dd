"""One embedded AWS for all operations, and a way to send it any request, good or bad, and read the answer."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.local.shapes import parsed

from backstay_local.app import LocalAws
from backstay_local.transport import TRUSTED, call
from backstay_local.wire.message import Request, Response

Drive = Callable[[str, Request], tuple[int, dict[str, Any]]]
REGION = "us-east-1"


@pytest.fixture(scope="package")
def shared() -> Iterator[LocalAws]:
    """The embedded AWS that all these tests drive."""
    with LocalAws() as aws:
        yield aws


@pytest.fixture(scope="package")
def drive(shared: LocalAws) -> Drive:
    """Sends a request of an operation; gives the status and what botocore reads in the answer."""

    def send(operation: str, request: Request) -> tuple[int, dict[str, Any]]:
        path = f"{request.path}?{request.query}" if request.query else request.path
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "RAW_URI": path,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.input": io.BytesIO(request.body),
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=KEY/20270101/{REGION}/backup/aws4_request",
            TRUSTED: shared.management_account,
        }
        status, headers, body = call(shared, environ)
        return status, parsed(operation, Response(status, tuple(headers.items()), body))

    return send
