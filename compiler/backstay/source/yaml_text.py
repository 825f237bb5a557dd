"""YAML as plain data with places: what is broken, repeated or too large is a fault, nothing is constructed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backstay.source.text import DataPath, Fault, Text, point
from backstay_contract.findings import Span

if TYPE_CHECKING:
    import yaml

# No file has more values than characters, but for what its aliases repeat: some repetition is meant, much is a trap.
MOST_REPETITION = 4
SPARE_VALUES = 1_000
TOO_DEEP = "the file is nested too deeply, or its aliases make it too large"
DEEPEST = 60
LOOKS_DEEP = 500
_BRACKETS = re.compile(r"[][{}]")
_BEGINNINGS = re.compile(r"^[ \t?:-]*", re.MULTILINE)
_PLAIN_TAGS = ("str", "int", "float", "bool", "timestamp", "null", "map", "seq", "value")
_STANDARD = "tag:yaml.org,2002:"

Scalar = Callable[[str, str], Any]
Tagged = Callable[[str, Any], Any]


def as_written(kind: str, text: str) -> Any:
    """Every value but an empty one as the text that stands there: an account's id without quotes, `env: no`."""
    return None if kind == "null" else text


def as_meant(kind: str, text: str) -> Any:
    """Decimal whole numbers, decimal fractions, `true` and `false` as such; all else (dates, octals, `yes`) as text."""
    if kind == "int" and re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]+", text):
        return float(text)
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return None if kind == "null" else text


def read_yaml(path: str, text: str, *, scalar: Scalar = as_meant, tagged: Tagged | None = None) -> Text:
    """Take YAML apart. `scalar` makes a value of a plain scalar's kind and text; quoted ones stay text.

    `tagged` makes a value of what stands behind a tag of one's own (`!Sub`, called with the tag and the plain value);
    it raises `KeyError` for a tag that it does not know. Without it such tags are faults.
    """
    import yaml

    found = Text(path)
    reader = _Reader(found, MOST_REPETITION * len(text) + SPARE_VALUES, scalar, tagged)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        _refuse_depth(text, loader)
        node = yaml.compose(text, loader)
        found.data = reader.value(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = point(path, mark.line, mark.column) if mark else point(path, 0, 0)
        said = TOO_DEEP if "nesting depth" in (error.problem or "") else _said(error)
        found.faults.append(Fault("broken", said, span))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        message = f"the file holds the character {error.character:#06x}, which YAML does not allow"
        found.faults.append(Fault("broken", message, point(path, line, 0)))
    except (RecursionError, _TooLargeError):
        found.faults.append(Fault("broken", TOO_DEEP, point(path, 0, 0)))
    return found


class _TooLargeError(Exception):
    """More values than any file of people has."""


def _refuse_depth(text: str, loader: Any) -> None:
    """Refuse nesting on which the YAML library, written in C, would overrun its stack and take the process along.

    Each level needs a bracket or a longer beginning of a line; only where these look deep are the events counted.
    """
    import yaml

    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
        depth = max(depth, 0)
    margin = max((len(beginning[0]) for beginning in _BEGINNINGS.finditer(text)), default=0)
    if deepest + margin <= LOOKS_DEEP:
        return
    depth = 0
    for event in yaml.parse(text, loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > LOOKS_DEEP:
            raise _TooLargeError


@dataclass
class _Reader:
    """Turns YAML's nodes into plain data, and remembers their places."""

    found: Text
    values_left: int
    scalar: Scalar
    tagged: Tagged | None

    def value(self, node: yaml.Node, path: DataPath) -> Any:
        self.values_left -= 1
        if self.values_left < 0 or len(path) > DEEPEST:
            raise _TooLargeError
        self.found.spans[path] = span = _span(node, self.found.path)
        kind = node.tag.rsplit(":", 1)[-1]
        if kind in _PLAIN_TAGS and node.tag.startswith(_STANDARD):
            return self._plain(node, path, kind)
        if self.tagged is not None and node.tag.startswith("!"):
            value = self._plain(node, path, "str")
            try:
                return self.tagged(node.tag, value)
            except KeyError:
                self.found.faults.append(Fault("tag", f"the tag `{node.tag}` means nothing here", span))
                return value
        self.found.faults.append(Fault("tag", f"the tag `{node.tag}` means nothing here", span))
        return self._plain(node, path, "str")

    def _plain(self, node: yaml.Node, path: DataPath, kind: str) -> Any:
        import yaml

        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        return self.scalar(kind, node.value)

    def _mapping(self, node: yaml.MappingNode, path: DataPath) -> Mapping[str, Any]:
        import yaml

        members: dict[str, Any] = {}
        for key, value in node.value:
            place = _span(key, self.found.path)
            if not isinstance(key, yaml.ScalarNode):
                self.found.faults.append(Fault("name", "the name of a member is text", place))
                continue
            if key.value in members:
                first = self.found.keys[(*path, key.value)]
                message = f"`{key.value}` is here for the second time; the first is in line {first.line}"
                self.found.faults.append(Fault("repeated", message, place, first))
            self.found.keys.setdefault((*path, key.value), place)
            members[key.value] = self.value(value, (*path, key.value))
        return members


def _span(node: yaml.Node, path: str) -> Span:
    """The place of a value. That of a block is its first line: its end mark lies behind the blank lines after it."""
    import yaml

    start, end = node.start_mark, node.end_mark
    if isinstance(node, yaml.ScalarNode) or (getattr(node, "flow_style", False) and start.line == end.line):
        return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return point(path, start.line, start.column)


def _said(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return "this is no YAML: " + ", ".join(parts)
