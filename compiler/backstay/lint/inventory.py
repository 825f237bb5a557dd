"""Reads an inventory (JSON Lines) for the rules that ask which resources there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_NEEDED = ("arn", "type", "account", "region")
_NUMBERS = ("size_gb", "daily_change")
_MOST = 1e15


class InventoryError(ValueError):
    """An inventory that cannot be read; the message says where."""


def read(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The rows of an inventory file. Raises `InventoryError`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is not UTF-8 text"
        raise InventoryError(f"cannot read the inventory {path}: {reason}") from None
    return tuple(_rows(path, text))


def _rows(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as wrong:
            raise InventoryError(f"{path}:{number}: this line is not JSON ({wrong})") from None
        missing = [name for name in _NEEDED if not isinstance(row, dict) or not isinstance(row.get(name), str)]
        if missing:
            raise InventoryError(f"{path}:{number}: a resource needs {', '.join(missing)} as text")
        tags = row.get("tags", {})
        if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
            raise InventoryError(f"{path}:{number}: `tags` must be an object of texts")
        for name in _NUMBERS:
            if row.get(name) is not None and not _is_amount(row[name]):
                raise InventoryError(f"{path}:{number}: `{name}` must be a number from 0 on")
        yield row


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST
