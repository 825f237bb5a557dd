"""What a template carries inside: backup policies of Organizations, templates of stack sets, stacks elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from backstay.importer import organizations
from backstay.importer.cloudformation.evaluate import PSEUDO, Evaluation
from backstay.importer.cloudformation.placed import Made, Placed
from backstay.importer.cloudformation.placing import placed
from backstay.importer.cloudformation.resources import Resource
from backstay.importer.cloudformation.undecided import OpenKey, exchanged, undecided
from backstay.importer.found import Reading, Scope, Unknown
from backstay.importer.problem import problem
from backstay_contract.findings import Span

Nested = Callable[[str, bytes, Mapping[str, Any], Scope], Reading]
"""Reads a template inside a template: path, text, parameters, where it is deployed to."""

_DEPLOYER: Final = "the account and Region that this template itself is deployed to are not known"


def policy(evaluation: Evaluation, resource: Resource) -> Reading:
    """A backup policy of Organizations; other kinds of policies are none of ours."""
    # Here the pseudo parameters are those of the management account, not of the accounts that the policy reaches.
    own = {
        **PSEUDO,
        "AWS::AccountId": undecided("${AWS::AccountId}", _DEPLOYER),
        "AWS::Region": undecided("${AWS::Region}", _DEPLOYER),
    }
    outside = replace(evaluation, pseudo=own, known={}, busy=set())
    node = resource.node.get("Properties")
    properties = placed(outside, _unfolded(node), resource.path)
    kind, content = properties.get("Type"), properties.get("Content")
    if kind is None or kind.value != "BACKUP_POLICY" or content is None:
        return Reading()
    name, targets = properties.get("Name"), properties.get("TargetIds")
    notes = (_attached(targets),) if targets is not None else ()
    label = name.value if name is not None and isinstance(name.value, str) else resource.name
    return document(content, label, notes, policy_target(_ids(targets)))


def _unfolded(node: Any) -> Mapping[str, Any]:
    """The properties, with a document that is turned into text by a function as the document that it is."""
    properties = node if isinstance(node, Mapping) else {}
    content = properties.get("Content")
    if isinstance(content, Mapping) and set(content) == {"Fn::ToJsonString"}:
        return {**properties, "Content": content["Fn::ToJsonString"]}
    return properties


def document(content: Placed, name: str, notes: tuple[str, ...] = (), target: str | None = None) -> Reading:
    """A backup policy's document (an object or its text), every part of it placed where the whole stands."""
    plain = content.plain()
    if isinstance(plain, Unknown):
        message = f"the backup policy `{name}`: its document is not known: {plain.why} (`{plain.expression}`)"
        return Reading((), (problem("undecided-value", message, content.span),))
    kept = Kept()
    text = plain if isinstance(plain, str) else json.dumps(kept.structure(plain, ()), default=str)
    lost = tuple(
        problem("undecided-value", f"the backup policy `{name}`: {message}", content.span) for message in kept.lost
    )
    if isinstance(plain, dict) and kept.lost and not any(key.lower() == "plans" for key in json.loads(text)):
        return Reading((), lost)
    reading = organizations.read(_part(content.span.path, name), text.encode())
    told = anchored(kept.back(reading), content.span, name, notes, target)
    return replace(told, findings=(*lost, *told.findings))


def stack_set(evaluation: Evaluation, resource: Resource, read: Nested) -> Reading:
    """What a stack set deploys, if its template stands inside this one."""
    node = resource.node.get("Properties")
    properties = placed(evaluation, node if isinstance(node, Mapping) else {}, resource.path)
    body = properties.get("TemplateBody")
    if body is None or isinstance(body.value, Unknown):
        return elsewhere(evaluation, resource, "a stack set deploys")
    plain = body.plain()
    text = plain if isinstance(plain, str) else json.dumps(_open(plain), default=str)
    regions = _regions(properties.get("StackInstancesGroup"))
    arguments = dict(_arguments(properties.get("Parameters")))
    reading = read(_part(body.span.path, resource.name), text.encode(), arguments, Scope(region=regions))
    return anchored(reading, body.span, resource.name, (f"deployed by the stack set `{resource.name}`",), None)


def elsewhere(evaluation: Evaluation, resource: Resource, what: str = "a nested stack is made of") -> Reading:
    """A template that stands somewhere else."""
    message = f"`{resource.name}`: the template that {what} is somewhere else and not read"
    span = evaluation.template.text.key(("Resources", resource.name))
    help_ = "import that template too"
    return Reading((), (problem("source-not-entered", message, span, help=help_),))


def custom(evaluation: Evaluation, resource: Resource) -> Reading:
    """A custom resource that is handed the text of a backup policy: its own code decides what becomes of it."""
    node = resource.node.get("Properties")
    for name, value in node.items() if isinstance(node, Mapping) else ():
        if isinstance(value, str) and '"plans"' in value:
            message = (
                f"`{resource.name}`: the custom resource is given a backup policy in `{name}`, "
                "and its own code decides what becomes of it; it is left out"
            )
            span = evaluation.template.text.key((*resource.path, name))
            help_ = "import the policy that it made: `backstay org pull --policies DIR`"
            return Reading((), (problem("not-imported", message, span, help=help_),))
    return Reading()


def anchored(reading: Reading, span: Span, name: str, notes: tuple[str, ...], target: str | None) -> Reading:
    """A reading of a text inside a file, placed in that file."""
    found = tuple(
        replace(
            one,
            place=span,
            places={},
            notes=(*one.notes, *notes),
            where=replace(one.where, target=target) if target is not None else one.where,
        )
        for one in reading.found
    )
    findings = tuple(
        replace(one, span=span, others=(), message=f"in `{name}`: {one.message}") for one in reading.findings
    )
    return Reading(found, findings, reading.params)


@dataclass
class Kept:
    """Keeps the places of what is undecided in a document by placeholders, while it is text.

    A part that has no operator above it is a structure; one that is undecided is left out, which `lost` tells.
    """

    by_text: dict[str, Unknown] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def structure(self, value: Any, path: tuple[str, ...]) -> Any:
        """A part of the document without what is undecided as a whole."""
        if isinstance(value, Mapping):
            made = {}
            for name, member in value.items():
                below = (*path, str(name))
                if isinstance(member, Unknown) and not str(name).startswith("@@"):
                    self.lost.append(f"`{'/'.join(below)}` is left out: {member.why} (`{member.expression}`)")
                else:
                    made[self._key(name)] = self.structure(member, below)
            return made
        if isinstance(value, list):
            return [self.structure(item, path) for item in value]
        if isinstance(value, Unknown):
            return self._text(value)
        return value.expression if isinstance(value, Made) else value

    def back(self, reading: Reading) -> Reading:
        """The reading of the text, with what is undecided back in its places."""

        def known(unknown: Unknown) -> Unknown:
            return self.by_text.get(unknown.expression, unknown)

        found = tuple(replace(one, body=self._filled(exchanged(one.body, known))) for one in reading.found)
        # That a placeholder is one is no news here: what it stands for is told beside the value.
        told = [one for one in reading.findings if one.name != "undecided-value" or not self._ours(one.message)]
        return Reading(found, tuple(told), tuple(known(one) for one in reading.params))

    def _ours(self, message: str) -> bool:
        return any(text in message for text in self.by_text)

    def _key(self, name: str) -> str:
        return self._text(name.unknown) if isinstance(name, OpenKey) else name

    def _text(self, unknown: Unknown) -> str:
        number, text = 1, f"${{{unknown.name}}}"
        while self.by_text.get(text, unknown) != unknown:
            number += 1
            text = f"${{{unknown.name}_{number}}}"
        self.by_text[text] = unknown
        return text

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.by_text.get(value, value)
        if isinstance(value, Mapping):
            return {name: self._filled(member) for name, member in value.items()}
        return [self._filled(item) for item in value] if isinstance(value, list | tuple) else value


def _open(value: Any) -> Any:
    """A value that JSON can hold: what is undecided keeps its place by name."""
    if isinstance(value, Unknown):
        return f"${{{value.name}}}"
    if isinstance(value, Made):
        return value.expression
    if isinstance(value, Mapping):
        return {name: _open(member) for name, member in value.items()}
    return [_open(item) for item in value] if isinstance(value, list) else value


def _part(path: str, name: str) -> str:
    """A name for a text inside a file. Without the file's suffix, since the text need not be of the same kind."""
    return f"{path}#{name.replace('.', '-')}"


def _regions(group: Placed | None) -> str | None:
    listed: set[str] = set()
    for one in group.value if group is not None and isinstance(group.value, list) else ():
        said = one.get("Regions")
        listed.update(item for item in (said.plain() if said is not None else ()) if isinstance(item, str))
    return ",".join(sorted(listed)) or None


def _arguments(parameters: Placed | None) -> Iterator[tuple[str, Any]]:
    for one in parameters.value if parameters is not None and isinstance(parameters.value, list) else ():
        key, value = one.get("ParameterKey"), one.get("ParameterValue")
        if key is not None and value is not None:
            yield str(key.value), value.plain()


def _attached(targets: Placed) -> str:
    shown = ", ".join(one.expression if isinstance(one, Unknown) else str(one) for one in _ids(targets))
    return f"attached to {shown}"


def _ids(targets: Placed | None) -> list[Any]:
    plain = [] if targets is None else targets.plain()
    return plain if isinstance(plain, list) else [plain]


def policy_target(ids: list[Any]) -> str | None:
    """The targets of a policy as the policy language says them; None where ids alone do not tell."""
    said = [_one(one) for one in ids]
    return " | ".join(one for one in said if one is not None) if ids and all(said) else None


def _one(target: Any) -> str | None:
    if not isinstance(target, str):
        return None
    if target.startswith("r-"):
        return "root()"
    return f'account("{target}")' if target.isdecimal() and len(target) == 12 else None
