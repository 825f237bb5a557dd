"""Comments that silence: what they say, and where they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstay.lint.allowance import allowances
from backstay.lint.harness import Outcome
from backstay.source import SourceFile


@pytest.mark.parametrize(
    ("comment", "names", "reason"),
    [
        ("# backstay: allow kept-forever — a legal hold", ("kept-forever",), "a legal hold"),
        ("# backstay: allow kept-forever - a legal hold", ("kept-forever",), "a legal hold"),
        ("# backstay: allow kept-forever: a legal hold", ("kept-forever",), "a legal hold"),
        ("#backstay:allow LIF003 — x", ("LIF003",), "x"),
        ("# backstay: allow kept-forever, LIF001 — two", ("kept-forever", "LIF001"), "two"),
        ("# backstay: allow kept-forever", ("kept-forever",), ""),
        ("# backstay: allow kept-forever —", ("kept-forever",), ""),
        ("# backstay: ignore everything", (), ""),
        ("# backstay: allow", (), ""),
        ("# backstay: allow kept-forever because I say so", (), ""),
    ],
)
def test_what_a_comment_says(comment: str, names: tuple[str, ...], reason: str) -> None:
    """Names and reason are read with any of three dashes; what is not understood names nothing."""
    (found,) = allowances(SourceFile("p.py", f"x = 1  {comment}\n"))
    assert (found.names, found.reason) == (names, reason)
    assert (found.span.line, found.span.column, found.span.end_column) == (1, 8, 8 + len(comment))


@pytest.mark.parametrize(
    "text", ["x = 1  # about backstay: allow", 'x = "# backstay: allow kept-forever — x"', "x = 1"]
)
def test_other_comments_are_left_alone(text: str) -> None:
    """Only comments that begin with `backstay:` speak to the linter, and text is no comment."""
    assert not list(allowances(SourceFile("p.py", text)))


def test_a_comment_alone_holds_for_the_next_line_of_code() -> None:
    """A comment on a line of its own holds below, past other comments."""
    (found,) = allowances(SourceFile("p.py", "# backstay: allow kept-forever — x\n# more\nx = 1\n"))
    assert found.lines == {1, 3}


FOREVER = 'Rule("daily", at=daily("03:00"), into=primary'
HOLD = "# backstay: allow kept-forever — a legal hold"


@pytest.mark.parametrize(
    "text",
    [
        f"{FOREVER})  {HOLD}",
        f"Plan('gold', rules=[\n    {HOLD}\n    {FOREVER})],\n    select=[Select('x', where=tag('a') == 'b')])",
        f'Rule(  {HOLD}\n    "daily", at=daily("03:00"), into=primary,\n)',
        f'Rule(\n    "daily", at=daily("03:00"), into=primary,\n)  {HOLD}',
        f"{FOREVER})  # backstay: allow LIF003 — by its code",
    ],
)
def test_where_a_comment_holds(lint_text: Callable[..., Outcome], text: str) -> None:
    """On the first or last line of what is underlined, or alone above it."""
    assert not {"kept-forever", "unused-allowance"} & set(lint_text(text).names)


def test_a_comment_inside_does_not_hold(lint_text: Callable[..., Outcome]) -> None:
    """On a line in the middle of what is underlined a comment silences nothing, and is told so."""
    text = f'Rule(\n    "daily", at=daily("03:00"),  {HOLD}\n    into=primary,\n)'
    assert {"kept-forever", "unused-allowance"} <= set(lint_text(text).names)


def test_without_a_reason_nothing_is_silenced(lint_text: Callable[..., Outcome]) -> None:
    """The finding stays, and the comment is one too."""
    names = lint_text(f"{FOREVER})  # backstay: allow kept-forever").names
    assert {"kept-forever", "unexplained-allowance"} <= set(names)
    assert "unused-allowance" not in names


def test_silence_about_silence_is_not_possible(lint_text: Callable[..., Outcome]) -> None:
    """A comment cannot allow the finding about comments."""
    names = lint_text(f"{FOREVER}, keep=days(9))  # backstay: allow unused-allowance, kept-forever — hush").names
    assert "unused-allowance" in names
