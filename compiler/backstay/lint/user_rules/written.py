"""Files of rules as text: where their classes and members stand, found without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from backstay.source import SourceFile, shown
from backstay_contract.findings import Span

_LEFT_ALONE: Final = ("_", ".", "test_", "conftest.")


@dataclass(frozen=True)
class Written:
    """One file."""

    file: Path
    source: SourceFile

    def line(self, number: int) -> Span:
        """A line, without the space around it."""
        text = self.source.line(number)
        start = len(text) - len(text.lstrip()) + 1
        return Span(self.source.path, number, start, number, max(start + 1, len(text.rstrip()) + 1))

    def rule(self, name: str) -> Span:
        """The first line of a class; that of the file if it has no such class."""
        found = self.classes.get(name)
        return Span(self.source.path, 1, 1, 1, 1) if found is None else self.line(found.lineno)

    def member(self, name: str, member: str) -> Span:
        """The value that a class gives a member, or else the class."""
        value = self.values(name).get(member)
        return self.rule(name) if value is None else self.source.place(value)

    def values(self, name: str) -> Mapping[str, ast.expr]:
        """The values that stand in a class by the names that they are given."""
        found = self.classes.get(name)
        return {} if found is None else dict(_assigned(found))

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes of the file."""
        return {node.name: node for node in self.source.tree.body if isinstance(node, ast.ClassDef)}


def files(folder: Path) -> list[Path]:
    """The files of a folder that hold rules: what is for their use, or tests them, is left alone."""
    return sorted(file for file in folder.glob("*.py") if not file.name.startswith(_LEFT_ALONE))


def written(file: Path) -> Written:
    """A file as text; nothing if it cannot be read, which its import will tell."""
    try:
        text = file.read_text("utf-8-sig", errors="replace")
    except OSError:
        text = ""
    return Written(file, SourceFile(shown(file), text))


def heard_of(folder: Path) -> Iterator[str]:
    """The codes and names that the rules of a folder give themselves, read without running anything."""
    for file in files(folder):
        text = written(file)
        for name in text.classes:
            for member, value in text.values(name).items():
                if member in ("CODE", "NAME") and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            yield from ((one.id, statement.value) for one in statement.targets if isinstance(one, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement.value
