"""An inventory as JSON Lines, read into frozen values. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .problem import SeedError


@dataclass(frozen=True, slots=True)
class Item:
    """One resource that shall exist."""

    arn: str
    type: str
    account: str
    region: str
    tags: Mapping[str, str] = field(default_factory=dict)
    size_gb: float = 1.0

    @property
    def name(self) -> str:
        """The last part of the ARN: the name or id that the owner knows it by."""
        return self.arn.split(":", 5)[5].replace(":", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The resources of a file, in its order."""

    items: tuple[Item, ...]


def read(text: str, file: str) -> Inventory:
    """The inventory in JSON Lines; `SeedError` with the line of the first fault."""
    return Inventory(tuple(_items(text, file)))


def _items(text: str, file: str) -> Iterator[Item]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _item(line, file, number)


def _item(line: str, file: str, number: int) -> Item:
    place = str(number)
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise SeedError(file, f"{number}:{error.colno}", error.msg) from None
    if not isinstance(row, Mapping):
        raise SeedError(file, place, "must be an object")
    arn, kind, account, region = (_text(row, key, file, place) for key in ("arn", "type", "account", "region"))
    if not arn.startswith("arn:") or arn.count(":") < 5:
        raise SeedError(file, place, f"{arn!r} is no ARN")
    if not (len(account) == 12 and account.isdigit()):
        raise SeedError(file, place, f"{account!r} is not twelve digits")
    tags = row.get("tags") or {}
    if not isinstance(tags, Mapping):
        raise SeedError(file, place, "tags must be an object")
    size = row.get("size_gb", 1.0)
    if isinstance(size, bool) or not isinstance(size, int | float):
        raise SeedError(file, place, f"size_gb must be a number, not {size!r}")
    return Item(arn, kind, account, region, {str(key): str(value) for key, value in tags.items()}, float(size))


def _text(row: Mapping[str, Any], key: str, file: str, place: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise SeedError(file, place, f"{key} is missing or no text")
    return value
