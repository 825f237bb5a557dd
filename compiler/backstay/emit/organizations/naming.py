"""Names and descriptions of the policies that carry the documents.

A policy is called after its first plan and the first node that it is attached to, units before accounts. No two have
the same, since at a node each plan stands in one document only; where shortening makes two alike, a digest helps.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from backstay.emit.organizations.cover import Node
from backstay.emit.organizations.limits import DESCRIPTION, POLICY_NAME
from backstay.emit.organizations.packing import Document

PREFIX = "backstay-"
_PLACE = 50


def names(documents: Sequence[Document]) -> tuple[str, ...]:
    """One name a document: lower case, digits, `-`, `.` and `_`, at most as long as Organizations allows."""
    short = [_short(document) for document in documents]
    times = Counter(short)
    return tuple(
        name if times[name] == 1 else f"{name[: POLICY_NAME - 9]}-{_digest(document)}"
        for name, document in zip(short, documents, strict=True)
    )


def description(document: Document) -> str:
    """What a person reads of the policy in Organizations, cut to what it allows."""
    plans = ", ".join(piece.name for piece in document.pieces)
    more = f" and {len(document.targets) - 1} more" if len(document.targets) > 1 else ""
    text = f"Backstay: {plans}; for {_first(document)}{more}"
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1] + "…"


def _short(document: Document) -> str:
    others = "-and-others" if len(document.pieces) > 1 else ""
    return f"{PREFIX}{document.pieces[0].name}{others}-{_place(_first(document))}"


def _first(document: Document) -> Node:
    return next((node for node in document.targets if node.kind != "account"), document.targets[0])


def _place(node: Node) -> str:
    if node.kind == "root":
        return "root"
    return re.sub(r"[^a-z0-9]+", "-", node.name.lower()).strip("-")[:_PLACE] or "unit"


def _digest(document: Document) -> str:
    first = _first(document)
    return hashlib.sha256(f"{document.pieces[0].name}\n{first.kind}\n{first.name}".encode()).hexdigest()[:8]
