"""One policy file as text: its lines, its comments, and the extents of the calls in it."""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backstay_contract.findings import Span

Extent = tuple[int, int, int, int]
Piece = ast.expr | ast.stmt | ast.keyword | ast.arg | ast.alias
"""Syntax that has a place."""


@dataclass(frozen=True, slots=True)
class _Syntax:
    """Calls by their ends, comparisons by their extents, and the names that imports give."""

    calls: dict[tuple[int, int], ast.Call]
    comparisons: dict[Extent, ast.Compare]
    imported: dict[str, str]


@dataclass(frozen=True)
class SourceFile:
    """A policy file. `path` is the path as people are shown it (relative to the working directory)."""

    path: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines as Python counts them: only line feed and carriage return end one, a form feed does not."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its end; empty if the file has no such line."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def span(self, raw: Span) -> Span:
        """An extent of CPython (columns in UTF-8 bytes from 0) as people count: characters from 1, a tab is one."""
        return Span(self.path, *self._counted(raw.line, raw.column, raw.end_line, raw.end_column))

    def place(self, node: Piece) -> Span:
        """The extent of a piece of syntax."""
        return Span(self.path, *self._extent(node))

    def fields(self, span: Span) -> Mapping[str, Span]:
        """The places of a call's arguments: keyword → extent of its value; positional ones are `#0`, `#1`, ….

        `span` is the call's extent. For a comparison such as `tag("a") == "x"` the fields are `key` and `value`.
        """
        node = self.expression(span)
        if isinstance(node, ast.Call):
            named = {word.arg: self.place(word.value) for word in node.keywords if word.arg is not None}
            return {**{f"#{n}": self.place(value) for n, value in enumerate(node.args)}, **named}
        if isinstance(node, ast.Compare):
            key = {"key": self.place(node.left.args[0])} if isinstance(node.left, ast.Call) and node.left.args else {}
            return {**key, "value": self.place(node.comparators[-1])}
        return {}

    def expression(self, span: Span) -> ast.expr | None:
        """The call or comparison at an extent.

        A call is found by its end, which is its own parenthesis: CPython lets a method call that spans lines begin
        at the method's name.
        """
        call = self._syntax.calls.get((span.end_line, span.end_column))
        if call is not None and call.lineno <= span.line:
            return call
        return self._syntax.comparisons.get((span.line, span.column, span.end_line, span.end_column))

    @cached_property
    def comments(self) -> Mapping[int, str]:
        """Line number → the comment on it, with its `#`."""
        return dict(_comments(self.lines)) if "#" in self.text else {}

    @property
    def imported(self) -> Mapping[str, str]:
        """Local name → the name that it was imported as: `{"R": "Rule"}` for `from backstay import Rule as R`."""
        return self._syntax.imported

    @cached_property
    def parsed(self) -> ast.Module | Exception:
        """The syntax tree, or why there is none (`SyntaxError`, `ValueError`, `RecursionError`, `MemoryError`)."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return error

    @property
    def tree(self) -> ast.Module:
        """The syntax tree; that of an empty file where the text is no Python (the loader has said so)."""
        return self.parsed if isinstance(self.parsed, ast.Module) else ast.Module([], [])

    @cached_property
    def _syntax(self) -> _Syntax:
        """What is looked up in the syntax tree, gathered in one walk."""
        found = _Syntax({}, {}, {})
        for node in walk(self.tree):
            kind = type(node)
            if kind is ast.Call:
                found.calls[self._extent(node)[2:]] = node
            elif kind is ast.Compare:
                found.comparisons[self._extent(node)] = node
            elif kind is ast.ImportFrom:
                found.imported.update((alias.asname, alias.name) for alias in node.names if alias.asname)
        return found

    def _extent(self, node: Piece) -> Extent:
        line, column = node.lineno, node.col_offset
        return self._counted(line, column, node.end_lineno or line, node.end_col_offset or column)

    def _counted(self, line: int, column: int, end_line: int, end_column: int) -> Extent:
        """An extent with its columns in characters from 1."""
        if self._plain:
            return line, column + 1, end_line, end_column + 1
        return line, self._column(line, column), end_line, self._column(end_line, end_column)

    @cached_property
    def _plain(self) -> bool:
        """Whether bytes and characters are one."""
        return self.text.isascii()

    def _column(self, line: int, column: int) -> int:
        text = self.line(line)
        if text.isascii():
            return column + 1
        return len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")) + 1


def walk(tree: ast.AST) -> Iterator[Any]:
    """Every piece of syntax below, and the tree itself, as `ast.walk` has them; in another order, and quicker."""
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        yield node
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                stack.extend(item for item in value if isinstance(item, ast.AST))
            elif isinstance(value, ast.AST):
                stack.append(value)


def _comments(lines: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    ended = (f"{line}\n" for line in lines)
    try:
        for token in tokenize.generate_tokens(lambda: next(ended, "")):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return
