"""All loaded texts, and where in them a node and each of its fields was written."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Protocol

from backstay.source.file import SourceFile
from backstay_contract.findings import Span

Place = tuple[Span | None, Mapping[str, Span]]
NOWHERE: Place = (None, MappingProxyType({}))
PlaceRow = tuple[Sequence[int], Mapping[str, Sequence[int]]]
"""A place as plain numbers: the call's extent, and those of its fields; all in one file."""

# Methods that wait on a key (`tag("a").like("x*")`) name their argument after the node's field.
_KEY_METHODS: Mapping[str, str] = {"like": "value", "isin": "values"}


class Placed(Protocol):
    """Anything that remembers its constructor call: every node of the policy language does."""

    @property
    def span(self) -> Span | None:
        """The call as CPython places it (UTF-8 bytes from 0)."""


class Sources(Mapping[str, SourceFile]):
    """The loaded files by the path that people are shown. `where` tells where a node was written.

    `known`: nodes whose places need not be looked for, each with its file's path.
    """

    def __init__(self, files: Iterable[SourceFile] = (), known: Iterable[tuple[Placed, str, PlaceRow]] = ()) -> None:
        self._files = {file.path: file for file in files}
        self._places: dict[int, tuple[Placed, Place]] = {}
        self._known = {id(node): (node, path, row) for node, path, row in known}

    def __getitem__(self, path: str) -> SourceFile:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def line(self, path: str, number: int) -> str | None:
        """A line's text for drawing complaints, or None if the file is not one of these."""
        file = self._files.get(path)
        return None if file is None else file.line(number)

    def where(self, node: Placed) -> Place:
        """The node's constructor call and its fields' values, in characters from 1.

        Positional arguments carry the constructor's own names (`Rule("daily", …)` → `name`). Remembered by the
        node's identity, since equal nodes may stand in several places.
        """
        known = self._places.get(id(node))
        if known is None:
            known = self._places[id(node)] = (node, self._find(node))
        return known[1]

    def _find(self, node: Placed) -> Place:
        if id(node) in self._known:
            return _place(*self._known[id(node)][1:])
        raw = node.span
        file = None if raw is None else self._files.get(raw.path)
        if raw is None or file is None:
            return NOWHERE
        span = file.span(raw)
        return span, arguments(file, span, partial(_maker, type(node)))


def row_of(place: Place) -> PlaceRow | None:
    """A place as plain numbers; None if it is nowhere."""
    span, named = place
    return None if span is None else (_numbers(span), {name: _numbers(field) for name, field in named.items()})


def _numbers(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def _place(path: str, row: PlaceRow) -> Place:
    span, named = row
    return Span(path, *span), {name: Span(path, *field) for name, field in named.items()}


def arguments(file: SourceFile, span: Span, called: Callable[[str], object]) -> Mapping[str, Span]:
    """The arguments of the call at `span`, positional ones under the names that what is called gives them.

    `called` finds the thing by the last part of its name: a class, a maker such as `daily`, a method.
    """
    fields = file.fields(span)
    call = file.expression(span)
    if not isinstance(call, ast.Call) or not any(name.startswith("#") for name in fields):
        return fields
    name = call.func.attr if isinstance(call.func, ast.Attribute) else _name(call.func, file)
    positions = {f"#{n}": parameter for n, parameter in enumerate(_parameters(name, called))}
    return {positions.get(name, name): place for name, place in fields.items()}


def _name(function: ast.expr, file: SourceFile) -> str:
    return file.imported.get(function.id, function.id) if isinstance(function, ast.Name) else ""


def _parameters(name: str, called: Callable[[str], object]) -> tuple[str, ...]:
    if name in _KEY_METHODS:
        return (_KEY_METHODS[name],)
    thing = called(name)
    return _signature(thing) if callable(thing) else ()


@lru_cache(maxsize=1024)
def _signature(thing: Callable[..., object]) -> tuple[str, ...]:
    return tuple(inspect.signature(thing).parameters)


def _maker(kind: type, name: str) -> object:
    """What made a node: a method of its class (`Lock.governance`), a function beside it (`daily`), or the class."""
    return getattr(kind, name, None) or getattr(sys.modules[kind.__module__], name, kind)
