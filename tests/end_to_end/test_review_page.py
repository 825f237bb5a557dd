"""The page and the comment of a review in real Chromium, as a reviewer has them: at a desk, on a phone, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, expect

from backstay.cli.main import cli

pytestmark = pytest.mark.browser

BANK = Path(__file__).parents[2] / "policies" / "reference" / "bank"
Open = Callable[..., Page]
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
NASTY = "<img src=x onerror=alert(1)>"
PROMISE = 'Require("weeks", every=tag("criticality") == "important", under=ou("Business/Prod"), keep=days(7))'
EDITS = {
    "plans.py": (
        ("keep=days(14), copies=[Copy(to=second)]", "keep=days(7), copies=[Copy(to=second)]"),
        ("copies=[Copy(to=second), Copy(to=third)]", "copies=[Copy(to=second)]"),
        ('daily("02:10")', 'daily("03:10")'),
        ('tag("backup") == "weekly"', f'(tag("backup") == "weekly") & (tag("env") == "{NASTY}")'),
    ),
    "policy.py": (
        ("import isolated, primary", "import archive, isolated, primary"),
        ("vaults=[primary, second, third]", "vaults=[primary, second, third, archive]"),
        ("segregated =", f"kept = {PROMISE}\nsegregated ="),
    ),
    "vaults.py": (("isolated =", 'archive = Vault("bank-archive", region="eu-west-1", lock=locked)\nisolated ='),),
}


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bank after a change that loses copies, locks a vault for ever and breaks a promise."""
    folder = tmp_path_factory.mktemp("new") / "bank"
    shutil.copytree(BANK, folder)
    for name, edits in EDITS.items():
        text = (folder / name).read_text("utf-8")
        for old, one in edits:
            assert old in text
            text = text.replace(old, one)
        (folder / name).write_text(text, "utf-8")
    return folder


def written(new: Path, form: str, *options: str) -> Path:
    """What `backstay diff` writes of the change."""
    file = new.parent / f"review.{form}"
    arguments = ["diff", str(BANK), str(new), "--now", "2026-11-29", "--format", form, "-o", str(file), *options]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return file


@pytest.fixture(scope="module")
def file(new: Path) -> Path:
    """The page of that change."""
    return written(new, "html")


@pytest.fixture
def visit(visit_file: Open, file: Path) -> Open:
    """Opens the page as a visitor with the given settings."""
    return partial(visit_file, file)


def rows(page: Page) -> int:
    """How many changes and promises can be seen."""
    return page.locator("tbody tr[data-count]:visible").count()


def test_the_verdict_is_seen_first_and_losses_without_a_click(visit: Open) -> None:
    """On the first screen stand verdict and numbers; losses, locks and broken promises are open, the rest folded."""
    page = visit(**DESK)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(
        "✗ Backups: 3 kinds of protection are lost, 1 thing can never be undone, 1 promise does not hold"
    )
    assert page.locator(".number").all_inner_texts()[2].split("\n")[:2] == ["promises hold", "1 of 2"]
    assert page.locator(".numbers").bounding_box()["y"] < 400  # type: ignore[index]
    assert page.locator("#lost tbody tr:visible").count() == 3
    assert "bank-archive" in page.locator("#forever").inner_text()
    assert "segregat" in page.locator("#promises").inner_text()
    assert not page.locator("#rest tbody").is_visible()
    page.locator("#rest summary").first.click()
    assert "03:10" in page.locator("#rest").inner_text() or "10 3" in page.locator("#rest").inner_text()


def test_a_loss_has_its_witness_and_the_line_that_causes_it(visit: Open) -> None:
    """Who is concerned, one resource that there could be, and the piece of the policy, marked."""
    page = visit(**DESK)
    row = page.locator("#lost tbody tr", has_text="No copy to bank-third")
    assert "such as an EC2 resource in" in row.inner_text()
    assert "criticality=critical" in row.inner_text()
    assert row.locator("mark").inner_text() == "[Copy(to=second)]"


def test_typing_and_the_account_narrow_the_rows(visit: Open) -> None:
    """Without loading anything; folded groups that fit open, `Show all` brings everything back."""
    page = visit(**DESK)
    before = rows(page)  # and four that are folded
    page.get_by_label("Search").press_sequentially("bank-third")
    assert 0 < rows(page) < before
    assert all("bank-third" in row.text_content() for row in page.locator("tbody tr[data-count]:visible").all())  # type: ignore[operator]
    assert page.locator("#shown").inner_text() == f"{rows(page)} of {before + 4} rows"
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#shown")).to_have_text(f"{before + 4} rows")
    page.get_by_label("Search").fill("start at")
    assert page.locator("#rest tbody tr:visible").count() == 1
    page.get_by_label("Search").fill("")
    page.get_by_label("Account").select_option(label="payments-dev")
    assert page.locator("#lost tbody tr:visible").count() == 1


@pytest.mark.parametrize(
    ("scheme", "screen", "step"), [("light", DESK, "0"), ("dark", DESK, UNFOLD), ("light", PHONE, UNFOLD)],
    ids=["desk, light, folded", "desk, dark, unfolded", "phone, light, unfolded"],
)  # fmt: skip
def test_axe_finds_nothing(visit: Open, scheme: str, screen: dict[str, object], step: str) -> None:
    """No rule of axe-core is broken, best practices included."""
    page = visit(color_scheme=scheme, **screen)
    page.evaluate(step)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_scrolls_sideways(visit: Open, screen: dict[str, object]) -> None:
    """The page is as wide as the screen, with everything unfolded, and no table hides a part of itself."""
    page = visit(**screen)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth === innerWidth")
    wide = "[...document.querySelectorAll('.scroll,pre')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(wide) == 0


def test_it_can_be_walked_by_keyboard(visit: Open) -> None:
    """First a jump to the content; every stop is to be seen; a folded group opens by the space bar."""
    page = visit(**DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for _ in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if page.evaluate("document.activeElement.matches('#rest summary.more')"):
            break
    page.keyboard.press("Space")
    assert page.locator("#rest tbody").is_visible()


def test_it_is_made_for_those_who_listen(visit: Open) -> None:
    """One first heading, none left out, landmarks, a heading for each cell; signs are words too."""
    page = visit(**DESK)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((one) => Number(one.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.get_by_role("main").count() == page.get_by_role("navigation", name="Contents").count() == 1
    assert page.get_by_role("search").count() == 1
    assert page.evaluate("[...document.querySelectorAll('th')].filter((one) => !one.scope).length") == 0
    assert {text.split()[-1] for text in page.locator(".sort").all_text_contents()} == {
        "lost", "gained", "changed", "refuted", "proved",
    }  # fmt: skip


def test_paper_and_no_javascript_have_everything(visit: Open) -> None:
    """Printed, folded parts are open, accounts counted only, the search gone; without JavaScript all is there."""
    page = visit(**DESK, java_script_enabled=False)
    assert page.locator("#tools").is_hidden()
    page.emulate_media(media="print")
    assert page.get_by_role("navigation", name="Contents").is_hidden()
    height = "(one) => one.checkVisibility({contentVisibilityAuto: true}) && one.getBoundingClientRect().height"
    assert page.locator("#proved td").first.evaluate(height) > 0
    assert not page.locator("#lost .accounts").first.evaluate(height)


def test_text_of_a_stranger_stays_text(visit: Open) -> None:
    """A tag's value with an element in it is shown letter by letter."""
    page = visit(**DESK)
    assert page.get_by_text(NASTY).count() > 0
    assert page.locator("img,iframe,[onerror]").count() == 0


def test_the_pages_own_policy_lets_nothing_else_run(browser: Browser, file: Path) -> None:
    """A script, a style or a request that somehow came into the page is refused by it."""
    page = browser.new_page()
    page.goto(file.as_uri())
    page.evaluate("""() => {
        window.refused = [];
        document.addEventListener("securitypolicyviolation", (one) => refused.push(one.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        const style = document.createElement("style");
        style.textContent = "body { display: none }";
        document.body.append(script, style);
        fetch("https://example.org/").catch(() => { window.done = true; });
    }""")
    page.get_by_role("main").wait_for()
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert page.evaluate("[window.ran, window.done]") == [None, True]
    assert set(page.evaluate("refused")) == {"script-src-elem", "style-src-elem", "connect-src"}
    page.close()


def test_the_same_change_is_the_same_page(new: Path, file: Path) -> None:
    """Byte by byte."""
    before = file.read_bytes()
    assert written(new, "html").read_bytes() == before


def test_the_comment_reads_as_github_shows_it(visit_file: Open, new: Path) -> None:
    """Tables with three columns, folded parts that unfold, a link to the page, nothing that shows its own syntax."""
    text = written(new, "markdown", "--link", "https://example.org/a/b/actions/runs/1").read_text("utf-8")
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    shown = new.parent / "comment.html"
    shown.write_text(f"<!doctype html><meta charset=utf-8><title>c</title><main>{html}</main>", "utf-8")
    page = visit_file(shown, **DESK)
    first = page.locator("p").first.inner_text()
    assert first == "Backups: 3 kinds of protection are lost, 1 thing can never be undone, 1 promise does not hold"
    assert page.get_by_role("link", name="The whole review").get_attribute("href") == (
        "https://example.org/a/b/actions/runs/1"
    )
    assert page.locator("table").count() == 4
    assert page.locator("details").count() == 2
    assert all(row.locator("td").count() == 3 for row in page.locator("tbody tr").all())
    seen = page.locator("main").inner_text()
    assert not any(sign in seen for sign in ("|--", "**", "&#", "<br>", "<code>"))
    assert page.get_by_text(NASTY).count() > 0
    assert page.locator("img").count() == 0
