"""Makes text from outside (names, tags, source lines) harmless in a terminal, in Markdown and in XML."""

from __future__ import annotations

import re
import unicodedata
from html import escape as html_escape

LONGEST = 2_000
"""Characters of a sentence that other people's services are sent; no sentence of ours comes near it."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that are never printed as they are: controls, format characters (bidi, zero width), surrogates,
line and paragraph separators."""

_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+!|~@&$%]|(?<=[a-zA-Z]):(?=//)|(?<=www)\.|^[-=]|^[0-9]+(?=[.)])")
_REFERRING = re.compile(r"[@#!$~%&:](?=[\w/\"'])")
"""A sign that makes a mention, an issue, a milestone or a link of the word behind it."""
_CODE = re.compile(r"`([^`]*)`")
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(character: str) -> str:
    """One character as it may be printed: itself, or its code point in letters (`\\x1b`, `\\u202e`)."""
    if character.isascii():
        return character if " " <= character <= "~" else f"\\x{ord(character):02x}"
    number = ord(character)
    if unicodedata.category(character) not in _HIDDEN and not _no_character(number):
        return character
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _no_character(number: int) -> bool:
    """Whether a code point is none of a character, nor ever will be; XML 1.0 has no way to hold two of them."""
    return number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF


def terminal(text: str) -> str:
    """Text on one line of a terminal: no control, escape or bidirectional character survives as itself."""
    return text if text.isascii() and text.isprintable() else "".join(map(visible, text))


def brief(text: str, most: int = LONGEST) -> str:
    """Text that no service has to cut: what is longer ends with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def whole(text: str) -> str:
    """Text that every JSON parser takes: halves of surrogate pairs, as in undecodable file names, are spelt."""
    return _SURROGATE.sub(lambda match: visible(match[0]), text)


def markdown(text: str) -> str:
    """Text in Markdown, in tables too: nothing in it is markup, a link, or a mention.

    Mentions and references are made of the text as it is shown, where an entity is the sign itself again; so a space
    without width follows each sign.
    """
    shown = terminal(text)
    return _MARKDOWN.sub(lambda match: _entities(match[0]) + _parted(shown, match.start()), shown)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def _parted(text: str, at: int) -> str:
    return "&#8203;" if _REFERRING.match(text, at) else ""


def markdown_prose(text: str) -> str:
    """One of our sentences in Markdown: what stands in backticks becomes code, the rest is escaped."""
    parts = _CODE.split(text)
    return "".join(markdown_code(part) if index % 2 else markdown(part) for index, part in enumerate(parts))


def markdown_plain(text: str) -> str:
    """The same where HTML is forbidden, and no table either: code stays in its backticks."""
    parts = _CODE.split(text)
    return "".join(f"`{terminal(part)}`" if index % 2 and part else markdown(part) for index, part in enumerate(parts))


def markdown_code(text: str) -> str:
    """Text as code in Markdown, in tables too; HTML's element, since it takes any text."""
    return f"<code>{_MARKDOWN.sub(lambda match: _entities(match[0]), terminal(text))}</code>"


def xml(text: str) -> str:
    """Text in XML 1.0, as content or in a double-quoted attribute; characters that XML has no way to hold are spelt."""
    return html_escape(terminal(text), quote=True)
