"""A webhook: the JSON document by HTTPS, signed with a shared secret, so that its receiver knows who sent it.

`Backstay-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of `<seconds>.<body>`. What is sent again (a lost answer)
has the same `Backstay-Delivery`.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from backstay_agent.reconcile.deliver import DeliveryError
from backstay_agent.reconcile.message import Message
from backstay_contract.canonical import compact, digest

_CONNECT, _READ = 5.0, 10.0
_PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LATER = frozenset({408, 425, 429})


class Webhook:
    """An address that takes POST. It must speak HTTPS, unless it is on this machine; redirects are not followed."""

    def __init__(self, url: str, secret: bytes | None, stop: threading.Event | None = None) -> None:
        check_url(url)
        self.name = "webhook"
        self._url = url
        self._secret = secret
        self._stop = stop or threading.Event()
        self._pool = _pool(url)

    def send(self, message: Message) -> None:
        """Post, up to three times; raises DeliveryError."""
        body = compact(message.document)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "backstay",
            "Backstay-Delivery": digest(message.document),
        }
        problem = ""
        for pause in (0.0, *_PAUSES):
            if pause and self._stop.wait(pause):
                break
            problem, again = self._post(body, {**headers, **signature(body, self._secret, int(time.time()))})
            if not problem:
                return
            if not again:
                break
        raise DeliveryError(problem)

    def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[str, bool]:
        """What went wrong (empty: nothing), and whether it may go better soon."""
        timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
        try:
            answer = self._pool.request(
                "POST", self._url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return f"{type(error).__name__}: {error}", True
        if answer.status // 100 == 2:
            return "", False
        return f"answered {answer.status} {answer.reason}", answer.status >= 500 or answer.status in _LATER


def check_url(url: str) -> None:
    """Raises ValueError when a URL cannot be a webhook."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"{url} is no URL that a webhook can have")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError(f"{url} would send alerts in the clear; a webhook elsewhere speaks https")


def signature(body: bytes, secret: bytes | None, at: int) -> dict[str, str]:
    """The header that signs a body; none without a secret."""
    if secret is None:
        return {}
    mac = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Backstay-Signature": f"t={at},v1={mac}"}


def _pool(url: str) -> urllib3.PoolManager:
    """Through the proxy of the environment, if it names one for this host."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.netloc):
        return urllib3.ProxyManager(proxy)
    return urllib3.PoolManager()
