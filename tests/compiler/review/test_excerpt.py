"""Excerpts of a policy: the place is marked exactly, with a line around it, and what is not there is no mistake."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstay.review.excerpt import excerpt
from backstay_contract.findings import Span

LINES = ["plan = Plan(", "    rules=[", '        Rule("a",', "            keep=days(3)),", "    ],", ")", ""]


def line(path: str, number: int) -> str | None:
    """A line of the one file that there is."""
    return (LINES[number - 1] if number <= len(LINES) else "") if path == "p.py" else None


def test_a_place_in_a_line_is_marked_and_the_indent_is_left_out() -> None:
    """As little as all lines have in front."""
    rows = excerpt(Span("p.py", 4, 18, 4, 25), line)
    assert [(row.number, row.before, row.marked, row.after) for row in rows] == [
        (3, '    Rule("a",', "", ""),
        (4, "        keep=", "days(3)", "),"),
        (5, "],", "", ""),
    ]


def test_a_place_of_several_lines_is_marked_from_its_first_letter_on() -> None:
    """Without the indentation of its lines."""
    rows = excerpt(Span("p.py", 3, 9, 4, 26), line)
    assert [(row.number, row.marked) for row in rows] == [(2, ""), (3, 'Rule("a",'), (4, "keep=days(3))"), (5, "")]


def test_what_cannot_be_read_has_no_excerpt() -> None:
    """Another file, a line that is not there, no place at all."""
    assert (
        excerpt(Span("q.py", 1, 1, 1, 2), line)
        == excerpt(Span("p.py", 99, 1, 99, 2), line)
        == excerpt(None, line)
        == ()
    )


@given(st.integers(1, 9), st.integers(1, 40), st.integers(0, 30), st.integers(1, 40))
def test_any_place_is_shown_as_the_file_has_it(first: int, start: int, more: int, end: int) -> None:
    """Parts together are the line without its indentation; never more than eight lines."""
    rows = excerpt(Span("p.py", first, start, first + more, end), line)
    assert len(rows) <= 8
    for row in rows:
        assert (row.before + row.marked + row.after).strip() == (line("p.py", row.number) or "").strip()
