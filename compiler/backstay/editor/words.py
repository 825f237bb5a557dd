"""What a word of the policy language means: how it is called, and its own description."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from backstay import dsl
from backstay.source import SourceFile

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")


def word_at(file: SourceFile, line: int, column: int) -> str | None:
    """The word of the language at a place, by its own name: `Plan`, or `Lock.governance`; None if there is none."""
    text = file.line(line)
    comment = file.comments.get(line)
    if comment is not None and column > text.rfind(comment):
        return None
    for found in _NAME.finditer(text):
        if found.start() < column <= found.end() + 1:
            first, _, second = found[0].partition(".")
            name = _imported(file).get(first)
            if name is None:
                return None
            on_second = second and column > found.start() + len(first) + 1
            return f"{name}.{second}" if on_second else name
    return None


def meaning(word: str) -> str | None:
    """A word in Markdown: its call, then its description; None if the language does not have it."""
    first, _, second = word.partition(".")
    thing = getattr(dsl, first, None) if first in dsl.VOCABULARY else None
    if second:
        thing = getattr(thing, second, None) if not second.startswith("_") else None
    if thing is None or not callable(thing):
        return None
    described = inspect.getdoc(thing) or ""
    return f"```python\n{word}{_signature(thing)}\n```\n\n{described}".rstrip()


def _imported(file: SourceFile) -> Mapping[str, str]:
    """Local name → word of the language; all words, where the file cannot be parsed."""
    words = {name: name for name in dsl.VOCABULARY}
    return {**words, **{local: name for local, name in file.imported.items() if name in words}}


def _signature(thing: object) -> str:
    try:
        signature = inspect.signature(thing)  # type: ignore[arg-type]  # asked for what is callable only
    except (TypeError, ValueError):
        return "(…)"
    parameters = [one for one in signature.parameters.values() if one.name != "span"]
    shown = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    return re.sub(r"'([^']*)'", r"\1", shown)
