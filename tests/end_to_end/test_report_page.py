"""The HTML report in real Chromium: no request, no complaint; to be read, searched, listened to, printed, pocketed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from backstay_agent.audit.report import Chapter, render
from backstay_agent.audit.result import judge
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import CopyTo, Facts, Member, Place, Plan, Point, Resource, Rule, Vault
from backstay_agent.observed import Unread

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION, AWAY, CENTRAL = "eu-central-1", "eu-west-1", "100000000002"
NASTY = "<b onclick=alert(1)>bold</b>"
Open = Callable[..., Page]

_CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const colour = channels(getComputedStyle(it).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return channels("Canvas");
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("script,style,option,title")) continue;
    const style = getComputedStyle(element);
    const ink = light(channels(element.namespaceURI.endsWith("svg") ? style.fill : style.color));
    const paper = light(ground(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    const name = element.className.baseVal ?? element.className;
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.tagName}.${name}`);
  }
  return poor;
}"""


def _facts() -> Facts:
    """Six accounts: four with a database that is backed up and one that is not, the central one, one closed."""
    members, places = [], []
    target = f"arn:aws:backup:{AWAY}:{CENTRAL}:backup-vault:central"
    copied = []
    for number in range(4):
        account = f"10000000001{number}"
        members.append(Member(account, f"team-{number}" if number else NASTY, "Workloads/Prod", governed=True))
        good = f"arn:aws:rds:{REGION}:{account}:db:ledger-{number}"
        bad = f"arn:aws:rds:{REGION}:{account}:db:forgotten-{number}"
        vault = f"arn:aws:backup:{REGION}:{account}:backup-vault:primary"
        points = tuple(
            Point(
                f"arn:aws:rds:{REGION}:{account}:snapshot:awsbackup:{number}-{day}", "primary", good, "RDS",
                NOW - timedelta(days=day, hours=9), "COMPLETED", 14, NOW + timedelta(days=14 - day), True, None, "p",
                10**9,
            )
            for day in range(3)
        )  # fmt: skip
        copied += [replace(it, arn=f"{it.arn}-copy", vault="central", copied_from=vault) for it in points]
        rule = Rule("daily", "primary", "cron(0 3 ? * * *)", 14, (CopyTo(target, CENTRAL, AWAY),))
        places.append(
            Place(
                account,
                REGION,
                (Resource(good, "RDS", {"owner": f"crew-{number}"}, ("p",)), Resource(bad, "RDS", {"owner": NASTY})),
                (Plan("p", f"arn:aws:backup:{REGION}:{account}:backup-plan:p", "gold", (rule,)),),
                (Vault(vault, "primary", "BACKUP_VAULT", locked=True, min_days=7, max_days=400),),
                points,
            )
        )
    central = Vault(target, "central", "BACKUP_VAULT", True, 7, 400, NOW + timedelta(days=5))
    places.append(Place(CENTRAL, AWAY, vaults=(central,), points=tuple(copied)))
    members += [
        Member(CENTRAL, "backup-central", "Infrastructure", governed=True),
        Member("100000000099", "closed", "Sandbox", governed=False),
    ]
    unread = (Unread("100000000099", None, "AccessDenied while assuming the agent's role"),)
    return Facts("o-acme0001", NOW, NOW, (REGION, AWAY), tuple(members), tuple(places), unread)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of those accounts, with a chapter of a story, as a file."""
    controls = registry.controls()
    result = judge(_facts(), controls, parameters.read([one.name for one in controls], ()))
    path = tmp_path_factory.mktemp("report") / "report.html"
    story = [Chapter("It begins", "A story stands before the report.", "backstay lint", NASTY)]
    path.write_bytes(render(result.report, result.facts, story))
    return path


@pytest.fixture
def visit(visit_file: Open, report: Path) -> Open:
    """Opens the report as a visitor with the given settings."""
    return partial(visit_file, report)


def rows(page: Page) -> int:
    """How many findings can be seen."""
    return page.locator("#findings .group[id] tbody tr:visible").count()


def test_typing_narrows_the_findings(visit: Open) -> None:
    """What is typed narrows the rows at once, folded groups open, the count is told, and `Show all` brings all back."""
    page = visit()
    page.get_by_label("Search").press_sequentially("forgotten-2 plan")
    assert rows(page) > 0
    assert all(
        "forgotten-2" in text for text in page.locator("#findings .group[id] tbody tr:visible").all_inner_texts()
    )
    told = page.locator("#shown").inner_text()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#shown")).not_to_contain_text(" of ")  # the page's own policy forbids to wait by evaluation
    assert " of " in told
    page.get_by_label("Search").fill("no such thing anywhere")
    assert rows(page) == 0


def test_the_account_and_the_map_narrow_the_findings(visit: Open) -> None:
    """Choosing an account, or a cell of the map, shows that account's findings only."""
    page = visit()
    page.get_by_label("Account", exact=True).select_option("team-3")
    assert {
        row.get_attribute("data-account") for row in page.locator("#findings .group[id] tbody tr:visible").all()
    } == {"100000000013"}
    page.locator(".heat a[data-account='100000000012']").first.click()
    assert page.get_by_label("Account", exact=True).input_value() == "100000000012"


def test_a_heading_sorts_by_keyboard(visit: Open) -> None:
    """A table's heading is a button; pressed once it sorts upwards, twice downwards, and says so."""
    page = visit()
    table = page.locator("#group-BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN table")
    heading = table.get_by_role("button", name="What")
    heading.focus()
    page.keyboard.press("Enter")
    up = table.locator("tbody th .name").all_inner_texts()
    page.keyboard.press("Enter")
    down = table.locator("tbody th .name").all_inner_texts()
    assert up == sorted(up) == down[::-1]
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"


def test_without_javascript_everything_can_be_read(visit: Open) -> None:
    """Findings, drawings and locks are in the page itself; only the search is missing, and says nothing false."""
    page = visit(java_script_enabled=False)
    assert page.locator("#tools").is_hidden()
    assert page.get_by_text("forgotten-2").first.is_visible()
    assert page.get_by_role("img").count() == 2
    assert page.get_by_text("final in 5 days, on 2026-11-27 12:00 UTC").is_visible()
    group = page.locator("#group-BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN")
    group.locator("summary", has_text="Explain").first.click()
    command = "aws resourcegroupstaggingapi get-resources --region eu-central-1 --resource-arn-list"
    assert group.get_by_text(command).first.is_visible()


def test_axe_finds_nothing(visit: Open) -> None:
    """No rule of axe-core is broken, best practices included, with everything unfolded."""
    page = visit()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(visit: Open, scheme: str) -> None:
    """Every text has a contrast of 4.5 to 1 or more, in light and in dark (WCAG 2.2, 1.4.3)."""
    page = visit(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(_CONTRAST) == []


def test_the_page_is_made_for_those_who_listen(visit: Open) -> None:
    """One first heading, no level left out, landmarks and regions with names, labels for fields, headings for cells."""
    page = visit()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((one) => Number(one.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.get_by_role("main").count() == page.get_by_role("navigation", name="Contents").count() == 1
    assert page.evaluate("document.documentElement.lang") == "en"
    nameless = (
        "[...document.querySelectorAll('[role=region],[role=img],section')]"
        ".filter((one) => !one.ariaLabel && !document.getElementById(one.getAttribute('aria-labelledby'))).length"
    )
    assert page.evaluate(nameless) == 0
    assert page.evaluate("[...document.querySelectorAll('input,select')].filter((it) => !it.labels.length).length") == 0
    assert page.evaluate("[...document.querySelectorAll('th')].filter((one) => !one.scope).length") == 0


def test_it_can_be_walked_by_keyboard(visit: Open) -> None:
    """The first stop jumps over the rest to the content; every stop is to be seen, and the search is among them."""
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    stops = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", stops[-1]
        if stops[-1] == "search":
            break
    assert stops[-1] == "search"


def test_names_that_hold_markup_stay_text(visit: Open) -> None:
    """A name with an element in it is shown letter by letter, wherever it stands."""
    page = visit()
    assert page.get_by_text(NASTY, exact=True).count() > 0
    assert page.locator("[onclick]").count() == 0


def test_a_phone_does_not_scroll_sideways(visit: Open) -> None:
    """At 360 pixels the page is as wide as the screen; wide drawings scroll within themselves."""
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_label("Search").fill("forgotten-1")
    assert rows(page) > 0


def test_paper_shows_what_is_folded(visit: Open) -> None:
    """Printed, folded parts are open, and neither search nor contents take room."""
    page = visit()
    page.emulate_media(media="print")
    assert page.locator("#tools").is_hidden()
    assert page.get_by_role("navigation", name="Contents").is_hidden()
    folded = page.locator("#findings details:not([open]) code.command").first
    assert folded.evaluate("(one) => one.getBoundingClientRect().height") > 0
