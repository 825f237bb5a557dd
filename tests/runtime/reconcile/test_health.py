"""Where the figures are served."""

from __future__ import annotations

import urllib.request

import pytest

from backstay_agent.reconcile.health import Views, address, serve

VIEWS = Views(lambda: "figures", lambda: True, lambda: None, dict)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        (":9464", ("0.0.0.0", 9464)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_addresses_are_read(text: str, at: tuple[str, int]) -> None:
    """Host and port, of either family."""
    assert address(text) == at


@pytest.mark.parametrize("text", ["", "here", "9464", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "a:-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """With what to say instead."""
    with pytest.raises(ValueError, match="say"):
        address(text)


def test_it_serves_until_it_is_over_and_reads_only() -> None:
    """HEAD has no body, POST is refused, and afterwards nobody listens."""
    with serve(("127.0.0.1", 0), VIEWS) as port:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.read() == b"figures"
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=10) as answer:
            assert answer.read() == b""
        with pytest.raises(urllib.error.HTTPError, match="501"):
            urllib.request.urlopen(url, data=b"x", timeout=10)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=10)


def test_an_address_that_is_taken_is_an_error_of_the_system() -> None:
    """Which the command tells with the address."""
    with (
        serve(("127.0.0.1", 0), VIEWS) as port,
        pytest.raises(OSError, match="in use"),
        serve(("127.0.0.1", port), VIEWS),
    ):
        pass
