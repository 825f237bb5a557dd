"""HTML pages are self-contained, and nothing foreign can run in them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from backstay_formats.page import environment, inline_json, page


class Elements(HTMLParser):
    """Collects elements, and the text of scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        kind = dict(attrs).get("type")
        self._in = f"{tag} {kind}" if kind else tag

    def handle_data(self, data: str) -> None:
        if self._in.split()[0:1] in (["script"], ["style"], ["title"]):
            self.texts[self._in] = self.texts.get(self._in, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._in = ""


def parsed(text: str) -> Elements:
    """The elements of a page."""
    elements = Elements()
    elements.feed(text)
    return elements


def hash_of(text: str) -> str:
    """The hash by which a content security policy names a text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_policy_allows_our_own_only() -> None:
    """The content security policy forbids everything but the one script and the one style, by their hashes."""
    found = parsed(
        page("Report", Markup("<h1>x</h1>"), data={"a": 1}, script="let a = 1 < 2 && 3;", style=".a{color:red}")
    )
    policy = next(attrs["content"] for tag, attrs in found.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"script-src {hash_of(found.texts['script'])}" in policy
    assert f"style-src {hash_of(found.texts['style'])}" in policy
    assert "unsafe" not in policy


def test_no_network() -> None:
    """Nothing is loaded from elsewhere."""
    text = page("Report", Markup("<p>x</p>"), data=[], script="1", style="")
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(""", text)


def test_titles_are_text() -> None:
    """Markup in a title is shown, not obeyed."""
    found = parsed(page("</title><script>alert(1)</script>", Markup("")))
    assert [tag for tag, _ in found.tags].count("script") == 0


@given(st.recursive(st.text(st.characters(exclude_categories=["Cs"])), lambda leaf: st.lists(leaf), max_leaves=5))
def test_data_survive_and_stay_data(data: object) -> None:
    """Data come out as they went in, and no text in them can end their element."""
    assert "<" not in inline_json(data)
    found = parsed(page("t", Markup(""), data=data))
    assert json.loads(found.texts["script application/json"]) == data


@pytest.mark.parametrize("name", ["script", "style"])
def test_elements_cannot_be_ended_from_inside(name: str) -> None:
    """Our own script or style that would end its element is refused."""
    with pytest.raises(ValueError, match=name):
        page("t", Markup(""), **{name: "</script>"})


def test_for_everybody() -> None:
    """A page names its language, adapts to light and dark, to print and to a phone, and lets a keyboard skip ahead."""
    text = page("t", Markup("<p>x</p>"))
    assert '<html lang="en">' in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "width=device-width" in text
    assert 'class="skip"' in text


def test_hidden_characters_are_spelt() -> None:
    """A template's values lose their escapes and bidirectional marks, and keep their lines; markup of ours stays."""
    template = environment().from_string("{{ text }}|{{ markup }}|{{ number }}")
    shown = template.render(text="<b>\x1b[31m\u202e\n\tä🚀", markup=Markup("<i>\n</i>"), number=3)
    assert shown == "&lt;b&gt;\\x1b[31m\\u202e\n\tä🚀|<i>\n</i>|3"


def test_same_bytes() -> None:
    """The same page is the same bytes."""
    assert page("t", Markup("x"), data={"b": 1, "a": 2}) == page("t", Markup("x"), data={"a": 2, "b": 1})
