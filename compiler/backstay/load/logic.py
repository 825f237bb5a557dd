"""Conditions have no truth value: finds `and`, `or`, `not`, `in` and chained comparisons of them, and corrects them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backstay.load.problems import problem
from backstay.source import SourceFile
from backstay_contract.findings import Finding

MAKERS = frozenset({"tag", "account_tag", "resource", "resource_type", "root", "ou", "account"})
KEYS = frozenset({"tag", "account_tag"})
METHODS = frozenset({"like", "isin"})
WORDS: dict[type[ast.AST], str] = {ast.And: "and", ast.Or: "or"}
SIGNS: dict[type[ast.AST], str] = {ast.And: " & ", ast.Or: " | ", ast.BitAnd: " & ", ast.BitOr: " | "}
EQUALS: dict[type[ast.AST], str] = {ast.Eq: "==", ast.NotEq: "!="}
Comparison = tuple[ast.expr, ast.cmpop, ast.expr]


def corrections(file: SourceFile, tree: ast.Module) -> list[Finding]:
    """A finding, with the text that was meant, for each condition that is combined as Python's truth values are."""
    return list(_visit(file, tree))


def may_be_meant_otherwise(node: ast.AST) -> bool:
    """Whether a piece of syntax is of those that are corrected if it is about conditions; only the first look."""
    match node:
        case ast.Compare(ops=ops):
            return len(ops) > 1 or isinstance(ops[0], ast.In | ast.NotIn)
        case ast.UnaryOp(op=op):
            return isinstance(op, ast.Not)
    return isinstance(node, ast.BoolOp)


def _visit(file: SourceFile, tree: ast.AST) -> Iterator[Finding]:
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        said = _complaint(node) if isinstance(node, ast.expr) else None
        if said is None or not isinstance(node, ast.expr):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
            continue
        yield problem("policy-error", said, file.place(node), help=f"write `{_meant(file, node)}`")


def _complaint(node: ast.expr) -> str | None:
    match node:
        case ast.BoolOp(op=op, values=values) if any(map(is_condition, values)):
            return f"`{WORDS[type(op)]}` does not join conditions"
        case ast.UnaryOp(op=ast.Not(), operand=operand) if is_condition(operand):
            return "`not` does not turn a condition round"
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]) if _is_key(left):
            return "`in` does not compare a tag"
        case ast.Compare(ops=ops) if len(ops) > 1 and _parts(node) is not None:
            return "`&` and `|` bind tighter than `==` in Python, so this is a chained comparison"
    return None


def _meant(file: SourceFile, node: ast.expr) -> str:
    """The text that was meant; parts that need no correction stay as their author wrote them."""
    match node:
        case ast.BoolOp(op=op, values=values) if _complaint(node):
            return SIGNS[type(op)].join(_enclosed(file, value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand) if _complaint(node):
            return f"~{_enclosed(file, operand)}"
        case ast.Compare(left=left, ops=[op], comparators=[values]) if _complaint(node):
            turned = "~" if isinstance(op, ast.NotIn) else ""
            return f"{turned}{_written(file, left)}.isin({_written(file, values)})"
        case ast.Compare() if len(node.ops) > 1 and (parts := _parts(node)) is not None:
            return _unchained(file, *parts)
    return _written(file, node)


def _enclosed(file: SourceFile, node: ast.expr) -> str:
    text = _meant(file, node)
    alone = isinstance(node, ast.Call | ast.Name) or (isinstance(node, ast.UnaryOp) and text.startswith("~"))
    return text if alone else f"({text})"


def _written(file: SourceFile, node: ast.expr) -> str:
    return " ".join((ast.get_source_segment(file.text, node) or ast.unparse(node)).split())


def _unchained(file: SourceFile, comparisons: list[Comparison], operators: list[ast.operator]) -> str:
    texts = [f"({_written(file, key)} {EQUALS[type(op)]} {_written(file, value)})" for key, op, value in comparisons]
    signs = [SIGNS[type(operator)] for operator in operators]
    return "".join(text + sign for text, sign in zip(texts, [*signs, ""], strict=True))


def _parts(node: ast.Compare) -> tuple[list[Comparison], list[ast.operator]] | None:
    """`tag("a") == "x" & tag("b") == "y"` as Python reads it, taken apart as its author meant it.

    Python sees `tag("a") == ("x" & tag("b")) == "y"`: each operand in the middle is a value, an operator and the next
    key. None if it does not look like that.
    """
    comparisons: list[Comparison] = []
    operators: list[ast.operator] = []
    left = node.left
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        if not _is_key(left) or type(op) not in EQUALS:
            return None
        if comparator is node.comparators[-1]:
            comparisons.append((left, op, comparator))
        elif isinstance(comparator, ast.BinOp) and isinstance(comparator.op, ast.BitAnd | ast.BitOr):
            comparisons.append((left, op, comparator.left))
            operators.append(comparator.op)
            left = comparator.right
        else:
            return None
    return comparisons, operators


def is_condition(node: ast.expr) -> bool:
    """Whether an expression is a condition or a target by its looks."""
    while True:
        match node:
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
                if is_condition(right):
                    return True
                node = left  # a chain of hundreds leans to the left
            case ast.UnaryOp(op=ast.Invert() | ast.Not(), operand=operand):
                node = operand
            case _:
                return _is_simple(node)


def _is_simple(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in MAKERS
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return attr in METHODS and _is_key(value)
        case ast.Compare(left=left):
            return _is_key(left)
        case ast.BoolOp(values=values):
            return any(map(is_condition, values))
    return False


def _is_key(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in KEYS
    return False
