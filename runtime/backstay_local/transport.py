"""boto3 clients that reach a WSGI application in this process: one handler before the send, no sockets, no patching."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from .faults.act import CutError
from .wire.model import loader

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

TRUSTED = "backstay.account"
"""Environment entry naming the account that an in-process client acts in. No HTTP header can set it."""

INSIDE = "backstay.inside"
"""Environment entry of a call that AWS itself makes behind the scenes; no HTTP header can set it either."""


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a call goes to, and the account that it is trusted to act in (None: what its signature says)."""

    application: Application
    account: str | None


_speaking: ContextVar[Party] = ContextVar("backstay_speaking")

# An address, so that S3 uses paths instead of host names. Nothing listens there, and nothing is sent there.
_NOWHERE = "http://127.0.0.1"


class Raw(io.BytesIO):
    """A response body as botocore wants it."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: ARG002
        """The body in pieces."""
        while piece := self.read(amt):
            yield piece


def before_send(party: Callable[[], Party]) -> Callable[..., Any]:
    """A handler for botocore's `before-send` event that lets the party's application answer."""
    from botocore.awsrequest import AWSResponse
    from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

    def send(request: Any, **_: Any) -> Any:
        speaking = party()
        environ = environment(request)
        if speaking.account is not None:
            environ[TRUSTED] = speaking.account
        try:
            status, headers, body = call(speaking.application, environ)
        except CutError as cut:
            broken = ConnectionClosedError if cut.reached else EndpointConnectionError
            raise broken(endpoint_url=request.url, error=cut) from None
        return AWSResponse(request.url, status, headers, Raw(body))  # type: ignore[arg-type]  # it takes any mapping

    return send


def call(application: Application, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that a WSGI application answers with."""
    answer: list[Any] = []
    chunks = application(environ, lambda status, headers, _error=None: answer.extend((status, headers)))
    body = b"".join(chunks)
    status, headers = answer[-2:]
    return int(status.split(" ", 1)[0]), dict(headers), body


def environment(request: Any) -> dict[str, Any]:
    """The WSGI environment of a request that botocore has signed and is about to send."""
    url = urlsplit(request.url)
    body = request.body
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes | bytearray):
        body = body.read()
    path = url.path or "/"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": f"{path}?{url.query}" if url.query else path,
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        _header(environ, name, value.decode("latin-1") if isinstance(value, bytes) else str(value))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


PRESERVED = "moto.preserved_header_names"


def _header(environ: dict[str, Any], name: str, value: str) -> None:
    """Put one header where WSGI wants it; S3 metadata keep the underscores in their names."""
    key = name.upper().replace("-", "_")
    if key == "CONTENT_TYPE":
        environ[key] = value
    elif key != "CONTENT_LENGTH":
        environ[f"HTTP_{key}"] = value
        if "_" in name and name.lower().startswith("x-amz-meta-"):
            environ.setdefault(PRESERVED, {})[f"HTTP_{key}"] = name


class Clients:
    """Clients by service, account and Region, over one set of real clients that the whole process shares.

    A boto3 client costs milliseconds and a third of a megabyte; a shallow copy that only knows whom it asks, and in
    whose name, costs nothing, and an organization has hundreds of accounts.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._made: dict[tuple[str, str, str], Any] = {}

    def get(self, service: str, account: str, region: str) -> Any:
        """The client of `service` that acts in `account` as its root."""
        name = service, account, region
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = _speaking_for(Party(self._application, account), _shared(service, region))
        return found


_answering: list[Application] = []


def _anywhere() -> Party:
    if not _answering:
        raise RuntimeError("the embedded AWS that this client spoke to is closed")
    return Party(_answering[-1], None)


@contextmanager
def everywhere(application: Application) -> Iterator[None]:
    """While the block lasts, all sessions made in it, by whatever code, send to `application` and to nobody else.

    They never reach AWS: after the block they send to the next such application, and without one they raise.
    """
    from botocore.handlers import BUILTIN_HANDLERS

    entry = ("before-send", _everybody())
    BUILTIN_HANDLERS.append(entry)
    _answering.append(application)
    try:
        yield
    finally:
        _answering.remove(application)
        BUILTIN_HANDLERS.remove(entry)


def ordinary_session() -> Any:
    """A boto3 session like any other, which reads botocore's files through the reader that all here share."""
    import boto3
    from botocore.session import Session

    core = Session()
    core.register_component("data_loader", loader())
    return boto3.Session(botocore_session=core)


@cache
def _everybody() -> Callable[..., Any]:
    return before_send(_anywhere)


def session(application: Application, access_key: str, secret_key: str, token: str | None = None) -> Any:
    """A boto3 session whose every client sends to `application`, signed with the given key."""
    return _session(before_send(lambda: Party(application, None)), access_key, secret_key, token)


def _session(handler: Callable[..., Any], access_key: str, secret_key: str, token: str | None = None) -> Any:
    import boto3
    from botocore.session import Session

    core = Session()
    core.unregister("before-send", _everybody())
    core.register_component("data_loader", loader())
    core.register("before-send", handler)
    return boto3.Session(access_key, secret_key, token, botocore_session=core)


# Nobody looks at the signatures of clients that are trusted; of the service that tests ask most they are not made.
_UNSIGNED = frozenset({"backup"})

_making = threading.Lock()
_clients: dict[tuple[str, str], Any] = {}


def _shared(service: str, region: str) -> Any:
    """The process's real client of a service and Region; it speaks for whoever is speaking on this thread."""
    with _making:
        if (service, region) not in _clients:
            from botocore import UNSIGNED
            from botocore.config import Config

            # S3 checksums in trailers would only be work; retries would only hide mistakes of ours.
            config = Config(
                retries={"total_max_attempts": 1},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"},
                signature_version=UNSIGNED if service in _UNSIGNED else None,
            )
            client = _shared_session().client(service, region_name=region, endpoint_url=_NOWHERE, config=config)
            if service in _UNSIGNED:
                client.meta.events.register_first("request-created", _scoped(service, region))
            _clients[service, region] = client
        return _clients[service, region]


def _scoped(service: str, region: str) -> Callable[..., None]:
    """Say what a request is for in the header that a signature would stand in."""
    header = f"AWS4-HMAC-SHA256 Credential=INPROCESS/20260101/{region}/{service}/aws4_request, Signature=none"

    def add(request: Any, **_: Any) -> None:
        request.headers["Authorization"] = header

    return add


@cache
def _shared_session() -> Any:
    return _session(before_send(_speaking.get), "INPROCESS", "in-process")


def _speaking_for(party: Party, client: Any) -> Any:
    """A copy of a client all of whose calls are the party's."""
    mine = object.__new__(type(client))
    mine.__dict__.update(client.__dict__)
    send = client._make_api_call

    def make_api_call(operation: str, params: dict[str, Any]) -> Any:
        before = _speaking.set(party)
        try:
            return send(operation, params)
        finally:
            _speaking.reset(before)

    mine._make_api_call = make_api_call
    return mine
