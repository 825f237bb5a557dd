"""`organizations/attachments.json`: which policy goes to which nodes, and how much of every limit that takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from backstay.emit.organizations.cover import Node
from backstay.emit.organizations.limits import ATTACHMENTS, CHARACTERS, POLICIES
from backstay.emit.organizations.naming import description
from backstay.emit.organizations.packing import Document
from backstay_contract.build import FORMAT

OWNER_TAG = "backstay:owner"
"""Marks what Backstay made, as on everything that the agent creates; the value is the organization's id."""


def attachments(organization: str, documents: Mapping[str, Document]) -> dict[str, Any]:
    """The document of `attachments.json`; `documents` by the names of their policies."""
    policies = [_policy(organization, name, documents[name]) for name in sorted(documents)]
    return {
        "format": FORMAT,
        "organization": organization,
        "limits": {"attachments": ATTACHMENTS, "characters": CHARACTERS, "policies": POLICIES},
        "policies": policies,
        "attachments": _by_node(documents),
    }


def _policy(organization: str, name: str, document: Document) -> dict[str, Any]:
    return {
        "name": name,
        "description": description(document),
        "document": f"policies/{name}.json",
        "characters": len(document.text),
        "plans": [piece.name for piece in document.pieces],
        "tags": {OWNER_TAG: organization},
        "targets": _targets(document.targets),
    }


def _by_node(documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    """The nodes by what is attached to them, in the order of the tree."""
    at: dict[Node, list[str]] = defaultdict(list)
    for name in sorted(documents):
        for node in documents[name].targets:
            at[node].append(name)
    same: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for node in sorted(at, key=lambda one: one.order):
        same[tuple(at[node])].append(node)
    return [
        {"used": len(policies), "policies": list(policies), "targets": _targets(nodes)}
        for policies, nodes in same.items()
    ]


def _targets(nodes: Iterable[Node]) -> dict[str, Any]:
    listed = list(nodes)
    return {
        "root": any(node.kind == "root" for node in listed),
        "units": [node.name for node in listed if node.kind == "unit"],
        "accounts": [node.name for node in listed if node.kind == "account"],
    }
