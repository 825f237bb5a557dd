"""Turns the syntax trees of python-hcl2 into ours. The only file that knows how those look (version 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from backstay.importer.terraform import syntax as s
from backstay.importer.terraform.marks import Mark, Piece, UnmatchedError, assembled
from backstay_contract.findings import Span

if TYPE_CHECKING:
    from lark import Token, Tree

LONGEST_TEXT: Final = 200
DEEPEST: Final = 80
_ITEM: Final = "*"
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


class Written(NamedTuple):
    """Where an expression stands, and its text."""

    span: Span
    text: str


class BadSyntaxError(Exception):
    """What the grammar lets pass and Terraform does not; with its place."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass
class Converter:
    """Converts trees of one text. `line` and `column` are added to places in the tree; with `fixed` all stand there.

    `heredoc` makes an expression of a heredoc's token.
    """

    path: str
    source: str
    heredoc: Callable[[Converter, Token], s.Expression]
    line: int = 0
    column: int = 0
    fixed: Span | None = None
    depth: int = 0

    def body(self, tree: Tree[Token]) -> s.Body:
        """A file or the inside of a block."""
        attributes, blocks = [], []
        for child in _trees(_trees(tree)[0] if tree.data == "start" else tree):
            if child.data == "attribute":
                attributes.append(self._attribute(child))
            elif child.data == "block":
                blocks.append(self._block(child))
        return s.Body(tuple(attributes), tuple(blocks))

    def expression(self, tree: Tree[Token]) -> s.Expression:
        """An expression."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadSyntaxError("it is nested too deeply", self.span(tree))
        try:
            made: s.Expression = getattr(self, f"_{tree.data}")(tree, Written(self.span(tree), self.text(tree)))
        finally:
            self.depth -= 1
        return made

    def span(self, tree: Any) -> Span:
        """The place of a tree or token; of one that covers several lines its first line."""
        if self.fixed is not None:
            return self.fixed
        at = getattr(tree, "meta", tree)
        line, column = getattr(at, "line", 1) or 1, getattr(at, "column", 1) or 1
        end_line, end_column = getattr(at, "end_line", line) or line, getattr(at, "end_column", column + 1)
        if end_line != line:
            end_column = column + 1
        shift = self.column if line == 1 else 0
        return Span(self.path, line + self.line, column + shift, line + self.line, max(end_column, column + 1) + shift)

    def text(self, tree: Tree[Token]) -> str:
        """The text of a tree, on one line, shortened."""
        if tree.meta.empty:
            return ""
        text = " ".join(self.source[tree.meta.start_pos : tree.meta.start_pos + LONGEST_TEXT * 2].split())
        length = tree.meta.end_pos - tree.meta.start_pos
        whole = " ".join(self.source[tree.meta.start_pos : tree.meta.end_pos].split()) if length < 2000 else text + "…"
        return whole if len(whole) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"

    def _attribute(self, tree: Tree[Token]) -> s.Attribute:
        name, value = _trees(tree)[0], _trees(tree)[-1]
        return s.Attribute(_word(name), self.expression(value), self.span(name))

    def _block(self, tree: Tree[Token]) -> s.Block:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadSyntaxError("it is nested too deeply", self.span(tree))
        *labels, body = (child for child in _trees(tree) if child.data != "new_line_or_comment")
        words = [_label(label) for label in labels]
        made = s.Block(words[0], tuple(words[1:]), self.body(body), self.span(tree))
        self.depth -= 1
        return made

    def _expr_term(self, tree: Tree[Token], at: Written) -> s.Expression:
        inner = _trees(tree)
        if not inner:
            raise BadSyntaxError("an expression should stand here", at.span)
        return self.expression(inner[0])

    def _identifier(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Name(*at, _word(tree))

    _keyword = _identifier

    def _literal_value(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Literal(*at, {"true": True, "false": False, "null": None}[_word(tree)])

    def _int_lit(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Literal(*at, int(_word(tree)[:400]))

    def _float_lit(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Literal(*at, float(_word(tree)))

    def _string(self, tree: Tree[Token], at: Written) -> s.Expression:
        pieces = [self._piece(part) for part in _trees(tree)]
        return template(pieces, *at)

    def _template_string(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Literal(*at, _unescaped(_word(tree).replace('\\"', '"')[1:-1]))

    def _heredoc_template(self, tree: Tree[Token], _at: Written) -> s.Expression:
        return self.heredoc(self, _tokens(tree)[0])

    _heredoc_template_trim = _heredoc_template

    def _piece(self, part: Tree[Token]) -> Piece:
        plain = _tokens(part)
        if plain:
            return _unescaped(str(plain[0]) if plain[0].type == "STRING_CHARS" else str(plain[0])[1:])
        child = _trees(part)[0]
        if child.data == "interpolation":
            return self.expression(_trees(child)[0])
        return self._mark(child)

    def _mark(self, tree: Tree[Token]) -> Mark:
        kind = str(tree.data).removeprefix("template_").removesuffix("_start")
        tokens = _tokens(tree)
        trees = _trees(tree)
        before = tokens[1].type == "STRIP_MARKER"
        behind = tokens[-2].type == "STRIP_MARKER" and len(tokens) - 2 > (1 if before else 0)
        expression = self.expression(trees[-1]) if kind in ("if", "for") else None
        words = [_word(one) for one in trees[:-1]] if kind == "for" else []
        key = words[0] if len(words) == 2 else None
        return Mark(kind, expression, key, words[-1] if words else "", before, behind)  # type: ignore[arg-type]

    def _tuple(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Items(*at, tuple(self.expression(item) for item in _trees(tree)))

    def _object(self, tree: Tree[Token], at: Written) -> s.Expression:
        members = []
        for element in _trees(tree):
            key, value = _trees(element)
            members.append((self._key(key), self.expression(value)))
        return s.Members(*at, tuple(members))

    def _key(self, tree: Tree[Token]) -> s.Expression:
        inner = _trees(tree)[0]
        bare = _trees(inner)[0] if inner.data == "expr_term" and not _tokens(inner) else inner
        if bare.data in ("identifier", "keyword", "literal_value", "int_lit", "float_lit"):
            return s.Literal(self.span(bare), _word(bare), _word(bare))
        return self.expression(inner)

    def _get_attr_expr_term(self, tree: Tree[Token], at: Written) -> s.Expression:
        of, step = _trees(tree)
        return self._step(self.expression(of), step, at)

    _index_expr_term = _get_attr_expr_term

    def _attr_splat_expr_term(self, tree: Tree[Token], at: Written) -> s.Expression:
        of, splat = _trees(tree)
        then: s.Expression = s.Name(at.span, _ITEM, _ITEM)
        for step in _trees(splat):
            then = self._step(then, step, at)
        return s.Splat(*at, self.expression(of), _ITEM, then)

    _full_splat_expr_term = _attr_splat_expr_term

    def _step(self, of: s.Expression, step: Tree[Token], at: Written) -> s.Expression:
        if step.data == "get_attr":
            return s.Attr(*at, of, _word(_trees(step)[0]))
        if step.data == "short_index":
            number = int(str(_tokens(step)[-1])[:9])
            return s.Index(*at, of, s.Literal(at.span, str(number), number))
        return s.Index(*at, of, self.expression(_trees(step)[0]))

    def _function_call(self, tree: Tree[Token], at: Written) -> s.Expression:
        trees = _trees(tree)
        arguments = next((one for one in trees if one.data == "arguments"), None)
        name = "::".join(_word(one) for one in trees if one.data == "identifier")
        given = tuple(self.expression(one) for one in _trees(arguments)) if arguments is not None else ()
        spread = arguments is not None and any(token.type == "ELLIPSIS" for token in _tokens(arguments))
        return s.Call(*at, name, given, spread)

    def _conditional(self, tree: Tree[Token], at: Written) -> s.Expression:
        condition, then, otherwise = (self.expression(one) for one in _trees(tree))
        return s.Conditional(*at, condition, then, otherwise)

    def _binary_op(self, tree: Tree[Token], at: Written) -> s.Expression:
        """A chain of one level of operators, from the left, without recursion into its left sides."""
        chain: list[Tree[Token]] = []
        left = tree
        while left.data == "binary_op":
            first, term = _trees(left)
            chain.append(term)
            left = first
        made = self.expression(left)
        for term in reversed(chain):
            operator, right = _trees(term)
            made = s.Binary(*at, _word(operator), made, self.expression(right))
        return made

    def _unary_op(self, tree: Tree[Token], at: Written) -> s.Expression:
        return s.Unary(*at, str(_tokens(tree)[0]), self.expression(_trees(tree)[0]))

    def _for_tuple_expr(self, tree: Tree[Token], at: Written) -> s.Expression:
        intro, result, *rest = _trees(tree)
        key, value, over = self._intro(intro)
        return s.ForList(*at, key, value, over, self.expression(result), self._condition(rest))

    def _for_object_expr(self, tree: Tree[Token], at: Written) -> s.Expression:
        intro, name, result, *rest = _trees(tree)
        key, value, over = self._intro(intro)
        grouped = any(token.type == "ELLIPSIS" for token in _tokens(tree))
        return s.ForObject(
            *at, key, value, over, self.expression(name), self.expression(result), grouped, self._condition(rest)
        )

    def _intro(self, tree: Tree[Token]) -> tuple[str | None, str, s.Expression]:
        *names, over = _trees(tree)
        words = [_word(name) for name in names]
        return (words[0] if len(words) == 2 else None), words[-1], self.expression(over)

    def _condition(self, rest: list[Tree[Token]]) -> s.Expression | None:
        return self.expression(_trees(rest[0])[0]) if rest else None


def template(pieces: list[Piece], span: Span, text: str) -> s.Expression:
    """Text with variables; without any it is a literal."""
    if all(isinstance(piece, str) for piece in pieces):
        return s.Literal(span, text, "".join(str(piece) for piece in pieces))
    try:
        return s.Template(span, text, assembled(pieces))
    except UnmatchedError as error:
        raise BadSyntaxError(str(error), span) from None


def _trees(tree: Tree[Token]) -> list[Any]:
    trees: list[Any] = [one for one in tree.children if hasattr(one, "children")]
    return [one for one in trees if one.data != "new_line_or_comment"]


def _tokens(tree: Tree[Token]) -> list[Token]:
    return [one for one in tree.children if one is not None and not hasattr(one, "children")]


def _word(tree: Tree[Token]) -> str:
    return "".join(str(token) for token in _tokens(tree))


def _label(tree: Tree[Token]) -> str:
    if tree.data != "string":
        return _word(tree)
    return "".join(str(token) for part in _trees(tree) for token in _tokens(part))


def _unescaped(text: str) -> str:
    """Text without the escapes of a quoted string."""
    return "".join(_pieces(text)) if "\\" in text else text


def _pieces(text: str) -> Iterator[str]:
    position = 0
    while (at := text.find("\\", position)) >= 0:
        yield text[position:at]
        code = text[at + 1 : at + 2]
        length = {"u": 4, "U": 8}.get(code, 0)
        digits = text[at + 2 : at + 2 + length]
        if length and len(digits) == length and all(one in "0123456789abcdefABCDEF" for one in digits):
            number = int(digits, 16)
            yield chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else "\ufffd"
        else:
            length = 0
            yield _ESCAPES.get(code, "\\" + code)
        position = at + 2 + length
    yield text[position:]
