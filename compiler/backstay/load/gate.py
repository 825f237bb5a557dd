"""The first layer: what a policy file may be made of, decided on its syntax before anything runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from backstay.dsl import VOCABULARY
from backstay.load import allowed
from backstay.load.logic import corrections, may_be_meant_otherwise
from backstay.load.nearest import nearest
from backstay.load.problems import Problem, problem
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Span

TOO_DEEP = "the syntax is nested too deeply to be read"
_LISTED = "what may stand behind a dot: the fields of the vocabulary, and plain methods of text, lists and dictionaries"
_Assigning = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For
_FORMAT = re.compile(r"[<>=^]?[+ -]?0?[0-9]{0,3},?(\.[0-9]{1,2})?[dsfxX%]?")


def gate(file: SourceFile) -> list[Finding]:
    """Everything in the file that policies may not be made of. An empty list lets the file pass."""
    whole = Span(file.path, 1, 1, 1, len(file.line(1)) + 1)
    if len(file.text) > allowed.LONGEST_FILE:
        return [problem("too-large", f"the file is longer than {allowed.LONGEST_FILE:,} characters", whole)]
    if "\0" in file.text:
        line, at = next((number, text.index("\0") + 1) for number, text in enumerate(file.lines, 1) if "\0" in text)
        return [problem("syntax-error", "the file holds a null character", Span(file.path, line, at, line, at + 1))]
    if not isinstance(file.parsed, ast.Module):
        return [_unparsed(file, file.parsed, whole)]
    nodes = list(_walk(file.parsed))
    if len(nodes) > allowed.MOST_SYNTAX:
        return [problem("too-large", "the file has more syntax than one file of policies may have", whole)]
    try:
        findings = [finding for node in nodes for finding in _check(file, node, file.parsed)]
        mistaken = findings or any(map(may_be_meant_otherwise, nodes))
        return findings + corrections(file, file.parsed) if mistaken else []
    except RecursionError:
        return [problem("too-large", TOO_DEEP, whole)]


def _unparsed(file: SourceFile, error: Exception, whole: Span) -> Finding:
    if isinstance(error, SyntaxError):
        line = error.lineno or 1
        column = max(error.offset or 1, 1)
        same_line = error.end_lineno == line and (error.end_offset or 0) > column
        end = (error.end_offset or 0) if same_line else column + 1
        return problem("syntax-error", error.msg, Span(file.path, line, column, line, end))
    if isinstance(error, ValueError):
        return problem("syntax-error", str(error), whole)
    return problem("too-large", TOO_DEEP, whole)


def _walk(tree: ast.Module) -> Iterator[ast.AST]:
    """Every piece of syntax but what lies below a refused one: one complaint about it is enough.

    `Load` is left out: every name and call has one, and it is nothing to complain about.
    """
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        yield node
        if type(node) in allowed.NODES:
            stack.extend(reversed(_below(node)))


def _below(node: ast.AST) -> list[ast.AST]:
    """What `ast.iter_child_nodes` has, but for `Load`."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if type(value) is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and type(value) is not ast.Load:
            found.append(value)
    return found


def _check(file: SourceFile, node: ast.AST, tree: ast.Module) -> Iterable[Finding]:
    kind = type(node)
    if kind not in allowed.NODES:
        return (_refused(file, node, tree),)
    return [finding for check in _CHECKS.get(kind, ()) for finding in check(file, node, tree)]


def _refused(file: SourceFile, node: ast.AST, tree: ast.Module) -> Finding:
    if isinstance(node, ast.Import):
        names = ", ".join(alias.name for alias in node.names)
        return _import_problem(file, node, f"policies cannot import `{names}`")
    name, instead = allowed.REFUSED.get(type(node), (f"`{type(node).__name__}`", "write it more plainly"))
    message = f"{name} is not part of the policy language"
    return problem("forbidden-syntax", message, _place(file, node, tree), help=instead)


def _place(file: SourceFile, node: ast.AST, tree: ast.Module) -> Span | None:
    """The place of a piece of syntax; operators have none of their own, so that of the expression around them."""
    if isinstance(node, ast.stmt):
        span = file.place(node)
        end = min(len(file.line(span.line)) + 1, span.end_column if span.end_line == span.line else 10**6)
        return Span(file.path, span.line, span.column, span.line, end)
    if isinstance(node, ast.expr):
        return file.place(node)
    parents = (parent for parent in ast.walk(tree) if node in ast.iter_child_nodes(parent))
    parent = next((parent for parent in parents if isinstance(parent, ast.expr | ast.stmt)), None)
    return None if parent is None else file.place(parent)


def _import(file: SourceFile, node: ast.ImportFrom, tree: ast.Module) -> Iterator[Finding]:
    if node not in tree.body:
        yield _import_problem(file, node, "imports stand at the top level of a file", "move it out of the block")
    if any(alias.name == "*" for alias in node.names):
        yield _import_problem(file, node, "`import *` hides what a policy uses", "name what you import")
    if node.module == "__future__" and [alias.name for alias in node.names] == ["annotations"]:
        return
    if node.level and not node.module:
        first = node.names[0].name
        yield _import_problem(file, node, "policies import names, not files", f"write `from .{first} import name`")
    if node.level or node.module != allowed.MODULE:
        return
    for alias in node.names:
        if alias.name not in VOCABULARY and alias.name != "*":
            close = nearest(alias.name, VOCABULARY)
            yield problem(
                "unknown-import",
                f"`backstay` has no `{alias.name}`",
                file.place(alias),
                help=f"did you mean `{close}`?" if close else "the vocabulary is listed in the language reference",
            )


def _import_problem(file: SourceFile, node: ast.stmt, message: str, help_text: str = "") -> Finding:
    usual = "import from `backstay` or from a policy file beside, as in `from .vaults import primary`"
    return problem("forbidden-import", message, file.place(node), help=help_text or usual)


def _name(file: SourceFile, node: ast.Name, tree: ast.Module) -> Iterable[Finding]:
    """The same as `_names` of what most names are: neither has something to say."""
    return _names(file, node, tree) if node.id.startswith("__") or node.id in allowed.REFUSED_NAMES else ()


def _names(file: SourceFile, node: ast.AST, _tree: ast.Module) -> Iterator[Finding]:
    """Refuse dunder names wherever a name can stand, and Python's own names that lead out."""
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.FunctionDef(name=name):
            words = [name]
        case ast.alias():
            words = [node.name, node.asname or ""]
        case _:
            return
    for word in words:
        if word.startswith("__"):
            yield _forbidden(file, node, f"`{word}`: names with two underscores are Python's own", "choose another")
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in allowed.REFUSED_NAMES:
        yield _forbidden(file, node, f"`{node.id}` is not for policies", allowed.REFUSED_NAMES[node.id])


def _attribute(file: SourceFile, node: ast.Attribute, _tree: ast.Module) -> Iterator[Finding]:
    if not isinstance(node.ctx, ast.Load):
        yield _forbidden(file, node, "nothing can be changed once it is made", "give the value to the constructor")
    if node.attr in allowed.attributes():
        return
    if node.attr in ("format", "format_map"):
        yield _forbidden(file, node, f"`.{node.attr}` is not for policies", 'write f"…{name}…" instead')
        return
    close = None if node.attr.startswith("_") else nearest(node.attr, allowed.attributes())
    help_text = f"did you mean `.{close}`?" if close else _LISTED
    yield _forbidden(file, node, f"`.{node.attr}` is not for policies", help_text)


def _constant(file: SourceFile, node: ast.Constant, _tree: ast.Module) -> Iterator[Finding]:
    value = node.value
    if isinstance(value, int) and abs(value) > allowed.LARGEST_NUMBER:
        yield _forbidden(file, node, "a number this large means nothing in a policy", problem_name="too-large")
    elif isinstance(value, str | bytes) and len(value) > allowed.LONGEST_TEXT:
        yield _forbidden(file, node, "a text this long means nothing in a policy", problem_name="too-large")
    elif isinstance(value, bytes | complex):
        yield _forbidden(file, node, f"a policy holds no {type(value).__name__}", "write text or a whole number")


def _power(file: SourceFile, node: ast.BinOp, _tree: ast.Module) -> Iterator[Finding]:
    if not isinstance(node.op, ast.Pow):
        return
    match node:
        case ast.BinOp(left=ast.Constant(value=int(base)), right=ast.Constant(value=int(exponent))):
            if base <= allowed.LARGEST_BASE and exponent <= allowed.LARGEST_EXPONENT:
                return
    yield _forbidden(file, node, "`**` is only for two small numbers", "write the number down", "too-large")


def _format(file: SourceFile, node: ast.FormattedValue, _tree: ast.Module) -> Iterator[Finding]:
    spec = node.format_spec
    if not isinstance(spec, ast.JoinedStr):
        return
    parts = [part.value for part in spec.values if isinstance(part, ast.Constant)]
    if len(parts) != len(spec.values) or not _FORMAT.fullmatch("".join(str(part) for part in parts)):
        yield _forbidden(
            file, node.value, "a format after `:` is a short constant, such as `:02d`", "build the text first"
        )


def _function(file: SourceFile, node: ast.FunctionDef | ast.Lambda, _tree: ast.Module) -> Iterator[Finding]:
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        yield _forbidden(file, node.decorator_list[0], "policies have no decorators", "call the function instead")
    if isinstance(node, ast.Lambda) and (node.args.defaults or any(node.args.kw_defaults)):
        yield _forbidden(file, node, "a `lambda` has no defaults here", "use `def`")


def _targets(file: SourceFile, node: _Assigning, _tree: ast.Module) -> Iterator[Finding]:
    """Only names, and items of one's own dictionaries, are assigned to; attributes are refused where they stand."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Subscript) and not isinstance(target.value, ast.Name | ast.Subscript):
            yield _forbidden(file, target, "only items of a named list or dictionary can be set", "name it first")


def _forbidden(
    file: SourceFile,
    node: ast.expr | ast.stmt | ast.keyword | ast.arg | ast.alias,
    message: str,
    help: str | None = None,  # noqa: A002
    problem_name: Problem = "forbidden-syntax",
) -> Finding:
    return problem(problem_name, message, file.place(node), help=help)


_Check = Callable[[SourceFile, Any, ast.Module], Iterable[Finding]]
_CHECKS: Mapping[type[ast.AST], Sequence[_Check]] = {
    ast.Name: (_name,),
    ast.arg: (_names,),
    ast.keyword: (_names,),
    ast.alias: (_names,),
    ast.FunctionDef: (_names, _function),
    ast.Lambda: (_function,),
    ast.ImportFrom: (_import,),
    ast.Attribute: (_attribute,),
    ast.Constant: (_constant,),
    ast.BinOp: (_power,),
    ast.FormattedValue: (_format,),
    ast.Assign: (_targets,),
    ast.AnnAssign: (_targets,),
    ast.AugAssign: (_targets,),
    ast.For: (_targets,),
}
"""What is looked at in a piece of syntax that policies may have: the syntax, its file, the whole tree."""
