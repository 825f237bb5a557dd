"""Text as SARIF wants it: no link, no placeholder, no markup, and not longer than GitHub takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from backstay_formats.escape import brief, markdown_plain, terminal

DESCRIPTION = 1_024
"""Characters of a rule's descriptions that GitHub takes (SARIF support for code scanning, read 2026-11)."""
NAME = 255
"""The same of its name."""
_MESSAGE = 4_000
_LINK = re.compile(r"(?<!\\)((?:\\\\)*)\](?=\()")
_PAGE = re.compile(r"<(https://[^<>\s]+)>")
_PLACEHOLDER = re.compile(r"\{([0-9]+)\}")


def plain(text: str) -> str:
    """Text in a message (SARIF 2.1.0, 3.11): what would be read as a link or as a placeholder is escaped.

    Braces and brackets that mean nothing stay as they are, against the letter of 3.11.5, since most readers show
    them as they stand.
    """
    return _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub(r"\1\\]", terminal(text)))


def message(sentences: Iterable[str]) -> dict[str, Any]:
    """A message object; the first sentence is the one that is shown where there is little room."""
    return {"text": brief("\n".join(map(plain, sentences)), _MESSAGE)}


def described(text: str, most: int = DESCRIPTION) -> dict[str, Any]:
    """A description of a rule: a sentence."""
    sentence = terminal(text).rstrip()
    return {"text": brief(sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.", most)}


def explained(paragraphs: Iterable[str]) -> dict[str, Any]:
    """What helps with a rule, in text and in Markdown. It is ours to say: pages in angle brackets are links."""
    parts = list(paragraphs)
    return {"text": "\n\n".join(map(terminal, parts)), "markdown": "\n\n".join(map(_linked, parts))}


def _linked(text: str) -> str:
    parts = _PAGE.split(text)
    return "".join(f"<{part}>" if index % 2 else markdown_plain(part) for index, part in enumerate(parts))
