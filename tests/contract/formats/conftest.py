"""Findings of every kind that a format must write down, some with text that was meant to do harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstay_contract.findings import Finding, Label, LintSummary, Span

EVIL = (
    "a\x1b[31mred\x1b[0m\n::error::x <script>alert(1)</script> [x](javascript:1) @team | `b` \u202egpj\x07 100% \ud800"
)


def span(line: int = 3, column: int = 5, end: int = 9, *, path: str = "policies/acme.py", end_line: int = 0) -> Span:
    """A span of one line, or up to `end_line`."""
    return Span(path, line, column, end_line or line, end)


@pytest.fixture
def make_span() -> Callable[..., Span]:
    """Spans of one line, by line and columns."""
    return span


@pytest.fixture
def evil() -> str:
    """Text from outside that tries to colour a terminal, to give commands and to be markup."""
    return EVIL


@pytest.fixture
def findings() -> tuple[Finding, ...]:
    """An error with all there is to tell, a warning, a piece of advice without a place, and a harmful name."""
    others = (Label(span(1, 1, 6, path="policies/vaults.py"), "at most 400 days"),)
    return (
        Finding("LIF001", "cold-storage-too-short", "error", "rule `daily` is wrong", span(), "at least 120 days",
                others, ("every job would fail",), "raise `keep`", 212),
        Finding("LIF003", "kept-forever", "warning", "rule `a` keeps for ever", span(5, 1, 2, end_line=7), accounts=1),
        Finding("LIF014", "years-of-365-days", "advice", "no place"),
        Finding("GEN003", "refused-name", "error", EVIL, span(9, 1, 3, path="policies/a,b: c.py"), EVIL, (), (EVIL,),
                EVIL, 1),
    )  # fmt: skip


@pytest.fixture
def summary() -> LintSummary:
    """The numbers of a run that found what `findings` has."""
    return LintSummary(2, 1, 1, 0, 14, 2, 7, 240, 9)
