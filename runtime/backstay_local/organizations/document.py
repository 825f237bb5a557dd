"""Whether Organizations would admit the text of a backup policy; like AWS, it does not say what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .grammar import PLANS, Grammar, Kind

ASSIGN, APPEND, REMOVE = "@@assign", "@@append", "@@remove"
CONTROL = "@@operators_allowed_for_child_policies"
OPERATORS = frozenset({ASSIGN, APPEND, REMOVE})
_CONTROLS = OPERATORS | {"@@all", "@@none"}
_NAME = re.compile(r"[A-Za-z0-9._-]{1,50}")
_NAMED = {"plans": _NAME, "rules": _NAME}
_WINDOWS = frozenset({"start_backup_window_minutes", "complete_backup_window_minutes"})
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_OWN_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\$account:role/.+")


class MalformedError(ValueError):
    """The text is not a backup policy; the message says where, which AWS keeps to itself."""


def parse(text: str) -> dict[str, Any]:
    """The document under `plans`, checked against the grammar; `MalformedError` otherwise."""
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except ValueError as error:
        raise MalformedError(str(error)) from None
    if not isinstance(document, dict) or not isinstance(document.get("plans"), dict):
        raise MalformedError("the document must be an object with the one key `plans`")
    stray = {key for key in document if key != "plans" and not key.startswith("@@")}
    if stray:
        raise MalformedError(f"unknown key {sorted(stray)[0]!r}")
    _container(document["plans"], PLANS, "plans")
    plans: dict[str, Any] = document["plans"]
    return plans


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError("a key stands twice in one object")
    return found


def _container(node: Any, grammar: Grammar, place: str) -> None:
    if not isinstance(node, dict):
        raise MalformedError(f"{place} must be an object")
    for key, below in node.items():
        if key == CONTROL:
            _controls(below, place)
            continue
        known = grammar.get("*") if "*" in grammar else grammar.get(key.lower())
        if key.startswith("@@") or known is None:
            raise MalformedError(f"{place} knows no {key!r}")
        pattern = _NAMED.get(place.rpartition("/")[2])
        if pattern and not pattern.fullmatch(key):
            raise MalformedError(f"{key!r} is no name for an entry of {place}")
        if isinstance(known, str):
            _leaf(below, known, f"{place}/{key}")
        else:
            _container(below, known, f"{place}/{key}")
    _together(node, place)


def _leaf(node: Any, kind: Kind, place: str) -> None:
    if not isinstance(node, dict) or not node:
        raise MalformedError(f"{place} must hold operators")
    for operator, value in node.items():
        if operator == CONTROL:
            _controls(value, place)
        elif operator not in OPERATORS or (kind == "value" and operator != ASSIGN):
            raise MalformedError(f"{place} takes no {operator!r}")
        elif kind == "list":
            for one in _items(value, place):
                _value(one, place)
        else:
            _value(value, place)


def _items(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or (not value and not place.endswith("/regions")):
        raise MalformedError(f"{place} must hold a list with entries")
    return value


def _value(value: Any, place: str) -> None:
    """One scalar, with the few checks of content that AWS was seen to make."""
    name = place.rpartition("/")[2]
    if isinstance(value, list | dict):
        raise MalformedError(f"{place} must hold single values")
    text = scalar(value)
    if name in _WINDOWS and not (re.fullmatch(r"\d{1,16}", text) and int(text) >= 60):
        raise MalformedError(f"{place} must be an integer of at least 60")
    if name in ("delete_after_days", "move_to_cold_storage_after_days") and not re.fullmatch(r"0*[1-9]\d{0,15}", text):
        raise MalformedError(f"{place} must be an integer of at least 1")
    if name == "regions" and not _REGION.fullmatch(text):
        raise MalformedError(f"{place} names no Region")
    if name == "iam_role_arn" and not _OWN_ROLE.fullmatch(text):
        raise MalformedError(f"{place} must be a role of `$account`")
    if name == "windows_vss" and text not in ("enabled", "disabled"):
        raise MalformedError(f"{place} must be enabled or disabled")


def _controls(value: Any, place: str) -> None:
    if not isinstance(value, list) or not value or not _CONTROLS.issuperset(map(str, value)):
        raise MalformedError(f"{place}: {CONTROL} must list operators")
    if len(set(value)) != len(value) or ("@@none" in value and len(value) > 1):
        raise MalformedError(f"{place}: {CONTROL} contradicts itself")


# Leaves that one document must state together (observed).
_PAIRS = (("tag_key", "tag_value"), ("condition_key", "condition_value"))


def _together(node: Mapping[str, Any], place: str) -> None:
    for one, other in _PAIRS:
        if (one in node) != (other in node):
            raise MalformedError(f"{place} must state {one} and {other} together")
    parts = place.split("/")
    if len(parts) > 2 and parts[-2] == "copy_actions" and "target_backup_vault_arn" not in node:
        raise MalformedError(f"{place} must state target_backup_vault_arn")
    needs = {"resource_types", "conditions"}
    if parts[-3:-1] == ["selections", "resources"] and not needs.intersection(node):
        raise MalformedError(f"{place} must state resource_types or conditions")


def scalar(value: Any) -> str:
    """A value as Organizations keeps it: always text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def scalars(values: Iterable[Any]) -> list[str]:
    """Several values as text, in order, each once."""
    return list(dict.fromkeys(map(scalar, values)))
