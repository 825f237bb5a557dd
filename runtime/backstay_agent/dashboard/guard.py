"""Stands before everything that is served: who may ask, for what, under which name, and the headers of each answer."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""An answer that says one of them itself keeps its own."""
_READING = ("GET", "HEAD")


def is_loopback(host: str) -> bool:
    """Whether an address is one that only this machine reaches."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


class Guard:
    """Refuses everything but reading (405), foreign names (421) and, where a token is set, who does not have it (401).

    Without a token the name in `Host` has to be this machine's: a page from elsewhere whose name was pointed here
    (DNS rebinding) gets nothing.
    """

    def __init__(self, app: App, token: str | None = None) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(_dressed(send), *refusal)
            return
        await self._app(scope, receive, _dressed(send))

    def _refusal(self, scope: Message) -> tuple[int, str, tuple[tuple[str, str], ...]] | None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] not in _READING:
            return 405, "This only reads.", (("allow", "GET, HEAD"),)
        if self._token is None and not is_loopback(_name(headers.get("host", ""))):
            return 421, "This is served under the name of this machine only.", ()
        if self._token is not None and not _knows(headers.get("authorization", ""), self._token):
            return 401, "A token is needed.", (("www-authenticate", 'Basic realm="Backstay", charset="UTF-8"'),)
        return None


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0][1:]
    return host.partition(":")[0]


def _knows(authorization: str, token: str) -> bool:
    """Whether the token was given: as a bearer, or as the password of whatever name (which browsers ask for)."""
    scheme, _, rest = authorization.partition(" ")
    given = rest.strip()
    if scheme.casefold() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return False
    elif scheme.casefold() != "bearer":
        return False
    return hmac.compare_digest(given.encode(), token.encode())


async def _refuse(send: Send, status: int, text: str, headers: tuple[tuple[str, str], ...]) -> None:
    body = f"{text}\n".encode()
    told = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body))), *headers]
    raw = [(name.encode(), value.encode()) for name, value in told]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _dressed(send: Send) -> Send:
    """Adds the headers to every answer."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = {name.lower() for name, _ in message.get("headers", ())}
            more = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in said]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return dressed
