"""Backup policies of Organizations inside another file: read by their own reader, every part of them at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backstay.importer import organizations
from backstay.importer.cloudformation.placed import Made, Placed
from backstay.importer.cloudformation.undecided import OpenKey
from backstay.importer.found import Found, Reading, Scope, Unknown
from backstay.importer.organizations.placeholders import Placeholders
from backstay.importer.problem import problem
from backstay.importer.write.things import PARTS
from backstay.source.text import DataPath, Text
from backstay_contract.findings import Finding, Span

_ROOT = re.compile(r"(data\.)?aws_organizations_organization\.[\w-]+\.roots\[0\]\.id")
"""An organization has one root, which Terraform finds so."""


def is_backup(kind: Placed | None, content: Placed) -> bool:
    """Whether a policy of Organizations is a backup policy: by its type, or where that is open by what it has."""
    if kind is None or not isinstance(kind.value, Unknown):
        return kind is not None and kind.value == "BACKUP_POLICY"
    said = content.value
    return "plans" in said if isinstance(said, Mapping) else isinstance(said, str) and '"plans"' in said


def document(content: Placed, name: str, where: Scope, notes: tuple[str, ...] = ()) -> Reading:
    """What a backup policy says, whose document is an object or its text. `where` it is attached, `notes` on its plans.

    The parts of an object have their own places, those of a text the place of the whole.
    """
    if isinstance(content.value, Unknown):
        message = f"its document is not known: {content.value.why} (`{content.value.brief}`)"
        return Reading((), (_lost(name, message, content.span),))
    kept = Kept(name)
    placeholders = Placeholders(kept=kept.by_text)
    if isinstance(content.value, str):
        reading = organizations.read(part(content.span.path, name), content.value.encode(), placeholders)
        reading = anchored(reading, content.span, name, ())
    else:
        data = json.loads(json.dumps(kept.structure(content, ()), default=str))
        if kept.lost and isinstance(data, dict) and not any(key.lower() == "plans" for key in data):
            return Reading((), tuple(kept.lost))
        reading = organizations.read_document(Text(content.span.path, data, kept.spans, kept.keys), placeholders)
    found = tuple(_attached(one, where, notes) for one in reading.found)
    return replace(reading, found=found, findings=(*kept.lost, *reading.findings))


def attached(ids: list[Any]) -> Scope:
    """Where a policy is attached: in the words of the policy language, or where ids do not tell that, by the ids."""
    said = [_target(one) for one in ids]
    if ids and all(said):
        return Scope(target=" | ".join(one for one in said if one is not None))
    shown = ", ".join(one.expression if isinstance(one, Unknown) else str(one) for one in ids)
    return Scope(aim=shown or None)


def anchored(reading: Reading, span: Span, name: str, notes: tuple[str, ...]) -> Reading:
    """A reading of a text inside a file, placed in that file."""
    found = tuple(replace(_noted(one, notes), place=span, places={}) for one in reading.found)
    findings = tuple(
        replace(one, span=span, others=(), message=f"in `{name}`: {one.message}") for one in reading.findings
    )
    return replace(reading, found=found, findings=findings)


def part(path: str, name: str) -> str:
    """A name for a text inside a file. Without the file's suffix, since the text need not be of the same kind."""
    return f"{path}#{name.replace('.', '-')}"


@dataclass
class Kept:
    """Keeps the places of what is undecided in policy `name` by placeholders, while it is a document without any.

    A part that has no operator above it is a structure; one that is undecided is left out, which `lost` tells.
    """

    name: str
    by_text: dict[str, Unknown] = field(default_factory=dict)
    lost: list[Finding] = field(default_factory=list)
    spans: dict[DataPath, Span] = field(default_factory=dict)
    keys: dict[DataPath, Span] = field(default_factory=dict)

    def structure(self, value: Placed, path: DataPath) -> Any:
        """A part of the document without what is undecided as a whole; it stands at `path` in the document."""
        self.spans[path] = value.span
        self.keys |= {path: value.key} if value.key is not None else {}
        match value.value:
            case Mapping():
                return self._members(value.value, path)
            case list():
                return [self.structure(item, (*path, number)) for number, item in enumerate(value.value)]
            case Unknown():
                return self._text(value.value)
            case Made(expression=expression):
                return expression
        return value.value

    def _members(self, members: Mapping[str, Placed], path: DataPath) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, member in members.items():
            below = (*path, self._key(name))
            if isinstance(member.value, Unknown) and not name.startswith("@@"):
                said = "/".join(str(one) for one in below)
                message = f"`{said}` is left out: {member.value.why} (`{member.value.brief}`)"
                self.lost.append(_lost(self.name, message, member.key or member.span))
            else:
                made[str(below[-1])] = self.structure(member, below)
        return made

    def _key(self, name: str) -> str:
        return self._text(name.unknown) if isinstance(name, OpenKey) else name

    def _text(self, unknown: Unknown) -> str:
        number, text = 1, f"${{{unknown.name}}}"
        while self.by_text.get(text, unknown) != unknown:
            number += 1
            text = f"${{{unknown.name}_{number}}}"
        self.by_text[text] = unknown
        return text


def _lost(policy: str, message: str, span: Span) -> Finding:
    return problem("undecided-value", f"the backup policy `{policy}`: {message}", span)


def _attached(one: Found, where: Scope, notes: tuple[str, ...]) -> Found:
    return replace(_noted(one, notes), where=replace(one.where, target=where.target or one.where.target, aim=where.aim))


def _noted(one: Found, notes: tuple[str, ...]) -> Found:
    """What is said of a whole need not be said of its parts again."""
    return one if one.kind in PARTS else replace(one, notes=(*one.notes, *notes))


def _target(target: Any) -> str | None:
    if isinstance(target, Unknown) and _ROOT.fullmatch(target.expression):
        return "root()"
    if not isinstance(target, str):
        return None
    if target.startswith("r-"):
        return "root()"
    return f'account("{target}")' if target.isdecimal() and len(target) == 12 else None
