"""Keys and roles that a template makes, as far as AWS Backup's resources in it refer to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay.importer.cloudformation.bodies import Made
from backstay.importer.cloudformation.evaluate import Evaluation
from backstay.importer.cloudformation.leaves import Sink, document, table, text
from backstay.importer.cloudformation.placed import Placed
from backstay.importer.cloudformation.placing import placed
from backstay.importer.cloudformation.references import alias_of, named


def key(evaluation: Evaluation, name: str, sink: Sink) -> Iterator[Made]:
    """A KMS key and its alias; a key without an alias has no name to be known by, so that none is made."""
    alias = alias_of(evaluation, name)
    properties = _properties(evaluation, name)
    if alias is None:
        sink.complain("not-imported", "a key without an alias in the template is left out", properties.span)
        return
    body: dict[str, Any] = {"AliasName": named(evaluation, alias, ("AliasName",), ("Resources", alias))}
    _add(body, properties, sink, "Description", "Description", text)
    _add(body, properties, sink, "KeyPolicy", "Policy", document)
    _add(body, properties, sink, "Tags", "Tags", table)
    yield Made("key", body, properties.span)


def role(evaluation: Evaluation, name: str, sink: Sink) -> Iterator[Made]:
    """An IAM role, with the policies that are attached to it and those written into it."""
    properties = _properties(evaluation, name)
    body: dict[str, Any] = {"RoleName": named(evaluation, name, ("RoleName",), ("Resources", name)), "Path": "/"}
    _add(body, properties, sink, "Path", "Path", text)
    _add(body, properties, sink, "Description", "Description", text)
    _add(body, properties, sink, "AssumeRolePolicyDocument", "AssumeRolePolicyDocument", document)
    _add(body, properties, sink, "Tags", "Tags", table)
    attached, written = properties.get("ManagedPolicyArns"), properties.get("Policies")
    if attached is not None:
        body["ManagedPolicyArns"] = attached.plain()
    if written is not None and isinstance(written.value, list):
        body["Policies"] = dict(_written(written.value, sink))
    yield Made("role", body, properties.span)


def _written(policies: list[Placed], sink: Sink) -> Iterator[tuple[str, Any]]:
    for policy in policies:
        name, content = policy.get("PolicyName"), policy.get("PolicyDocument")
        if name is None or content is None or not isinstance(name.value, str):
            sink.note("a policy inside the role is left out: its name is not known")
        else:
            yield name.value, document(content, sink, f"/Policies/{name.value}")


def _add(body: dict[str, Any], properties: Placed, sink: Sink, source: str, target: str, leaf: Any) -> None:
    said = properties.get(source)
    made = None if said is None else leaf(said, sink, f"/{target}")
    if said is not None and made is not None:
        body[target] = made
        sink.places[f"/{target}"] = said.span


def _properties(evaluation: Evaluation, name: str) -> Placed:
    node = evaluation.template.resources[name].get("Properties")
    path = ("Resources", name, "Properties")
    return placed(evaluation, node if isinstance(node, Mapping) else {}, path)
