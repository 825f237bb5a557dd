"""Which kind of seed a file holds, and its document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import inventory, organization, setup
from .problem import SeedError

Seed = organization.Blueprint | inventory.Inventory | setup.Setup


@dataclass(frozen=True, slots=True)
class Text:
    """A file as it was read."""

    name: str
    text: str


def read(file: Text) -> Seed:
    """An organization (`root:`), a set-up (`roles:`, `keys:`, …) or an inventory (JSON Lines)."""
    if file.name.endswith((".jsonl", ".ndjson")):
        return inventory.read(file.text, file.name)
    document = _document(file)
    if not isinstance(document, Mapping):
        raise SeedError(file.name, "", "holds no object: an organization, a set-up or an inventory (.jsonl) is wanted")
    if "root" in document:
        return organization.read(document, file.name)
    if setup.PARTS.intersection(document):
        return setup.read(document, file.name)
    if {"arn", "type"} <= set(document):
        return inventory.read(file.text, file.name)
    raise SeedError(file.name, "", "is neither an organization (root:) nor a set-up (roles:, keys:, topics:, buckets:)")


def _document(file: Text) -> Any:
    """JSON by json, which is quick, and the rest by YAML."""
    if file.text.lstrip().startswith("{"):
        try:
            return json.loads(file.text)
        except json.JSONDecodeError as error:
            if file.name.endswith(".json"):
                raise SeedError(file.name, f"{error.lineno}:{error.colno}", error.msg) from None
    import yaml

    try:
        return yaml.load(file.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise SeedError(file.name, place, error.problem or "is no YAML") from None
    except yaml.YAMLError as error:
        raise SeedError(file.name, "", str(error).splitlines()[0]) from None
