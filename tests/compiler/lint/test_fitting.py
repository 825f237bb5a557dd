"""Fixes fitted to a file: what keeps several of them apart, what a removal takes along, what an import gets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstay.lint.fix import Edit, Fix, applied, fitted
from backstay.source import SourceFile
from backstay_contract.findings import Span

FILE = SourceFile(
    "p.py", "from backstay import Rule, days\nrules = [one, two,\n  three,  # third\n  four]\nf(a, b=1)\n"
)


def edit(line: int, start: int, end: int, text: str) -> Edit:
    """New text for a piece of a line."""
    return Edit(Span("p.py", line, start, line, end), text)


def at(line: int, start: int, end: int) -> Span:
    """A piece of a line."""
    return Span("p.py", line, start, line, end)


def test_overlapping_fixes_are_left() -> None:
    """Of two fixes that touch the same characters the first is made; the same edit twice is made once."""
    first, second, third = edit(2, 1, 6, "a"), edit(2, 4, 8, "b"), edit(2, 10, 13, "c")
    found = fitted(FILE, [Fix("1", (first,)), Fix("2", (second, third)), Fix("3", (third,)), Fix("4", (first,))])
    assert [fix.does for fix in found.done] == ["1", "3", "4"]
    assert [fix.does for fix in found.left] == ["2"]
    assert found.edits == [first, third]


def test_fixes_of_other_files_are_left() -> None:
    """A fix is made in its own file only."""
    assert fitted(FILE, [Fix("x", (Edit(Span("q.py", 1, 1, 1, 2), ""),))]).left


@pytest.mark.parametrize(
    ("span", "after"),
    [
        (at(2, 10, 13), "rules = [two,\n  three,  # third\n  four]"),
        (at(2, 15, 18), "rules = [one, three,  # third\n  four]"),
        (at(3, 3, 8), "rules = [one, two,\n  four]"),
        (at(4, 3, 7), None),
        (at(5, 6, 9), "f(a)"),
        (at(5, 3, 4), "f(b=1)"),
        (at(5, 8, 9), "f(a)"),
        (at(5, 6, 7), None),
    ],
)
def test_removals(span: Span, after: str | None) -> None:
    """An item goes with its comma, or its line with its comment; not where a neighbour's comment would go along."""
    made = applied(FILE.text, fitted(FILE, [Fix("x", removed=(span,))]).edits)
    assert (after in made) if after else made == FILE.text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("from backstay import Rule, days\n", "from backstay import Rule, days, years\n"),
        ("from backstay import tag, zebra\n", "from backstay import tag, years, zebra\n"),
        ("from backstay import (\n  Rule,\n  days,\n)\n", "from backstay import (\n  Rule,\n  days,\n  years,\n)\n"),
        ("from backstay import Rule, years\n", "from backstay import Rule, years\n"),
        ("from backstay import days\nyears = 7\n", None),
        ("from backstay import days, years as y\n", "from backstay import days, years as y, years\n"),
        ("x = 1\n", None),
    ],
)  # fmt: skip
def test_words_are_imported(text: str, after: str | None) -> None:
    """New words come into the import, in their order; where they mean something else the fix is left."""
    file = SourceFile("p.py", text)
    found = fitted(file, [Fix("x", (), (), ("years",))]) if after is None else fitted(file, [word(text)])
    assert (applied(text, found.edits) if found.done else None) == after


def word(text: str) -> Fix:
    """A fix that changes nothing and needs the word `years`."""
    return Fix("x", (edit(1, 1, 5, text[:4]),), words=("years",))


@given(text=st.text("ab\n\r\x0cü😀", max_size=30), new=st.text("xy\n", max_size=4), data=st.data())
@settings(max_examples=200, deadline=None)
def test_edits_change_nothing_else(text: str, new: str, data: st.DataObject) -> None:
    """What is before and after an edit stays, letter by letter, line ends too."""
    lines = SourceFile("p.py", text).lines
    line = data.draw(st.integers(1, len(lines)))
    start = data.draw(st.integers(1, len(lines[line - 1]) + 1))
    end = data.draw(st.integers(start, len(lines[line - 1]) + 1))
    made = applied(text, [edit(line, start, end, new)])
    cut = end - start
    assert len(made.replace("\r\n", "\n")) == len(text.replace("\r\n", "\n")) - cut + len(new)
    first = len("\n".join([*lines[: line - 1], lines[line - 1][: start - 1]]))
    assert made.replace("\r\n", "\n")[:first] == text.replace("\r\n", "\n")[:first]
