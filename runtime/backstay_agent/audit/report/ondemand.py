"""What the page of a large organization makes only when somebody looks: accounts of units, and rows of the map."""

from __future__ import annotations

from typing import Any

from backstay_agent.audit.report.heat import Counts, Heat
from backstay_agent.audit.report.tree import Branch, every_leaf
from backstay_formats.escape import visible


def data(tree: Branch, heat: Heat) -> dict[str, Any] | None:
    """The accounts in the order of the tree, and by their number the rows of the map that are not drawn.

    An account is `[id, name, with a recovery point, planned, resources, findings]`, with why it could not be read
    behind that. A row of the map is the account's number and those of its cells, alike ones being told once:
    `[control, failing, unknown, all]`. None where the page has everything already.
    """
    if tree.written and not heat.rest:
        return None
    leaves = list(every_leaf(tree))
    number = {leaf.id: position for position, leaf in enumerate(leaves)}
    accounts = [
        [
            leaf.id,
            _plain(leaf.name),
            leaf.coverage.having,
            leaf.coverage.planned,
            leaf.coverage.total,
            leaf.failing,
            *([_plain(leaf.unread)] if leaf.unread else []),
        ]
        for leaf in leaves
    ]
    known: dict[Counts, int] = {}
    rows = [
        [number[account], *(known.setdefault(one, len(known)) for one in cells)]
        for account, cells in heat.rest
        if account in number
    ]
    return {"accounts": accounts, "cells": list(known), "heat": rows}


def _plain(text: str) -> str:
    """Text in which every hidden character is spelt, as in the rest of the page."""
    return text if text.isprintable() else "".join(map(visible, text))
