"""`data "aws_iam_policy_document"`: the policy document that it makes, parts of which may be undecided.

Source: the data source's page in the documentation of Terraform's provider `aws` (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.importer.terraform.evaluate import Scope
from backstay.importer.terraform.expand import iterations
from backstay.importer.terraform.syntax import Block, Body
from backstay.importer.terraform.values import to_text

_LISTS: Final = {
    # argument → element of the statement
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_JOINED: Final = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


def policy_document(body: Body, scope: Scope) -> Any:
    """The document; undecided where it is put together of others."""
    joined = next((body.attribute(name) for name in _JOINED if body.attribute(name) is not None), None)
    if joined is not None and scope.value(joined.value) not in ([], None, ""):
        return undecided(joined.value.text, "it is put together of several documents", "policy document")
    version, identity = body.attribute("version"), body.attribute("policy_id")
    made: dict[str, Any] = {"Version": "2012-10-17" if version is None else scope.value(version.value)}
    if identity is not None:
        made["Id"] = scope.value(identity.value)
    made["Statement"] = [_statement(one, inner) for one, inner in repeated(body, "statement", scope)]
    return made


def repeated(body: Body, kind: str, scope: Scope) -> Iterator[tuple[Body, Scope]]:
    """The blocks of a kind, those of `dynamic` blocks too; over what is unknown once."""
    for block in body.blocks:
        if block.type == kind:
            yield block.body, scope
        elif block.type == "dynamic" and block.labels == (kind,):
            yield from _dynamic(block, kind, scope)


def _dynamic(block: Block, kind: str, scope: Scope) -> Iterator[tuple[Body, Scope]]:
    over, iterator = block.body.attribute("for_each"), block.body.attribute("iterator")
    content = next(iter(block.body.named("content")), None)
    if over is not None and content is not None:
        name = kind if iterator is None else iterator.value.text
        for instance in iterations(over.value, name, scope):
            yield content.body, instance.scope


def _statement(body: Body, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, element in (("sid", "Sid"), ("effect", "Effect")):
        said = body.attribute(name)
        value = None if said is None else scope.value(said.value)
        if value not in (None, ""):
            made[element] = value
    made.setdefault("Effect", "Allow")
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals = [_principal(one, inner) for one, inner in repeated(body, name, scope)]
        if principals:
            made[element] = _principals(principals)
    for name, element in _LISTS.items():
        said = body.attribute(name)
        value = None if said is None else scope.value(said.value)
        if value is not None:
            made[element] = _single(value)
    conditions = _conditions(body, scope)
    return {**made, "Condition": conditions} if conditions else made


def _principal(body: Body, scope: Scope) -> tuple[str, Any]:
    kind, identifiers = body.attribute("type"), body.attribute("identifiers")
    said = "*" if kind is None else to_text(scope.value(kind.value))
    who = [] if identifiers is None else scope.value(identifiers.value)
    return ("AWS" if isinstance(said, Unknown) else said), _single(who)


def _principals(principals: list[tuple[str, Any]]) -> Any:
    if principals == [("*", "*")]:
        return "*"
    made: dict[str, Any] = {}
    for kind, who in principals:
        known = made.get(kind)
        made[kind] = who if known is None else [*_list(known), *_list(who)]
    return made


def _conditions(body: Body, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one, inner in repeated(body, "condition", scope):
        test, variable, values = (one.attribute(name) for name in ("test", "variable", "values"))
        if test is None or variable is None or values is None:
            continue
        operator, key = to_text(inner.value(test.value)), to_text(inner.value(variable.value))
        if isinstance(operator, str) and isinstance(key, str):
            made.setdefault(operator, {})[key] = _single(inner.value(values.value))
    return made


def _single(value: Any) -> Any:
    """A list of one is written without the list, as the provider does."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
