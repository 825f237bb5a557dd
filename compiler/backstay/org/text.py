"""YAML and JSON as plain data, with the place of every value.

In YAML every value but an empty one is taken as the text that stands there: the organization file knows only text, and
an account id without quotes or a tag `env: no` then mean what one reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backstay.org.file import DataPath
from backstay.org.problems import problem
from backstay_contract.findings import Finding, Span

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


@dataclass
class Text:
    """Data with places: `spans` of values, `keys` of the names of members, both by path in the data."""

    path: str
    data: Any = None
    spans: dict[DataPath, Span] = field(default_factory=dict)
    keys: dict[DataPath, Span] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    values_left: int = 0


def read_yaml(path: str, text: str) -> Text:
    """Take YAML apart; what is broken, repeated or too large is a finding."""
    import yaml

    found = Text(path, values_left=MOST_REPETITION * len(text) + SPARE_VALUES)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        _refuse_depth(text, loader)
        node = yaml.compose(text, loader)
        found.data = _value(node, (), found) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = _point(path, mark.line, mark.column) if mark else _point(path, 0, 0)
        said = TOO_DEEP if "nesting depth" in (error.problem or "") else _said(error)
        found.findings.append(problem("broken-organization-file", said, span))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        message = f"the file holds the character {error.character:#06x}, which YAML does not allow"
        found.findings.append(problem("broken-organization-file", message, _point(path, line, 0)))
    except (RecursionError, _TooLargeError):
        found.findings.append(problem("broken-organization-file", TOO_DEEP, _point(path, 0, 0)))
    return found


def read_json(path: str, data: bytes) -> Text:
    """Take JSON apart; without places, which only a complaint needs (`places_in_json`)."""
    import orjson

    found = Text(path)
    try:
        found.data = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        message = f"this is no JSON: {error.msg.split(': line')[0]}"
        span = _point(path, error.lineno - 1, error.colno - 1)
        found.findings.append(problem("broken-organization-file", message, span))
    return found


def places_in_json(path: str, data: bytes) -> Text | None:
    """The places of a JSON file's values, read as the YAML that most JSON is; None where it is none."""
    found = read_yaml(path, data.decode("utf-8-sig", "replace"))
    return None if found.findings else found


class _TooLargeError(Exception):
    """More values than any organization has."""


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


def _value(node: yaml.Node, path: DataPath, found: Text) -> Any:
    import yaml

    found.values_left -= 1
    if found.values_left < 0 or len(path) > DEEPEST:
        raise _TooLargeError
    found.spans[path] = _span(node, found.path)
    kind = node.tag.rsplit(":", 1)[-1]
    if kind not in _PLAIN_TAGS or not node.tag.startswith("tag:yaml.org,2002:"):
        message = f"the tag `{node.tag}` means nothing here"
        found.findings.append(problem("broken-organization-file", message, found.spans[path]))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, found)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, number), found) for number, item in enumerate(node.value)]
    return None if kind == "null" else node.value


def _mapping(node: yaml.MappingNode, path: DataPath, found: Text) -> Mapping[str, Any]:
    import yaml

    members: dict[str, Any] = {}
    for key, value in node.value:
        place = _span(key, found.path)
        if not isinstance(key, yaml.ScalarNode):
            found.findings.append(problem("broken-organization-file", "the name of a member is text", place))
            continue
        if key.value in members:
            first = found.keys[(*path, key.value)]
            message = f"`{key.value}` is here for the second time; the first is in line {first.line}"
            found.findings.append(problem("repeated-member", message, place))
        found.keys.setdefault((*path, key.value), place)
        members[key.value] = _value(value, (*path, key.value), found)
    return members


def _span(node: yaml.Node, path: str) -> Span:
    """The place of a value. That of a block is its first line: its end mark lies behind the blank lines after it."""
    import yaml

    start, end = node.start_mark, node.end_mark
    if isinstance(node, yaml.ScalarNode) or (getattr(node, "flow_style", False) and start.line == end.line):
        return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return _point(path, start.line, start.column)


def _point(path: str, line: int, column: int) -> Span:
    return Span(path, line + 1, column + 1, line + 1, column + 2)


def _said(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return "this is no YAML: " + ", ".join(parts)
