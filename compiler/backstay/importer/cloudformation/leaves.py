"""The single values of AWS bodies: text, numbers, flags, ARNs, tables of text, policy documents; and what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay.importer.cloudformation.placed import Made, Placed
from backstay.importer.cloudformation.undecided import OpenKey, undecided, unknowns
from backstay.importer.found import Unknown
from backstay.importer.problem import Problem, problem
from backstay_contract.findings import Finding, Span

REGION = "$region"
"""Stands in texts for the Region that a source is deployed to, as `$account` stands for its account."""

NO_NUMBER = "it is no whole number"
LATER = "AWS gives it when the thing is created"


@dataclass
class Sink:
    """Collects what comes up while the body of `what` is made: places by JSON pointer, findings, notes."""

    what: str
    places: dict[str, Span] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def complain(self, name: Problem, message: str, span: Span) -> None:
        """A finding about this body."""
        self.findings.append(problem(name, f"{self.what}: {message}", span))

    def wrong(self, value: Placed, at: str, wanted: str) -> None:
        """The complaint that a value is not what its member wants; it is left out."""
        self.complain("wrong-value", f"`{at.rsplit('/', 1)[-1]}` should be {wanted}; it is left out", value.span)

    def note(self, said: str) -> None:
        """A note, once."""
        if said not in self.notes:
            self.notes.append(said)


def text(value: Placed, sink: Sink, at: str) -> Any:
    """Text; numbers and flags as AWS writes them."""
    if value.json and not isinstance(value.value, Unknown):
        return _json(value.plain())
    match value.value:
        case Unknown():
            return value.value
        case Made(expression=expression):
            return undecided(expression, LATER)
        case bool():
            return "true" if value.value else "false"
        case str() | int() | float():
            return _by_region(str(value.value))
    return sink.wrong(value, at, "text")


def number(value: Placed, sink: Sink, at: str) -> Any:
    """A whole number, also written as text; what is none is told, and then a value that nobody knows."""
    match value.value:
        case Unknown():
            return value.value
        case bool():
            pass
        case int():
            return value.value
        case float() if value.value.is_integer():
            return int(value.value)
        case str() if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", value.value):
            return int(value.value)
    member, said = at.rsplit("/", 1)[-1], str(value.plain())
    sink.complain("wrong-value", f"`{member}` should be a whole number; it is taken as not known", value.span)
    return undecided(said, NO_NUMBER, member)


def flag(value: Placed, sink: Sink, at: str) -> Any:
    """True or false, also written as text."""
    match value.value:
        case Unknown() | bool():
            return value.value
        case str() if value.value.lower() in ("true", "false"):
            return value.value.lower() == "true"
    return sink.wrong(value, at, "true or false")


def arn(value: Placed, sink: Sink, at: str) -> Any:
    """An ARN; one of the source's own Region keeps `$region`."""
    return value.value if isinstance(value.value, str) else text(value, sink, at)


def pattern(value: Placed, sink: Sink, at: str) -> Any:
    """An ARN of a selection. A selection sees its own Region only, so that the own Region says the same as any."""
    if isinstance(value.value, str) and REGION in value.value:
        sink.note("its ARNs name the Region that it is deployed to; a selection sees no other, so `*` stands for it")
        return value.value.replace(REGION, "*")
    return text(value, sink, at)


def made_by(kind: str) -> Callable[[Placed, Sink, str], Any]:
    """The name of a plan or framework of the same source, where AWS wants the id that only AWS gives."""

    def leaf(value: Placed, sink: Sink, at: str) -> Any:
        if isinstance(value.value, Made) and value.value.kind == kind:
            return value.value.name
        if isinstance(value.value, Unknown):
            return value.value
        if isinstance(value.value, str):
            return undecided(value.value, f"an id does not say what the {kind} is called", f"{kind}_name")
        return sink.wrong(value, at, f"the id of a {kind}")

    return leaf


def table(value: Placed, sink: Sink, at: str) -> Any:
    """Texts by name: tags, options, settings. A list of `Key` and `Value` is such a table too."""
    match value.value:
        case Unknown():
            return value.value
        case Mapping():
            return _texts(value.value.items(), sink, at)
        case list():
            return _texts(_pairs(value.value, sink, at), sink, at)
    return sink.wrong(value, at, "names with their values")


def flags(value: Placed, sink: Sink, at: str) -> Any:
    """Flags by name: opt-ins."""
    if isinstance(value.value, Unknown):
        return value.value
    if not isinstance(value.value, Mapping):
        return sink.wrong(value, at, "names with true or false")
    made = {name: flag(member, sink, f"{at}/{name}") for name, member in value.value.items()}
    return {name: one for name, one in made.items() if one is not None}


def document(value: Placed, sink: Sink, at: str) -> Any:
    """A policy document, unfolded; JSON text is taken apart."""
    content = value.plain()
    if isinstance(content, Unknown):
        return content
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            return sink.wrong(value, at, "a policy document in JSON")
    return _document(content) if isinstance(content, dict) else sink.wrong(value, at, "a policy document")


def _json(content: Any) -> Any:
    """A value as JSON text; undecided if a part of it is."""
    open_ = next(unknowns(content), None)
    if open_ is not None:
        return undecided("jsonencode(…)", open_.why, f"{open_.name} document")
    return _by_region(json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=str))


def _document(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _document(member) for name, member in content.items() if member is not None}
    if isinstance(content, list):
        return [_document(item) for item in content]
    if isinstance(content, Made):
        return undecided(content.expression, LATER)
    return _by_region(content) if isinstance(content, str) else content


def _pairs(items: list[Placed], sink: Sink, at: str) -> Iterable[tuple[str, Placed]]:
    for item in items:
        key, content = item.get("Key") or item.get("key"), item.get("Value") or item.get("value")
        if key is not None and content is not None and isinstance(key.value, Unknown):
            yield OpenKey.of(key.value), content
        elif key is None or content is None:
            sink.wrong(item, at, "a list of `Key` and `Value`")
        else:
            yield str(key.value), content


def _texts(members: Iterable[tuple[str, Placed]], sink: Sink, at: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, member in members:
        if isinstance(name, OpenKey):
            sink.note(f"what has the key `{name.unknown.expression}` is left out: {name.unknown.why}")
            continue
        content = text(member, sink, f"{at}/{name}") if member.value is not None else None
        if content is not None:
            made[name] = content
            sink.places[f"{at}/{name.replace('~', '~0').replace('/', '~1')}"] = member.span
    return made


def _by_region(content: str) -> Any:
    if REGION not in content:
        return content
    return undecided(content.replace(REGION, "${AWS::Region}"), "it differs by Region")
