"""What a template carries inside: backup policies of Organizations, templates of stack sets, stacks elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from backstay.importer.cloudformation.documents import anchored, attached, document, is_backup, part
from backstay.importer.cloudformation.evaluate import PSEUDO, Evaluation
from backstay.importer.cloudformation.placed import Made, Placed
from backstay.importer.cloudformation.placing import placed
from backstay.importer.cloudformation.resources import Resource
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Reading, Scope, Unknown
from backstay.importer.problem import problem
from backstay.source.text import DataPath

Nested = Callable[[str, bytes, Mapping[str, Any], Scope], Reading]
"""Reads a template inside a template: path, text, parameters, where it is deployed to."""

TO_TEXT: Final = "Fn::ToJsonString"
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
    said = resource.node.get("Properties")
    node = said if isinstance(said, Mapping) else {}
    properties = placed(outside, {name: member for name, member in node.items() if name != "Content"}, resource.path)
    content = _content(outside, node.get("Content"), (*resource.path, "Content"))
    if not is_backup(properties.get("Type"), content):
        return Reading()
    name = properties.get("Name")
    label = name.value if name is not None and isinstance(name.value, str) else resource.name
    return document(content, label, attached(_ids(properties.get("TargetIds"))))


def _content(evaluation: Evaluation, node: Any, path: DataPath) -> Placed:
    """A document with its places, also where a function turns it into text."""
    if isinstance(node, Mapping) and set(node) == {TO_TEXT}:
        return placed(evaluation, node[TO_TEXT], evaluation.template.inside(path, TO_TEXT, ()))
    return placed(evaluation, node, path)


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
    reading = read(part(body.span.path, resource.name), text.encode(), arguments, Scope(region=regions))
    return anchored(reading, body.span, resource.name, (f"deployed by the stack set `{resource.name}`",))


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


def _open(value: Any) -> Any:
    """A value that JSON can hold: what is undecided keeps its place by name."""
    if isinstance(value, Unknown):
        return f"${{{value.name}}}"
    if isinstance(value, Made):
        return value.expression
    if isinstance(value, Mapping):
        return {name: _open(member) for name, member in value.items()}
    return [_open(item) for item in value] if isinstance(value, list) else value


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


def _ids(targets: Placed | None) -> list[Any]:
    plain = [] if targets is None else targets.plain()
    return plain if isinstance(plain, list) else [plain]
