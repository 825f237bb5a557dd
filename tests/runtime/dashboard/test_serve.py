"""The dashboard over plain HTTP: who gets what, with which headers, and that it only reads."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import urllib3
from tests.runtime.audit.organization import organization
from tests.runtime.dashboard.site import facts, keep, served

TOKEN = "correct-horse-battery-staple"


@dataclass(frozen=True)
class Site:
    """A served dashboard."""

    url: str
    folder: Path
    name: str

    def ask(self, path: str, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
        """Ask for a path."""
        return urllib3.request(method, self.url + path, headers=headers, redirect=False, timeout=60, retries=False)

    def text(self, path: str) -> str:
        """The page at a path, which has to be there."""
        answer = self.ask(path)
        assert answer.status == 200, answer.data
        return answer.data.decode()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, builds: Any) -> Iterator[Site]:
    """A dashboard without a token over one audit."""
    folder = tmp_path_factory.mktemp("kept")
    name = keep(folder, builds.make(), facts())
    for url in served(folder):
        yield Site(url, folder, name)


@pytest.fixture(scope="module")
def locked(site: Site) -> Iterator[Site]:
    """The same behind a token."""
    for url in served(site.folder, "--token", TOKEN):
        yield replace(site, url=url)


@pytest.mark.parametrize("path", ["/", "/findings", "/points", "/jobs", "/static/style.css", "/static/htmx.min.js"])
def test_every_page_is_there_with_strict_headers(site: Site, path: str) -> None:
    """No page may be framed, sniffed, kept or fed from elsewhere, and none runs a script of its own."""
    answer = site.ask(path)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers
    page = answer.data.decode()
    if path.startswith("/static"):
        return
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"<[^>]* (style|on\w+)=", page)
    assert "https://" not in page
    assert "<img" not in page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_it_only_reads(site: Site, locked: Site, method: str) -> None:
    """Whatever would change something is refused, wherever, with and without a token."""
    for path in ("/", "/findings", "/audits/x", "/nothing"):
        for one in (site, locked):
            answer = one.ask(path, method)
            assert answer.status == 405
            assert answer.headers["allow"] == "GET, HEAD"
    assert site.ask("/", "HEAD").status == 200


def test_without_the_token_nobody_gets_anything(locked: Site) -> None:
    """No token, a wrong one, one in the wrong form: 401, and not a word of the audit; with it, all pages."""
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    wrong = base64.b64encode(b"me:wrong").decode()
    tries = ("", "Bearer wrong", f"Basic {wrong}", "Basic ?", TOKEN, f"Bearer {TOKEN}x", "Bearer", "Bearer \xff")
    for given in ({"authorization": one} if one else {} for one in tries):
        for path in ("/", "/points", f"/audits/{locked.name}", "/static/style.css", "/healthz", "/nothing"):
            answer = locked.ask(path, **given)
            assert answer.status == 401, (given, path)
            assert answer.headers["www-authenticate"].startswith("Basic")
            assert answer.data == b"A token is needed.\n"
    for given in (f"Bearer {TOKEN}", f"Basic {basic}", f"basic {basic}"):
        assert locked.ask("/points", authorization=given).status == 200


def test_a_foreign_name_gets_nothing(site: Site) -> None:
    """A page elsewhere whose name was pointed to this machine cannot read it (DNS rebinding)."""
    port = site.url.rpartition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", ""):
        assert site.ask("/", host=host).status in (400, 421)
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert site.ask("/", host=host).status == 200


def test_findings_are_searched_and_narrowed(site: Site) -> None:
    """By words that all have to fit, by account, by state; how many of how many is told."""
    every = site.text("/findings")
    narrow = site.text("/findings?q=no+backup+plan+takes&account=200000000005")
    assert "dynamodb-" not in narrow.partition("<tbody>")[2]
    assert "rds-5-0" in narrow
    assert "rds-0-0" not in narrow
    assert _count(narrow)[0] < _count(every)[0] == _count(every)[1]
    assert "acme/gold.py:24 (plan gold)" in site.text("/findings?q=plan-as-promised")
    assert _count(site.text("/findings?q=%F0%9F%90%99"))[0] == 0


def test_recovery_points_are_found(site: Site) -> None:
    """By resource, vault or ARN; the answer is paged, and no page is out of reach or beyond the end."""
    page = site.text("/points?q=dynamodb-3-1")
    assert _count(page)[0] == 1
    assert "dynamodb-3-1" in page
    assert "copied from arn:aws:backup" in site.text("/points?q=central")
    first, second, last = (site.text(f"/points?page={number}") for number in (1, 2, 999999))
    assert "Next page" in first
    assert "Previous page" in second == last
    for odd in ("0", "-1", "x", "1" * 5000, "%00"):
        assert site.text(f"/points?page={odd}") == first


def _count(page: str) -> tuple[int, int]:
    found = re.search(r'role="status">([\d,]+) of ([\d,]+)', page)
    assert found is not None
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def test_jobs_are_told_with_their_messages(site: Site) -> None:
    """Which ended how, and why; what a message holds stays text."""
    page = site.text("/jobs?state=FAILED")
    assert "job-2" in page
    assert "job-1" not in page
    assert "no key &lt;img" in page


def test_kept_reports_are_shown_apart(site: Site) -> None:
    """A report is shown as it was written, without access to the rest; nothing beside the reports is handed out."""
    answer = site.ask(f"/audits/{site.name}")
    assert answer.data == (site.folder / f"{site.name}.html").read_bytes()
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    assert f"/audits/{site.name}" in site.text("/")
    for path in ("/audits/..%2f..%2fetc%2fpasswd", f"/audits/{site.name}.html", "/audits/2020-01-01T000000Z",
                 "/static/..%2fapp.py", "/static/dashboard.css", "/audits/", "/nothing"):  # fmt: skip
        assert site.ask(path).status == 404, path


def test_newer_audits_show_up(tmp_path: Path, builds: Any) -> None:
    """A folder that is empty says how to fill it; an audit that comes is shown; one that is broken is told."""
    for url in served(tmp_path):
        site = Site(url, tmp_path, "")
        assert "There is no audit to show yet" in site.text("/")
        assert "There is no audit to show yet" in site.text("/points")
        name = keep(tmp_path, builds.make(), organization(3))
        assert "Backup audit of <b>o-acme0001</b>" in site.text("/")
        (tmp_path / "2027-01-01T000000Z.evidence.zip").write_bytes(b"no zip")
        page = site.text("/")
        assert "2027-01-01T000000Z.evidence.zip cannot be read" in page
        assert f"/audits/{name}" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--host", "0.0.0.0"), "can be reached by others; set a token"),
        (("--host", "0.0.0.0", "--token", "short"), "16 or more"),
        (("--host", "no.such.name.invalid", "--token", TOKEN), "error: no.such.name.invalid"),
        (("--folder", __file__), "is a file"),
    ],
)
def test_bad_usage_is_one_sentence_and_2(words: tuple[str, ...], told: str) -> None:
    """What would be open to others, or cannot be served, is refused before anything is."""
    environment = {key: value for key, value in os.environ.items() if key != "BACKSTAY_SERVE_TOKEN"}
    done = subprocess.run(
        [sys.executable, "-m", "backstay.cli.main", "serve", *words],
        capture_output=True, text=True, timeout=60, check=False, env=environment,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told(site: Site) -> None:
    """In a sentence, with the port."""
    port = site.url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "backstay.cli.main", "serve", "--port", port],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"port {port}: Address already in use" in done.stderr
