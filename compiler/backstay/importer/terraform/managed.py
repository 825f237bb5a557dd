"""Keys and roles that a configuration makes, as far as its resources of AWS Backup refer to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from backstay.importer.cloudformation.bodies import Made
from backstay.importer.cloudformation.leaves import Sink, document, table, text
from backstay.importer.cloudformation.placed import Placed
from backstay.importer.terraform.evaluate import Scope
from backstay.importer.terraform.placing import Placing
from backstay.importer.terraform.roots import Handle, alias_of


def key(handle: Handle, placing: Placing, sink: Sink, scope: Scope) -> Iterator[Made]:
    """A KMS key and its alias; a key without an alias has no name to be known by, so that none is made."""
    arguments = placing.resource(handle.block, scope)
    alias = alias_of(handle)
    if alias is None:
        sink.complain("not-imported", "a key without an alias in the configuration is left out", handle.block.span)
        return
    name = placing.resource(alias.block, scope).get("name")
    if name is None:
        sink.complain("not-imported", "a key whose alias has no name is left out", alias.block.span)
        return
    body: dict[str, Any] = {"AliasName": name.plain()}
    leaves = {"description": ("Description", text), "policy": ("Policy", document), "tags": ("Tags", table)}
    yield Made("key", {**body, **_read(arguments, leaves, sink)}, handle.block.span)


def role(handle: Handle, placing: Placing, sink: Sink, scope: Scope) -> Iterator[Made]:
    """An IAM role, with the policies that are attached to it and those written into it."""
    arguments = placing.resource(handle.block, scope)
    name = handle.attribute("name", scope)
    leaves = {
        "path": ("Path", text),
        "description": ("Description", text),
        "assume_role_policy": ("AssumeRolePolicyDocument", document),
        "tags": ("Tags", table),
    }
    body = {"RoleName": name, "Path": "/", **_read(arguments, leaves, sink)}
    attached = [*_managed(arguments), *_attached(handle, placing)]
    written = dict(_written(handle, placing, sink))
    yield Made(
        "role",
        {
            **body,
            **({"ManagedPolicyArns": attached} if attached else {}),
            **({"Policies": written} if written else {}),
        },
        handle.block.span,
    )


def _managed(arguments: Placed) -> list[Any]:
    said = arguments.get("managed_policy_arns")
    made = said.plain() if said is not None else []
    return made if isinstance(made, list) else [made]


def _attached(handle: Handle, placing: Placing) -> Iterator[Any]:
    for arguments in _beside(handle, "aws_iam_role_policy_attachment", placing):
        arn = arguments.get("policy_arn")
        if arn is not None:
            yield arn.plain()


def _written(handle: Handle, placing: Placing, sink: Sink) -> Iterator[tuple[str, Any]]:
    for arguments in _beside(handle, "aws_iam_role_policy", placing):
        name, policy = arguments.get("name"), arguments.get("policy")
        if name is None or policy is None or not isinstance(name.value, str):
            sink.note("a policy inside the role is left out: its name is not known")
        else:
            yield name.value, document(policy, sink, f"/Policies/{name.value}")


def _beside(handle: Handle, kind: str, placing: Placing) -> Iterator[Placed]:
    """The arguments of the resources of a kind that belong to the role."""
    mine = re.compile(rf"(\$\{{)?aws_iam_role\.{re.escape(handle.name)}[\[.]")
    for _, block in sorted(handle.module.declared.of_type(kind)):
        said = block.body.attribute("role")
        if said is None or not mine.match(said.value.text):
            continue
        known = handle.module.instances(block)
        for one in known if isinstance(known, list) else ():
            yield placing.resource(block, one.scope)


def _read(arguments: Placed, leaves: Mapping[str, tuple[str, Any]], sink: Sink) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for argument, (member, leaf) in leaves.items():
        said = arguments.get(argument)
        value = None if said is None else leaf(said, sink, f"/{member}")
        if said is not None and value is not None:
            made[member] = value
            sink.places[f"/{member}"] = said.span
    return made
