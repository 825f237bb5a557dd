"""Whether a policy document lets less happen, or forbids less, than another one did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def policy_loses(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a statement of a policy goes or changes."""
    kept = {repr(statement) for statement in after["Statement"]}
    return any(repr(statement) not in kept for statement in before["Statement"])
