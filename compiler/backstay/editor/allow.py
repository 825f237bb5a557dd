"""The comment that allows a finding on its line, as an edit: its author has only to say why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from backstay.lint.allowance import allowances
from backstay.lint.fix import Edit, applied
from backstay.lint.registry import rules
from backstay.source import SourceFile
from backstay_contract.findings import Finding, Span

_NAMES = re.compile(r"#\s*backstay:\s*allow\s+[\w-]+(?:\s*,\s*[\w-]+)*")


def allow(file: SourceFile, finding: Finding) -> Edit | None:
    """What to insert; None for findings that no comment silences, and where none can stand.

    The reason is left to be written: until it is, the rule `unexplained-allowance` asks for it.
    """
    rule = rules().get(finding.code)
    if rule is None or rule.ABOUT_SILENCE or finding.span is None:
        return None
    line = finding.span.line
    return next((edit for edit in _edits(file, line, finding.name) if _stands(file, edit, line, finding.name)), None)


def _edits(file: SourceFile, line: int, name: str) -> Iterator[Edit]:
    """A name more in the comment that allows already; or a comment behind the line; or one above it."""
    text, comment = file.line(line), file.comments.get(line)
    found = _NAMES.match(comment or "")
    if comment is None:
        yield _insert(file, line, len(text) + 1, f"  # backstay: allow {name} — ")
    elif found is not None:
        yield _insert(file, line, text.rfind(comment) + found.end() + 1, f", {name}")
    indent = text[: len(text) - len(text.lstrip())]
    yield _insert(file, line, 1, f"{indent}# backstay: allow {name} — \n")


def _stands(file: SourceFile, edit: Edit, line: int, name: str) -> bool:
    """Whether the linter would hear the comment on the line, and the file still be Python if it was."""
    after = replace(file, text=applied(file.text, [edit]))
    if isinstance(file.parsed, ast.Module) and not isinstance(after.parsed, ast.Module):
        return False
    moved = line + len(after.lines) - len(file.lines)
    return any(moved in one.lines and name in one.names for one in allowances(after))


def _insert(file: SourceFile, line: int, column: int, text: str) -> Edit:
    return Edit(Span(file.path, line, column, line, column), text)
