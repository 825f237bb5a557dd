"""Reads Terraform's own language: a file's text as blocks and expressions with their places."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from backstay.importer.problem import problem
from backstay.importer.terraform import syntax as s
from backstay.importer.terraform.marks import Mark, Piece
from backstay.importer.terraform.scan import Scanned, UnclosedError, scanned
from backstay.importer.terraform.tree import BadSyntaxError, Converter, template
from backstay.importer.text import decode
from backstay_contract.findings import Finding, Span

if TYPE_CHECKING:
    from lark import Token, Tree

LARGEST_FILE: Final = 1 << 19
MOST_BRACKETS: Final = 200
_PREFIX: Final = "_ = ("
_BRACKETS = re.compile(r"[][(){}]")
_HEREDOC = re.compile(r"<<(-?)([^\s]+)[^\n]*\n(.*?)[ \t]*\2\n?\Z", re.DOTALL)
_DIRECTIVE = re.compile(r"(~?)\s*(if|else|endif|for|endfor)\b(.*?)(~?)\Z", re.DOTALL)
_LOOP = re.compile(r"\s*(?:(\w+)\s*,\s*)?(\w+)\s+in\b(.*)\Z", re.DOTALL)


def parse(path: str, data: bytes) -> tuple[s.Body, tuple[Finding, ...]]:
    """A file's blocks and attributes; what is broken is a finding at its place, and the file then empty."""
    text = decode(path, data)
    if isinstance(text, Finding):
        return s.Body(), (text,)
    if len(text) > LARGEST_FILE or _depth(text) > MOST_BRACKETS:
        message = "the file is too large, or nested too deeply, for a Terraform configuration"
        return s.Body(), (problem("too-large", message, Span(path, 1, 1, 1, 2)),)
    try:
        return Converter(path, text, _heredoc).body(_tree(path, text)), ()
    except (BadSyntaxError, RecursionError) as error:
        span = error.span if isinstance(error, BadSyntaxError) else Span(path, 1, 1, 1, 2)
        message = error.message if isinstance(error, BadSyntaxError) else "the file is nested too deeply"
        return s.Body(), (problem("unreadable-source", message, span),)


def expression(path: str, text: str, span: Span, *, fixed: bool) -> s.Expression:
    """The expression that stands inside `${ }`; `span` is where it begins (`fixed`: where all of it is shown)."""
    source = f"{_PREFIX}{text}\n)"
    try:
        tree = _tree(path, source)
    except BadSyntaxError as error:
        raise BadSyntaxError(error.message, span) from None
    converter = Converter(path, source, _heredoc, span.line - 1, span.column - 1 - len(_PREFIX))
    converter.fixed = span if fixed else None
    body = converter.body(tree)
    if len(body.attributes) != 1:
        raise BadSyntaxError("an expression should stand here", span)
    return body.attributes[0].value


def text_template(path: str, text: str, span: Span, *, fixed: bool = True) -> s.Expression:
    """Text that may hold variables, such as that of a heredoc (`fixed` False: `span` is where it begins)."""
    shown = " ".join(text.split())[:200]
    try:
        pieces = [_piece(path, one, text, span, fixed=fixed) for one in scanned(text)]
    except UnclosedError as error:
        raise BadSyntaxError(str(error), span) from None
    return template(pieces, span, shown)


def _piece(path: str, one: Scanned, text: str, span: Span, *, fixed: bool) -> Piece:
    if one.kind == "text":
        return one.content
    place = span if fixed else _at(span, text, one.start)
    if one.kind == "expression":
        return expression(path, one.content.strip("~"), place, fixed=fixed)
    found = _DIRECTIVE.match(one.content)
    if found is None:
        raise BadSyntaxError("a template knows `if`, `else`, `endif`, `for` and `endfor`", place)
    before, kind, rest, behind = found.groups()
    mark = Mark(kind, before=bool(before), behind=bool(behind))  # type: ignore[arg-type]
    loop = _LOOP.match(rest) if kind == "for" else None
    if loop is not None:
        return replace(mark, expression=expression(path, loop[3], place, fixed=True), key=loop[1], value=loop[2])
    return replace(mark, expression=expression(path, rest, place, fixed=True)) if kind == "if" else mark


def _heredoc(converter: Converter, token: Token) -> s.Expression:
    """The text between `<<EOT` and `EOT`; with `<<-` without the indentation that all lines have."""
    found = _HEREDOC.match(str(token))
    trimmed, text = (found[1], found[3]) if found is not None else ("", "")
    lines = text.split("\n")
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    indent = min(indents, default=0) if trimmed else 0
    begin = converter.span(token)
    if indent or converter.fixed is not None:
        text = "\n".join(line[indent:] for line in lines)
        return text_template(converter.path, text, begin)
    start = Span(begin.path, begin.line + 1, 1, begin.line + 1, 2)
    return text_template(converter.path, text, start, fixed=False)


def _tree(path: str, text: str) -> Tree[Token]:
    import hcl2
    from lark.exceptions import LarkError, UnexpectedInput

    try:
        tree: Tree[Token] = hcl2.parses_to_tree(text)
        return tree
    except UnexpectedInput as error:
        line, column = max(getattr(error, "line", 1), 1), max(getattr(error, "column", 1), 1)
        span = Span(path, line, column, line, column + 1)
        raise BadSyntaxError(_said(text, line), span) from None
    except LarkError as error:
        raise BadSyntaxError(str(error).split("\n")[0], Span(path, 1, 1, 1, 2)) from None


def _said(text: str, line: int) -> str:
    lines = text.split("\n")
    shown = lines[line - 1].strip() if line <= len(lines) else ""
    return f"this is no Terraform configuration from here on: `{shown[:80]}`" if shown else "the text ends too early"


def _at(span: Span, text: str, position: int) -> Span:
    line = text.count("\n", 0, position)
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return Span(span.path, span.line + line, column, span.line + line, column + 1)


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        depth = max(depth + (1 if bracket[0] in "[({" else -1), 0)
        deepest = max(deepest, depth)
    return deepest
