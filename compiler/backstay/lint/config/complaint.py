"""What can be wrong with the configuration: one row each, so that a code never means two things."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final, Literal

from backstay_contract.findings import Finding, Span

Problem = Literal[
    "broken-configuration", "unknown-setting", "wrong-setting", "unknown-rule", "untrusted-rules", "unknown-invariant",
]  # fmt: skip

NUMBERS: Final[dict[Problem, int]] = {
    "broken-configuration": 1,
    "unknown-setting": 2,
    "wrong-setting": 3,
    "unknown-rule": 4,
    "untrusted-rules": 5,
    "unknown-invariant": 6,
}


def complaint(
    name: Problem,
    message: str,
    span: Span,
    *,
    label: str = "",
    help: str | None = None,  # noqa: A002
    notes: tuple[str, ...] = (),
) -> Finding:
    """A finding about the configuration; each of them means that it cannot be used."""
    return Finding(f"CFG{NUMBERS[name]:03d}", name, "error", message, span, label, notes=notes, help=help)


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """What was perhaps meant, or else what to do."""
    close = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean `{close[0]}`?" if close else otherwise
