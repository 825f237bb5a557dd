"""Brings words of the language into a file: the import that it has gets them, in their order."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from backstay.source import SourceFile
from backstay_contract.findings import Span

_MODULE = "backstay"


def importing(file: SourceFile, words: Iterable[str]) -> list[tuple[Span, str]] | None:
    """What to insert where, so that a file knows these words; None if it cannot: it means something else by one."""
    found = [node for node in file.tree.body if isinstance(node, ast.ImportFrom) and _of_language(node)]
    known = {alias.name for node in found for alias in node.names if alias.asname in (None, alias.name)}
    missing = sorted(set(words) - known)
    if not missing:
        return []
    if not found or _bound(file.tree) & set(missing):
        return None
    aliases = found[0].names
    before: dict[int, list[str]] = {}
    for word in missing:
        place = next((n for n, alias in enumerate(aliases) if alias.name > word), len(aliases))
        before.setdefault(place, []).append(word)
    return [_insertion(file, aliases, place, new) for place, new in before.items()]


def _of_language(node: ast.ImportFrom) -> bool:
    return node.level == 0 and node.module == _MODULE and node.names[0].name != "*"


def _insertion(file: SourceFile, aliases: list[ast.alias], place: int, words: list[str]) -> tuple[Span, str]:
    """Words before the name at a place, or after the last; on lines of their own where the names have such."""
    last = place == len(aliases)
    spans = [file.place(alias) for alias in aliases]
    near = spans[place - last]
    indent = file.line(near.line)[: near.column - 1]
    alone = not indent.strip() and sum(span.line == near.line for span in spans) == 1
    comma = f",\n{indent}" if alone else ", "
    if last:
        return _point(near.path, near.end_line, near.end_column), "".join(f"{comma}{word}" for word in words)
    return _point(near.path, near.line, near.column), "".join(f"{word}{comma}" for word in words)


def _point(path: str, line: int, column: int) -> Span:
    return Span(path, line, column, line, column)


def _bound(tree: ast.Module) -> set[str]:
    """Every name that a file gives a meaning of its own, wherever it does."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
    return names
