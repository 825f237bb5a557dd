"""Text from outside does no harm in any format."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_formats.escape import markdown, markdown_code, markdown_prose, terminal, xml
from backstay_formats.width import cells, columns

ANY = st.text(st.characters(codec=None))


@given(ANY)
def test_nothing_hidden_reaches_a_terminal(text: str) -> None:
    """No control, format, surrogate or separator character survives, whatever the text."""
    shown = terminal(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@given(st.text(st.characters(categories=["L", "N"])))
def test_plain_text_stays(text: str) -> None:
    """Letters and digits of any script are printed as they are, in a terminal, in Markdown and in XML."""
    assert terminal(text) == text == xml(text)
    assert markdown(f"x{text}") == f"x{text}"


@given(ANY)
def test_markdown_has_no_markup_left(text: str) -> None:
    """Characters that begin markup, a link or a mention are spelt as entities."""
    rest = markdown(text).replace("&#", "").replace(";", "")
    assert not set(rest) & set("<>`*_[]()|@!~\\")


@given(ANY)
def test_prose_is_text_and_code_only(text: str) -> None:
    """Of HTML only our own `<code>` elements appear, closed."""
    shown = markdown_prose(text)
    assert shown.replace("<code>", "").replace("</code>", "").count("<") == 0
    assert shown.count("<code>") == shown.count("</code>")


@given(ANY)
def test_xml_is_well_formed(text: str) -> None:
    """Any text makes a well-formed attribute and element."""
    element = ET.fromstring(f'<a b="{xml(text)}">{xml(text)}</a>')
    assert element.attrib["b"] == (element.text or "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\nb\tc", r"a\x0ab\x09c"),
        ("\u202eabc", r"\u202eabc"),
        ("\U000e0041", r"\U000e0041"),
        ("\x9b", r"\x9b"),
        ("日本 é ≥", "日本 é ≥"),
    ],
)
def test_hidden_characters_are_spelt(text: str, shown: str) -> None:
    """Hidden characters are told by their code point, so that a reader sees that they are there."""
    assert terminal(text) == shown


def test_code_keeps_a_pipe_out_of_tables() -> None:
    """A bar in code does not end a table cell."""
    assert "|" not in markdown_code("a|b")


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("\t", 4), ("ab\tc", 5), ("\x1b", 4), ("", 0), ("ｆｕｌｌ", 8)],
)
def test_columns(text: str, width: int) -> None:
    """Wide characters take two columns, combining ones none, tabs go to the next stop, escapes take what they print."""
    assert columns(text) == width


@given(ANY)
def test_layout_is_consistent(text: str) -> None:
    """Every character has a column, in order, and columns past the end go on by one."""
    laid = cells(text)
    assert len(laid.starts) == len(text) + 1
    assert list(laid.starts) == sorted(laid.starts)
    assert laid.column(len(text) + 3) == laid.starts[-1] + 3
