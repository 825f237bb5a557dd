"""Makes text from outside (names, tags, source lines) harmless in a terminal, in Markdown and in XML."""

from __future__ import annotations

import re
import unicodedata
from html import escape as html_escape

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that are never printed as they are: controls, format characters (bidi, zero width), surrogates,
line and paragraph separators."""

_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+!|~@&$]|(?<=[a-zA-Z]):(?=//)|(?<=www)\.|^[-=]|^[0-9]+(?=[.)])")
_CODE = re.compile(r"`([^`]*)`")


def visible(character: str) -> str:
    """One character as it may be printed: itself, or its code point in letters (`\\x1b`, `\\u202e`)."""
    if character.isascii():
        return character if " " <= character <= "~" else f"\\x{ord(character):02x}"
    if unicodedata.category(character) not in _HIDDEN:
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def terminal(text: str) -> str:
    """Text on one line of a terminal: no control, escape or bidirectional character survives as itself."""
    return text if text.isascii() and text.isprintable() else "".join(map(visible, text))


def markdown(text: str) -> str:
    """Text in Markdown, in tables too: nothing in it is markup, a link, or a mention."""
    return _MARKDOWN.sub(lambda match: "".join(f"&#{ord(c)};" for c in match[0]), terminal(text))


def markdown_prose(text: str) -> str:
    """One of our sentences in Markdown: what stands in backticks becomes code, the rest is escaped."""
    parts = _CODE.split(text)
    return "".join(markdown_code(part) if index % 2 else markdown(part) for index, part in enumerate(parts))


def markdown_code(text: str) -> str:
    """Text as code in Markdown, in tables too; HTML's element, since it takes any text."""
    return f"<code>{_MARKDOWN.sub(lambda match: ''.join(f'&#{ord(c)};' for c in match[0]), terminal(text))}</code>"


def xml(text: str) -> str:
    """Text in XML 1.0, as content or in a double-quoted attribute; characters that XML has no way to hold are spelt."""
    return html_escape(terminal(text), quote=True)
