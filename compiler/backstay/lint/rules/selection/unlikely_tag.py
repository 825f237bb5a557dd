"""A tag that resources hardly have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from backstay.lint.comparisons import author_name, compared
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_contract.findings import Span

_KEY, _VALUE = 128, 256  # characters; AWS General Reference, "Tagging AWS resources", read 2026-11
_DOUBTFUL = frozenset({"Cc", "Cf", "Pd", "Pi", "Pf", "Zs", "Zl", "Zp"})
_PLAIN = frozenset(" -")
_SEPARATORS = ",;|"


class UnlikelyTag(Rule):
    """Keys and values are such as resources can have."""

    CODE = "SEL039"
    NAME = "unlikely-tag"
    SEVERITY = "warning"
    SUMMARY = "A selection by a tag that is too long for AWS, or has characters that hardly anybody means"
    WHY = (
        "A space at the end, a dash that is no hyphen, an invisible character: they come along when text is pasted, "
        "and the selection takes nothing. A list in one text is one value, not several."
    )
    SOURCES = (guide("assigning-resources"), seen("AWS General Reference, Tagging AWS resources: limits of tags"))
    VALID = ('Select("gold", where=tag("team:tier") == "gold / night-shift")',)
    INVALID = (
        'Select("gold", where=tag("backup ") == "gold")',
        'Select("gold", where=tag("backup–tier") == "gold")',
        'Select("gold", where=tag("backup") == "gold,silver")',
        'Select("gold", where=tag("backup") == "x" * 257)',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Keys and values of all comparisons."""
        for site in context.selections:
            found: dict[tuple[str, str, str, str], Span | None] = {}
            for one in compared(site):
                for what, text, most in (("key", one.key, _KEY), ("value", one.value, _VALUE)):
                    doubt = _doubt(what, text, most)
                    if doubt is not None:
                        found.setdefault((what, text, *doubt), one.span)
            for (what, text, wrong, cure), span in found.items():
                shown = text if len(text) <= _KEY else f"{text[:20]}…"
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` asks for the tag {what} `{shown}`, which {wrong}",
                    label="no resource has this, most likely",
                    help=cure,
                    span=span,
                )


def _doubt(what: str, text: str, most: int) -> tuple[str, str] | None:
    """What is wrong with a key or a value, and what to do."""
    if len(text) > most:
        return f"has {len(text)} characters; AWS takes {most}", "write the tag as resources have it"
    if text != text.strip():
        return "begins or ends with a space", f"write `{text.strip()}`"
    odd = next((sign for sign in text if unicodedata.category(sign) in _DOUBTFUL and sign not in _PLAIN), None)
    if odd is not None:
        name = unicodedata.name(odd, "a control character").lower()
        return f"has the character U+{ord(odd):04X} ({name})", "type the tag by hand, with plain hyphens and spaces"
    if what == "value" and any(sign in text for sign in _SEPARATORS):
        return "looks like a list; it is one value", "write `.isin([…])` to take any of several"
    return None
