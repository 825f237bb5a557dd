"""The author's texts: none may hold the placeholder that stands for an account's own id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from backstay.dsl import Node
from backstay.ir import ACCOUNT
from backstay.resolve.problem import problem
from backstay.source import Sources
from backstay_contract.findings import Finding


def placeholders(policies: Iterable[Node], sources: Sources) -> Iterator[Finding]:
    """A complaint for each text that holds `$account`."""
    for policy in policies:
        yield from _in_node(policy, sources)


def _in_node(node: Node, sources: Sources) -> Iterator[Finding]:
    for field in fields(node):
        if field.name != "span":
            yield from _in_value(getattr(node, field.name), node, field.name, sources)


def _in_value(value: object, node: Node, name: str, sources: Sources) -> Iterator[Finding]:
    if isinstance(value, str):
        if ACCOUNT in value:
            span, places = sources.where(node)
            message = f"`{ACCOUNT}` stands for the account's own id in what Backstay writes, so policies cannot use it"
            help_ = "name the role, key or topic without its ARN: that means the one of the account"
            yield problem("placeholder-in-text", message, places.get(name, span), help=help_)
    elif isinstance(value, Node):
        yield from _in_node(value, sources)
    elif isinstance(value, tuple):
        for item in value:
            yield from _in_value(item, node, name, sources)
