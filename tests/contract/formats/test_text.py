"""Findings are drawn so that the marks stand under what is meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from backstay_contract.findings import Finding, Label, Span
from backstay_formats.text import render


def drawn(text: str, finding: Finding, *, width: int = 100, colour: bool = False) -> str:
    """A finding in the one file `a.py`, drawn."""
    lines = {"a.py": text.split("\n")}

    def line(path: str, number: int) -> str | None:
        found = lines.get(path, [])
        return found[number - 1] if 0 < number <= len(found) else None

    return render([finding], line, colour=colour, width=width, docs=lambda one: f"backstay rules {one.name}")


def at(text: str, piece: str, line: int = 1) -> Span:
    """The place of a piece of a line."""
    start = text.split("\n")[line - 1].index(piece) + 1
    return Span("a.py", line, start, line, start + len(piece))


def block(text: str) -> str:
    """A text without the indentation that it has in a test."""
    return dedent(text).lstrip("\n")


def test_one_place() -> None:
    """A finding with one place looks as the house style has it."""
    source = "    cold_after=days(30), keep=days(100),"
    finding = Finding(
        "LIF001", "cold-storage-too-short", "error", "rule `daily` is too short", at(source, "days(100)"),
        "must be at least 120 days", notes=("212 accounts get this",), help="raise `keep`",
    )  # fmt: skip
    assert drawn(source, finding) == block(
        """
        error[cold-storage-too-short]: rule `daily` is too short
          --> a.py:1:31
           |
         1 |     cold_after=days(30), keep=days(100),
           |                               ^^^^^^^^^ must be at least 120 days
           |
           = note: 212 accounts get this
           = help: raise `keep`
           = docs: backstay rules cold-storage-too-short

        """
    )


def test_two_places_on_a_line() -> None:
    """The text of the left place hangs below, on a line of its own."""
    source = 'Rule("daily", cold_after=days(30), keep=days(100))'
    finding = Finding(
        "X", "x", "error", "m", at(source, "days(30)"), "cold", (Label(at(source, "days(100)"), "deleted"),)
    )
    assert drawn(source, finding) == block(
        """
        error[x]: m
          --> a.py:1:26
           |
         1 | Rule("daily", cold_after=days(30), keep=days(100))
           |                          ^^^^^^^^       --------- deleted
           |                          |
           |                          cold
           |
           = docs: backstay rules x

        """
    )


def test_another_file_and_distant_lines() -> None:
    """Distant lines of a file are joined by dots, another file begins with `:::`, an unreadable file shows no lines."""
    source = "a = 1\n\n\n\nb = 2"
    finding = Finding(
        "X", "x", "warning", "m", at(source, "b", 5), "",
        (Label(at(source, "a", 1), "first"), Label(Span("gone.py", 12, 1, 12, 2), "elsewhere")),
    )  # fmt: skip
    assert drawn(source, finding) == block(
        """
        warning[x]: m
          --> a.py:5:1
           |
         1 | a = 1
           | - first
        ...
         5 | b = 2
           | ^
           |
          ::: gone.py:12:1
           |
           = docs: backstay rules x

        """
    )


def test_several_lines() -> None:
    """A span of several lines has a rail at its left, and long middles are left out."""
    source = "plan = Plan(\n    1,\n    2,\n    3,\n)"
    assert drawn(source, Finding("X", "x", "error", "m", Span("a.py", 1, 8, 5, 2), "all of it")) == block(
        """
        error[x]: m
          --> a.py:1:8
           |
         1 | / plan = Plan(
        ...  |
         5 | | )
           | |_^ all of it
           |
           = docs: backstay rules x

        """
    )


def test_wide_characters_and_tabs() -> None:
    """Marks stand under wide characters and behind tabs, columns counted as the terminal shows them."""
    source = '\tname="日本", keep=days(5)'
    text = drawn(source, Finding("X", "x", "error", "m", at(source, "days(5)"))).split("\n")
    shown, marks = text[3], text[4]
    before = shown[: shown.index("days(5)")]
    wide = sum(unicodedata.east_asian_width(character) == "W" for character in before)
    assert marks.index("^") == len(before) + wide
    assert marks.count("^") == len("days(5)")


def test_a_long_line_is_cropped_around_the_place() -> None:
    """A line that is wider than the terminal is shown in part, with the place in it and marked right."""
    source = "x" * 300 + "keep=days(5)" + "y" * 300
    text = drawn(source, Finding("X", "x", "error", "m", at(source, "keep=days(5)")), width=80).split("\n")
    assert all(len(line) <= 80 for line in text)
    assert text[3].index("keep=days(5)") == text[4].index("^")


def test_a_label_that_does_not_fit_stands_below() -> None:
    """Where the terminal ends before the label would, it goes under the marks instead of being broken by the edge."""
    source = f"keep = {'x' * 60}"
    finding = Finding("X", "x", "error", "m", at(source, "x" * 60), "too long to fit")
    text = drawn(source, finding, width=80)
    assert text.split("\n")[4:7] == [f"   |        {'^' * 60}", "   |        |", "   |        too long to fit"]
    assert f"{'^' * 60} too long to fit\n" in drawn(source, finding)


def test_a_file_itself_is_named_without_a_line() -> None:
    """What concerns a whole file, or a file that cannot be read, points at no characters of it."""
    text = drawn("a = 1", Finding("X", "x", "error", "unreadable", Span("a.py", 1, 1, 1, 1), help="do"))
    assert text == "error[x]: unreadable\n  --> a.py\n   = help: do\n   = docs: backstay rules x\n\n"


def test_colours_only_on_request(evil: str) -> None:
    """Without colours no escape is written; with them only ours, never one from the text."""
    finding = Finding("X", "x", "error", evil, at(f"a = {evil!r}", "a"), evil, (), (evil,), evil)
    assert "\x1b" not in drawn(f"a = {evil}".replace("\n", ""), finding)
    coloured = drawn("a", finding, colour=True)
    assert "\x1b[1;31merror[x]\x1b[0m" in coloured
    assert "\x1b[31mred" not in coloured


def test_a_finding_without_a_place() -> None:
    """It is told all the same."""
    text = drawn("", Finding("X", "x", "advice", "no place", help="do"))
    assert text == "advice[x]: no place\n   = help: do\n   = docs: backstay rules x\n\n"


NUMBER = st.integers(1, 12)


@given(st.text(st.characters(codec=None), max_size=60), st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=1))
def test_any_place_is_drawn(text: str, places: list[tuple[int, int, int, int]]) -> None:
    """Whatever the text and wherever the places, also outside of it, something is drawn and nothing hidden in it."""
    spans = [Span("a.py", a, b, a + c - 1, b + d if c == 1 else d) for a, b, c, d in places]
    finding = Finding("X", "x", "error", "m", spans[0], "label", tuple(Label(span, "other") for span in spans[1:]))
    shown = drawn(text, finding, width=40)
    assert shown.startswith("error[x]: m\n")
    assert not [c for c in shown.replace("\n", "") if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


def test_same_bytes(findings: tuple[Finding, ...], make_span: Callable[..., Span]) -> None:
    """The same findings always give the same text."""
    once, again = (render(findings, lambda _p, _n: "x = 1", colour=True, width=90) for _ in range(2))
    assert once == again
    assert make_span() == findings[0].span
