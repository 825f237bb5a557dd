"""A webhook: where it may lead, what is signed, and which answers are worth another try."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from backstay_agent.reconcile.alerts import Alert
from backstay_agent.reconcile.deliver import DeliveryError
from backstay_agent.reconcile.deliver.webhook import Webhook, check_url, signature
from backstay_agent.reconcile.findings import Trouble
from backstay_agent.reconcile.message import Origin, compose

NOW = datetime(2026, 11, 22, 10, 51, tzinfo=UTC)
MESSAGE = compose(
    Origin("o-1", "d", "build", str), "drift", NOW, [Alert("new", Trouble("drift/x", "warning", "t"), NOW)]
)


class Site:
    """A site on this machine that answers with a status, and counts."""

    def __init__(self) -> None:
        self.status, self.url, self.heard = 200, "", list[tuple[str, str | None]]()


@pytest.fixture
def site() -> Iterator[Site]:
    """A site whose redirects lead to another page of its own."""
    kept = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            kept.heard.append((self.path, self.headers["Backstay-Signature"]))
            self.send_response(kept.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 -- a redirect that is followed would come as GET

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        kept.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield kept
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 410])
def test_what_will_not_get_better_is_not_tried_again_and_no_redirect_is_followed(site: Site, status: int) -> None:
    """One try; nothing goes where nobody said that it should."""
    site.status = status
    with pytest.raises(DeliveryError, match=str(status)):
        Webhook(site.url, None).send(MESSAGE)
    assert site.heard == [("/hook", None)]


def test_one_that_is_being_stopped_waits_for_nothing(site: Site) -> None:
    """What is down is tried once, and owed."""
    site.status = 503
    stop = threading.Event()
    stop.set()
    with pytest.raises(DeliveryError, match="503"):
        Webhook(site.url, None, stop).send(MESSAGE)
    assert len(site.heard) == 1


def test_nobody_there_is_a_delivery_that_failed() -> None:
    """No traceback for an address at which nothing listens."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(DeliveryError, match="Connection"):
        Webhook("http://127.0.0.1:1/hook", None, stop).send(MESSAGE)


def test_a_signature_covers_time_and_body() -> None:
    """Neither can be changed, nor an old body be sent as a new one."""
    one = signature(b"body", b"secret", 1)["Backstay-Signature"]
    # printf 1.body | openssl dgst -sha256 -hmac secret
    assert one == "t=1,v1=842b24d9575dee4b6ec460b7e3af7d683501d84fe6279102340787c79d2e2bab"
    assert len({one, *(signature(b, s, t)["Backstay-Signature"] for b, s, t in OTHERS)}) == 4
    assert signature(b"body", None, 1) == {}


OTHERS = ((b"other", b"secret", 1), (b"body", b"other", 1), (b"body", b"secret", 2))


@pytest.mark.parametrize("url", ["https://hooks.example.com/x?y=z", "http://127.0.0.1:80/x", "http://localhost/x"])
def test_https_anywhere_and_http_on_this_machine(url: str) -> None:
    """These are taken."""
    check_url(url)
    assert Webhook(url, None).name == "webhook"


@pytest.mark.parametrize("url", ["", "hooks.example.com", "http://10.0.0.1/x", "file:///etc/passwd", "https:///x"])
def test_anything_else_is_refused(url: str) -> None:
    """In the clear to another machine, or nowhere at all."""
    with pytest.raises(ValueError, match="webhook"):
        check_url(url)
