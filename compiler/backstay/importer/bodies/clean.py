"""Takes a request or answer apart by its shape: what AWS does not know, misspells or wants otherwise is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, assert_never

from backstay.importer.bodies.selections import wrong_tests
from backstay.importer.bodies.shapes import Kind, Leaf, Several, Shape
from backstay.importer.cloudformation.leaves import NO_NUMBER
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.importer.problem import problem
from backstay.source.text import DataPath, Text
from backstay_contract.findings import Finding, Span

_EXPECTED: Mapping[Leaf, str] = {
    "text": "text",
    "number": "a whole number",
    "flag": "true or false",
    "texts": "a list of text",
    "pairs": "names with text",
    "anything": "anything",
}
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{\{[^}]*\}\}|<%.*?%>")


@dataclass
class Cleaner:
    """Reads values of one text by their shapes. `places` are those of what it took, by JSON pointer from `base`."""

    text: Text
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Span] = field(default_factory=dict)
    base: int = 0

    def structure(self, value: Any, shape: Shape, path: DataPath) -> dict[str, Any] | None:
        """A structure's known members; None if it is no structure at all."""
        if not isinstance(value, Mapping):
            self._wrong(f"{shape.title} is an object, not {_shown(value)}", path)
            return None
        taken: dict[str, Any] = {}
        for name, member in value.items():
            known = self._known(name, shape, (*path, name))
            if known is not None and member is not None:
                kind = shape.members[known]
                read = self._value(member, kind, (*path, name), f"`{known}` of {shape.title}")
                if read is not None:
                    taken[known] = read
                    self.places[_pointer((*path[self.base :], known))] = self.text.place((*path, name))
        self._missing(taken, shape, path)
        for wrong in wrong_tests(shape, taken):
            at = self.places.get(_pointer((*path[self.base :], wrong.member))) or self.text.place(path)
            self.findings.append(wrong.finding("", at))
        return taken

    def _known(self, name: str, shape: Shape, path: DataPath) -> str | None:
        """The member that a name stands for: itself, AWS's spelling of it, or none."""
        if name in shape.members:
            return name
        if name in shape.answers:
            return None
        folded = {re.sub(r"[_-]", "", member).lower(): member for member in shape.members}
        meant = folded.get(re.sub(r"[_-]", "", name).lower())
        if meant is not None:
            message = f"`{name}` is not how AWS Backup spells it in JSON: it is `{meant}`"
            help_ = f"write `{meant}`; other tools (Terraform, Organizations policies) have other spellings"
            self.findings.append(problem("wrong-dialect-member", message, self.text.key(path), help=help_))
            return meant
        close = get_close_matches(name, list(shape.members), 1)
        help_ = f"did you mean `{close[0]}`?" if close else f"it has {', '.join(f'`{one}`' for one in shape.members)}"
        message = f"{shape.title} has no member `{name}`; it is left out"
        self.findings.append(problem("unknown-member", message, self.text.key(path), help=help_))
        return None

    def _missing(self, taken: Mapping[str, Any], shape: Shape, path: DataPath) -> None:
        for name in shape.needed:
            if name not in taken:
                self.findings.append(problem("missing-member", f"{shape.title} has no `{name}`", self.text.place(path)))

    def _value(self, value: Any, kind: Kind, path: DataPath, what: str) -> Any:
        if isinstance(value, Unknown):
            return value
        if isinstance(kind, Shape):
            return self.structure(value, kind, path)
        if isinstance(kind, Several):
            if not isinstance(value, list):
                self._wrong(f"{what} is a list, not {_shown(value)}", path)
                return None
            read = (self.structure(item, kind.of, (*path, number)) for number, item in enumerate(value))
            return [item for item in read if item is not None]
        return self._leaf(value, kind, path, what)

    def _leaf(self, value: Any, kind: Leaf, path: DataPath, what: str) -> Any:
        read = _read(value, kind)
        if read is None:
            self._wrong(f"{what} is {_EXPECTED[kind]}, not {_shown(value)}", path)
            return undecided(str(value), NO_NUMBER, str(path[-1])) if kind == "number" else None
        for number, part in _parts(read):
            at = path if number is None else (*path, number)
            engine = isinstance(part, str) and _PLACEHOLDER.search(part)
            if engine:
                message = f"{what} is not rendered yet: `{engine[0]}` stands in it"
                help_ = "render the template first, and import what comes out"
                self.findings.append(problem("unrendered-template", message, self.text.place(at), help=help_))
            elif number is not None:
                self.places[_pointer(at[self.base :])] = self.text.place(at)
        if kind in ("number", "flag") and isinstance(value, str):
            said = str(read).lower()
            message = f"{what} is {_EXPECTED[kind]} and stands in quotes; it is read as {said}"
            self.findings.append(problem("wrong-value", message, self.text.place(path), severity="warning"))
        return read

    def _wrong(self, message: str, path: DataPath) -> None:
        self.findings.append(problem("wrong-value", message, self.text.place(path)))


def _read(value: Any, kind: Leaf) -> Any:
    """The value as its kind, or None."""
    match kind:
        case "text":
            return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        case "number":
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole or (isinstance(value, float) and value.is_integer()):
                return int(value)
            return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value) else None
        case "flag":
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
            return value if isinstance(value, bool) else None
        case "texts":
            items = value if isinstance(value, list) else None
            return [str(item) for item in items] if items is not None and _plain(items) else None
        case "pairs":
            return _pairs(value)
        case "anything":
            return value
        case _:
            assert_never(kind)


def _pairs(value: Any) -> dict[str, str] | None:
    """Names with text: an object, or the list of `Key` and `Value` that AWS has elsewhere."""
    if isinstance(value, list) and all(isinstance(item, Mapping) and {"Key", "Value"} <= item.keys() for item in value):
        value = {item["Key"]: item["Value"] for item in value}
    if not isinstance(value, Mapping) or not _plain(list(value.values())):
        return None
    return {str(key): str(item) for key, item in value.items()}


def _plain(items: list[Any]) -> bool:
    return all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in items)


def _parts(read: Any) -> Iterator[tuple[str | int | None, Any]]:
    if isinstance(read, list):
        yield from enumerate(read)
    elif isinstance(read, Mapping):
        yield from read.items()
    else:
        yield None, read


def _pointer(path: DataPath) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    said = f"`{value}`"
    return said if len(said) <= 60 else said[:58] + "…`"
