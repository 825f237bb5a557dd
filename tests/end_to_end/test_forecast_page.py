"""The page of a forecast in real Chromium: no request, no complaint; to be read, listened to, printed, pocketed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page
from tests.end_to_end.test_report_page import _CONTRAST as CONTRAST

from backstay.cli.main import cli

pytestmark = pytest.mark.browser

MIDSIZE = Path(__file__).parents[2] / "policies" / "reference" / "midsize"
NASTY = "<b onclick=alert(1)>bold</b>"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of two years, with cold storage, and a type that looks like markup."""
    folder = tmp_path_factory.mktemp("forecast")
    for path in filter(Path.is_file, MIDSIZE.iterdir()):
        (folder / path.name).write_text(path.read_text())
    plans = (folder / "plans.py").read_text()
    (folder / "plans.py").write_text(plans.replace("keep=days(90),", "keep=days(120), cold_after=days(30),"))
    rows = (folder / "inventory.jsonl").read_text()
    stranger = {"arn": "arn:aws:x", "type": NASTY, "account": "100000000003", "region": "eu-west-1"}
    (folder / "inventory.jsonl").write_text(f"{rows}\n{json.dumps(stranger)}\n")
    page = folder / "forecast.html"
    words = ["forecast", folder, "--inventory", folder / "inventory.jsonl", "--years", "2", "--now", "2026-11-29"]
    done = CliRunner().invoke(cli, [*map(str, words), "--format", "html", "-o", str(page)])
    assert done.exit_code == 0, done.output
    return page


@pytest.fixture
def visit(visit_file: Open, written: Path) -> Open:
    """Opens the page as a visitor with the given settings."""
    return partial(visit_file, written)


def test_curves_are_drawn_and_told(visit: Open) -> None:
    """Three drawings with a name, cold points in a layer of their own, everything in them inside their frame."""
    page = visit()
    assert page.get_by_role("img").count() == 3
    assert page.locator("svg.drawing path.cold").count() == 1
    outside = """() => [...document.querySelectorAll("svg.drawing")].flatMap((drawing) => {
      const frame = drawing.getBoundingClientRect();
      return [...drawing.querySelectorAll("path, text")].map((one) => one.getBoundingClientRect())
        .filter((one) => one.left < frame.left - 1 || one.right > frame.right + 1 || one.bottom > frame.bottom + 1);
    }).length"""
    assert page.evaluate(outside) == 0


def test_everything_can_be_read_without_javascript(visit: Open) -> None:
    """Tables for rules, days, gaps, vaults and hours, and what the figures rest on."""
    page = visit(java_script_enabled=False)
    for title in ("By rule", "First and last days", "Longest without a new recovery point", "Fullest hours", "Notes"):
        assert page.get_by_role("heading", name=title).is_visible()
    assert page.get_by_text("An estimate: prices of us-east-1").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(visit: Open, scheme: str) -> None:
    """Every text has a contrast of 4.5 to 1 or more, in light and in dark (WCAG 2.2, 1.4.3)."""
    page = visit(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_the_page_is_made_for_those_who_listen_and_type(visit: Open) -> None:
    """One first heading, no level left out, names for regions, scopes for headings; wide tables scroll by keyboard."""
    page = visit()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((one) => Number(one.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    nameless = (
        "[...document.querySelectorAll('[role=region],[role=img],section,nav')]"
        ".filter((one) => !one.ariaLabel && !document.getElementById(one.getAttribute('aria-labelledby'))).length"
    )
    assert page.evaluate(nameless) == 0
    assert (
        page.evaluate("[...document.querySelectorAll('th')].filter((one) => !one.scope || !one.textContent).length")
        == 0
    )
    assert page.evaluate("[...document.querySelectorAll('.scroll')].filter((one) => one.tabIndex !== 0).length") == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_names_that_hold_markup_stay_text(visit: Open) -> None:
    """A type with an element in it is shown letter by letter."""
    page = visit()
    assert page.get_by_text(NASTY).count() > 0
    assert page.locator("[onclick]").count() == 0


def test_a_phone_does_not_scroll_sideways(visit: Open) -> None:
    """At 360 pixels the page is as wide as the screen; wide drawings and tables scroll within themselves."""
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_paper_shows_what_is_folded(visit: Open) -> None:
    """Printed, the months are there, and the contents take no room."""
    page = visit()
    page.emulate_media(media="print")
    assert page.get_by_role("navigation", name="Contents").is_hidden()
    assert page.locator("details tbody td").first.evaluate("(one) => one.getBoundingClientRect().height") > 0
