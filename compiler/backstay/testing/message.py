"""How a failing test tells why: the sentence, then the term or keyword that decides, at its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backstay_contract.findings import Finding, Label, Span
from backstay_formats.text import render

if TYPE_CHECKING:
    from backstay.testing.org import Org

Reason = tuple[str, Span | None]
"""A sentence and the place that it is about."""
_WIDTH = 120


def drawn(org: Org, name: str, message: str, reasons: Sequence[Reason], notes: Sequence[str] = ()) -> str:
    """A failure as `lint` draws a finding; reasons without a place become notes."""
    placed = [(text, span) for text, span in reasons if span is not None]
    bare = [text for text, span in reasons if span is None]
    labels = tuple(Label(span, text) for text, span in placed[1:])
    main = placed[0] if placed else ("", None)
    finding = Finding("TST000", name, "error", message, main[1], main[0], labels, (*bare, *notes))
    return render([finding], org.line, colour=False, width=_WIDTH).rstrip()
