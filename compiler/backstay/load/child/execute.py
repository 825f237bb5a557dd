"""Runs gated files in order, each seeing only listed names and its own imports, and tells what came of it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, SimpleNamespace, TracebackType
from typing import Any

from backstay import dsl
from backstay.dsl import codec, place
from backstay.dsl.declared import Declared
from backstay.dsl.node import PolicyError
from backstay.dsl.param import Param
from backstay_contract.findings import Span

FILE_NAME = "policy-{}"
LONGEST_MESSAGE = 2_000


class UnknownImportError(Exception):
    """A name that the imported file does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


@dataclass(frozen=True)
class Prepared:
    """The compiled files by number, in the order in which they run, with what each of their imports means.

    `names` are Python's own that the files see; `listed` is false where a test gives them all, and Python's imports.
    """

    order: tuple[int, ...]
    code: Mapping[int, CodeType]
    imports: Mapping[int, Mapping[str, int]]
    names: Mapping[str, Any]
    problems: tuple[dict[str, Any], ...]
    listed: bool


def prepare(job: Mapping[str, Any], *, listed: bool = True) -> Prepared:
    """Compile a job: `{"names": […], "files": [{"text", "imports": {"LEVEL:MODULE": number}}], "order": […]}`."""
    code: dict[int, CodeType] = {}
    problems = []
    for number in job["order"]:
        try:
            text = job["files"][number]["text"]
            code[number] = compile(text, FILE_NAME.format(number), "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            problems.append({"file": number, "kind": type(error).__name__, "text": str(error), "place": None})
    imports = {number: file["imports"] for number, file in enumerate(job["files"])}
    names = {name: getattr(builtins, name) for name in job["names"]} if listed else vars(builtins)
    return Prepared(tuple(job["order"]), code, imports, names, tuple(problems), listed)


def run(prepared: Prepared) -> dict[str, Any]:
    """Run all files: `{"document": nodes, "held": [number, …], "problems": […], "unkept": [{"kind", "place"}]}`.

    A file that fails stops only those that import it. `held`: for each root the first file that has a name for it;
    `unkept`: policies and requirements that no name holds.
    """
    numbers = {FILE_NAME.format(number): number for number in prepared.imports}
    problems = list(prepared.problems)
    made: list[Declared] = []
    Declared.made, Param.running = made, True
    modules = _modules(prepared, numbers, problems)
    held: dict[_Same, int] = {}
    for number in sorted(modules):
        for node in _declared(modules[number]):
            held.setdefault(_Same(node), number)
    unkept = [] if problems else [_unkept(node, numbers) for node in made if _Same(node) not in held]
    try:
        document = codec.encode([same.node for same in held], numbers)
    except codec.CodecError as error:
        problems.append({"file": 0, "kind": "CodecError", "text": str(error), "place": _row(error.span, numbers)})
        document, held = codec.encode([], numbers), {}
    unkept = [row for row in unkept if row["place"] is not None]
    return {"document": document, "held": list(held.values()), "problems": problems, "unkept": unkept}


def _modules(
    prepared: Prepared, numbers: Mapping[str, int], problems: list[dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """The names that each file has when it has run; what stopped one goes to `problems`."""
    modules: dict[int, dict[str, Any]] = {}
    for number in prepared.order:
        if number not in prepared.code or not all(n in modules for n in prepared.imports[number].values()):
            continue
        importer = _importer(prepared.imports[number], modules)
        names = {**prepared.names, "__import__": importer if prepared.listed else _python(importer)}
        scope: dict[str, Any] = {"__name__": f"policy_{number}", "__builtins__": names}
        try:
            exec(prepared.code[number], scope)
        except BaseException as error:
            problems.append(_problem(number, error, numbers))
        else:
            modules[number] = scope
    return modules


def _unkept(node: Declared, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {"kind": type(node).__name__, "place": _row(node.span, numbers)}


class _Same:
    """A policy or a requirement by its identity, for a set."""

    def __init__(self, node: Declared) -> None:
        self.node = node

    def __hash__(self) -> int:
        return id(self.node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.node is self.node


def _declared(scope: Mapping[str, Any]) -> Iterator[Declared]:
    """The policies and requirements that a file's top-level names hold, singly or in lists and dictionaries."""
    stack = [value for name, value in reversed(list(scope.items())) if name != "__builtins__"]
    seen: set[int] = set()
    while stack:
        value = stack.pop()
        if isinstance(value, Declared):
            yield value
        elif isinstance(value, list | tuple | dict) and id(value) not in seen:
            seen.add(id(value))
            stack.extend(reversed(list(value.values() if isinstance(value, dict) else value)))


def _importer(imports: Mapping[str, int], modules: Mapping[int, Mapping[str, Any]]) -> Callable[..., Any]:
    """`__import__` for one file: the vocabulary, and the files that the parent has found for its imports."""

    def importer(
        name: str,
        scope: Mapping[str, Any] | None = None,  # noqa: ARG001 (Python's own signature)
        inner: Mapping[str, Any] | None = None,  # noqa: ARG001
        wanted: Sequence[str] | None = None,
        level: int = 0,
    ) -> SimpleNamespace:
        if level == 0 and name == "__future__":
            return SimpleNamespace(annotations=None)
        if level == 0 and name == "backstay":
            known: Mapping[str, Any] = {word: getattr(dsl, word) for word in dsl.VOCABULARY}
        elif f"{level}:{name}" in imports:
            scope_of = modules[imports[f"{level}:{name}"]]
            known = {word: value for word, value in scope_of.items() if not word.startswith("__")}
        else:
            raise UnknownImportError(name, ())
        for word in wanted or ():
            if word not in known:
                raise UnknownImportError(word, sorted(known))
        return SimpleNamespace(**known)

    return importer


def _python(importer: Callable[..., Any]) -> Callable[..., Any]:
    """`__import__` as it is in Python, behind ours: what a file would have without the layer of listed names."""

    def python(*asked: Any) -> Any:
        try:
            return importer(*asked)
        except UnknownImportError:
            return builtins.__import__(*asked)

    return python


def _problem(number: int, error: BaseException, numbers: Mapping[str, int]) -> dict[str, Any]:
    span = error.span if isinstance(error, PolicyError) and error.span is not None else _innermost(error, numbers)
    row: dict[str, Any] = {
        "file": number,
        "kind": type(error).__name__,
        "text": str(error)[:LONGEST_MESSAGE],
        "place": _row(span, numbers),
    }
    for extra in ("field", "help", "name"):
        value = getattr(error, extra, None)
        if isinstance(value, str):
            row[extra] = value[:LONGEST_MESSAGE]
    if isinstance(error, UnknownImportError):
        row["known"] = list(error.known)
    return row


def _innermost(error: BaseException, numbers: Mapping[str, int]) -> Span | None:
    """The expression that the innermost frame inside a policy file was evaluating."""
    found = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in numbers:
            found = place.at(trace.tb_frame.f_code, trace.tb_lasti)
        trace = trace.tb_next
    return found


def _row(span: Span | None, numbers: Mapping[str, int]) -> list[int] | None:
    return codec.place_row(span, numbers)
