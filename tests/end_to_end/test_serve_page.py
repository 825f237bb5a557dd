"""The dashboard in real Chromium: live search, links, keyboard, phone, axe, and not one complaint of its own policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.runtime.audit.organization import organization
from tests.runtime.dashboard.site import facts, keep, served

from backstay_agent.wanted import Build, build_of
from backstay_contract.build import BuildIndex

pytestmark = pytest.mark.browser

TOKEN = "correct-horse-battery-staple"
Open = Callable[..., Page]


INDEX: dict[str, Any] = {
    "organization": {"id": "o-acme0001", "management_account": "100000000001", "backup_account": "100000000002"},
    "policies": ["acme-baseline"],
    "accounts": {},
}


@pytest.fixture(scope="module")
def build() -> Build:
    """A build that gives nobody anything."""
    return build_of(BuildIndex.model_validate(INDEX), [])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """What an audit left."""
    path = tmp_path_factory.mktemp("kept")
    keep(path, build, facts())
    return path


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """Where it is served."""
    yield from served(folder)


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Open]:
    """Opens a path as a visitor with given settings; on leaving, nothing foreign was asked and nobody complained."""
    contexts, foreign, complaints = [], [], []

    def open_page(path: str, at: str = url, **settings: Any) -> Page:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith(at) else foreign.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(at + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in foreign if not one.startswith("data:")] == []
    assert complaints == []


def test_typing_searches_without_a_reload(visit: Open) -> None:
    """The rows follow what is typed, the address too, and the page itself stays."""
    page = visit("/points")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_label("Search").press_sequentially("dynamodb-3-1")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    assert page.locator("body").get_attribute("data-same") == "yes"
    assert "q=dynamodb-3-1" in page.url
    page.locator("#found summary").click()
    assert page.get_by_text("arn:aws:dynamodb").first.is_visible()


def test_account_and_state_narrow_at_once(visit: Open) -> None:
    """Choosing is enough; nobody has to press a button."""
    page = visit("/findings")
    page.get_by_label("Account").select_option("team-0-5")
    expect(page.locator("#found tbody td:nth-child(2)").first).to_have_text("team-0-5")
    page.get_by_label("State").select_option("COMPLIANT")
    expect(page.locator("#found [role=status]")).to_contain_text("findings of this state")


def test_without_javascript_the_search_is_a_form(visit: Open) -> None:
    """Everything works by plain links and forms."""
    page = visit("/points", java_script_enabled=False)
    page.get_by_label("Search").fill("dynamodb-3-1")
    page.get_by_role("button", name="Search").click()
    assert page.locator("#found tbody tr").count() == 1
    page.goto(page.url.partition("?")[0])
    page.get_by_role("link", name="Next page").click()
    assert page.locator("#found tbody tr").count() > 0


def test_a_newer_audit_shows_up_by_itself(visit: Open, tmp_path: Path, build: Build) -> None:
    """The first page looks again on its own."""
    for at in served(tmp_path):
        page = visit("/", at)
        assert page.get_by_role("heading", level=1).inner_text() == "There is no audit to show yet"
        keep(tmp_path, build, organization(3))
        expect(page.get_by_role("heading", level=1)).to_contain_text("findings in", timeout=40_000)


def test_the_kept_report_works_in_its_box(visit: Open) -> None:
    """From the overview to the whole report, whose own script still searches."""
    page = visit("/")
    page.get_by_role("link", name="The whole report").click()
    page.get_by_label("Search").first.fill("rds-5")
    expect(page.locator("#shown")).to_contain_text(" of ")


@pytest.mark.parametrize("path", ["/", "/findings", "/points", "/jobs"])
def test_axe_finds_nothing(visit: Open, path: str) -> None:
    """No rule of axe-core is broken, best practices included."""
    page = visit(path, bypass_csp=True)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_it_can_be_walked_by_keyboard(visit: Open) -> None:
    """Skip link, pages, search: every stop is to be seen."""
    page = visit("/findings")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if stops[-1] == "q":
            break
    assert stops[-1] == "q"


def test_a_phone_does_not_scroll_sideways(visit: Open) -> None:
    """At 360 pixels every page is as wide as the screen."""
    for path in ("/", "/findings", "/points", "/jobs"):
        page = visit(path, viewport={"width": 360, "height": 740}, is_mobile=True)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path


def test_a_browser_asks_for_the_token_once(visit: Open, folder: Path) -> None:
    """With the token as password of any name, all pages and their files come."""
    for at in served(folder, "--token", TOKEN):
        page = visit("/points", at, http_credentials={"username": "me", "password": TOKEN})
        page.get_by_label("Search").press_sequentially("dynamodb-3-1")
        expect(page.locator("#found tbody tr")).to_have_count(1)
