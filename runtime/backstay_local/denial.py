"""An error in the form that the caller's protocol wants, so that every client shows its code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from .wire.message import Response

if TYPE_CHECKING:
    from .wire.message import Request

_REST_XML = frozenset({"s3", "route53", "cloudfront", "s3control"})


def denial(
    request: Request, service: str, code: str, message: str, status: int, request_id: str, **members: str
) -> Response:
    """An error of a service that is not our engine's: JSON, query, EC2, REST XML or CBOR."""
    kind = request.headers.get("content-type", "")
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return _response(status, "application/cbor", _cbor({"__type": code, "message": message}), code, request_id)
    if service in _REST_XML:
        body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        return _response(status, "application/xml", body.encode(), code, request_id)
    if kind.startswith("application/x-www-form-urlencoded") or (request.method == "GET" and "Action=" in request.query):
        error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
        if service == "ec2":
            body = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        else:
            fault = "Sender" if status < 500 else "Receiver"
            body = (
                f"<ErrorResponse><Error><Type>{fault}</Type>{error}</Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        return _response(status, "text/xml", body.encode(), code, request_id)
    text = json.dumps({"__type": code, "message": message, "Message": message, **members})
    return _response(status, kind or "application/json", text.encode(), code, request_id)


def _response(status: int, kind: str, body: bytes, code: str, request_id: str) -> Response:
    headers: tuple[tuple[str, str], ...] = (
        ("Content-Type", kind),
        ("x-amzn-ErrorType", code),
        ("x-amzn-RequestId", request_id),
    )
    if kind == "application/cbor":
        headers = (*headers, ("smithy-protocol", "rpc-v2-cbor"))
    return Response(status, headers, body)


def _cbor(members: dict[str, str]) -> bytes:
    """A CBOR map of texts (RFC 8949, major types 5 and 3)."""
    return bytes([0xA0 + len(members)]) + b"".join(_text(key) + _text(value) for key, value in members.items())


def _text(value: str) -> bytes:
    data = value.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data
