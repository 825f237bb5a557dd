"""An HTTP request and an HTTP answer as plain values, free of WSGI."""

from __future__ import annotations

import errno
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_plus


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived: the path and the query as sent (still percent-encoded), header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    def arguments(self) -> dict[str, list[str]]:
        """The decoded query arguments; a name without `=` has an empty value."""
        found: dict[str, list[str]] = {}
        for part in self.query.split("&"):
            if part:
                name, _, value = part.partition("=")
                found.setdefault(unquote_plus(name), []).append(unquote_plus(value))
        return found


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


def raw_target(environ: Mapping[str, Any]) -> tuple[str, str]:
    """Path and query exactly as the client sent them.

    `PATH_INFO` is decoded, and an encoded slash inside an ARN would be lost in it; servers hand over the raw form as
    `RAW_URI` (gunicorn, werkzeug) or `REQUEST_URI` (cheroot, uWSGI).
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw is None:
        raw = quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/~-._:")
        if environ.get("QUERY_STRING"):
            raw = f"{raw}?{environ['QUERY_STRING']}"
    if "://" in raw.split("?", 1)[0]:
        raw = "/" + raw.split("://", 1)[1].partition("/")[2]
    path, _, query = raw.partition("?")
    return path, query


def read_request(environ: dict[str, Any]) -> Request:
    """The request of a WSGI environment; the body is read, and put back for whoever comes after."""
    path, query = raw_target(environ)
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    body = _body(environ)
    put_body(environ, body)
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def put_body(environ: dict[str, Any], body: bytes) -> None:
    """Put a body into the environment for whoever reads it next."""
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _body(environ: Mapping[str, Any]) -> bytes:
    """The whole body, whether its length was announced or it came in chunks.

    A caller that dies between the head and the body has asked for nothing; its connection is dropped.
    """
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if length:
        body = bytes(stream.read(int(length)))
        if len(body) < int(length):
            raise ConnectionResetError(errno.ECONNRESET, "the caller went away in the middle of its request")
        return body
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked" or environ.get("wsgi.input_terminated"):
        return bytes(stream.read())
    return b""
